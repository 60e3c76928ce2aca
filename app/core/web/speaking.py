"""Sentences, numbers and days in the language of whoever reads the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from math import ceil
from typing import Any

from babel import Locale, dates
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.support import NullTranslations, Translations
from flask import has_app_context
from flask_babel import get_translations, ngettext
from flask_babel.speaklater import LazyString

from app.core.said import DAY, spoken
from app.core.settings import PROJECT
from app.core.web.finished import finished
from app.core.web.words import language_tag, locale

_letter: ContextVar[str] = ContextVar("letter", default="")


@contextmanager
def writing_in(language: str) -> Iterator[None]:
    """Say things in a language where no page is, as in a mail; nothing means English."""
    token = _letter.set(language or "en")
    try:
        yield
    finally:
        _letter.reset(token)


def lettered(text: Any) -> str:
    """Return a text that was made for a page in the language of the letter that is written."""
    language = _letter.get()
    if not isinstance(text, LazyString) or not language:
        return spoken(text) if isinstance(text, str) else str(text)
    args, values = text.__dict__["_args"], text.__dict__["_kwargs"]
    told = {name: _value(value) for name, value in values.items()}
    if len(args) == 1:
        written = _texts(language).ugettext(args[0])
        return str(written % told if told else written)
    return str(_texts(language).ungettext(*args) % {"num": args[2], **told})


def _value(value: Any) -> Any:
    return lettered(value) if isinstance(value, (str, LazyString)) else value


@cache
def _texts(language: str) -> NullTranslations:
    return Translations.load(str(PROJECT / "translations"), [language])


class Reader:
    """Says things in the language of the page, or of the letter that is written; where there is
    none, in English.
    """

    def as_it_stands(self) -> bool:
        """Tell whether the page is English, or there is none: then nothing is looked up."""
        if _letter.get():
            return _letter.get().startswith("en")
        return not has_app_context() or language_tag() == "en"

    def text(self, msgid: str, values: Mapping[str, Any]) -> str:
        """Return a sentence with its values."""
        if _letter.get():
            written = _texts(_letter.get()).ugettext(msgid)
            return str(written % values if values else written)
        kept, key = finished(), ("said", msgid)
        form = kept.get(key) or get_translations().ugettext(msgid)
        kept[key] = form
        return str(form % values if values else form)

    def amount(
        self, one: str, many: str, number: float, values: Mapping[str, Any]
    ) -> str:
        """Return a sentence in the form that goes with a number."""
        if _letter.get():
            return str(
                _texts(_letter.get()).ungettext(one, many, ceil(number)) % values
            )
        rest = {name: value for name, value in values.items() if name != "number"}
        return str(ngettext(one, many, number, number=values["number"], **rest))

    def digits(self, text: str) -> str:
        """Return a number with the signs of the language between its digits."""
        here = Locale.parse(_letter.get() or locale())
        group, point = get_group_symbol(here), get_decimal_symbol(here)
        return text.translate({ord(","): group, ord("."): point})

    def day(self, day: date, form: str) -> str:
        """Return a day as the language writes it."""
        return day_in(day, form, _letter.get() or locale())


def day_in(day: date, form: str, language: str) -> str:
    """Return a day as a language writes it: its usual order and signs, not the English ones."""
    if form == DAY:
        return str(dates.format_date(day, "medium", locale=language))
    return str(dates.format_skeleton(form.replace(" ", ""), day, locale=language))

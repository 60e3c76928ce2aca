"""Sentences, numbers and days in the language of whoever reads the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel import Locale, dates
from babel.numbers import get_decimal_symbol, get_group_symbol
from flask import has_app_context
from flask_babel import get_translations, ngettext

from app.core.said import DAY
from app.core.web.finished import finished
from app.core.web.words import language_tag, locale


class Reader:
    """Says things in the language of the page; where there is none, in English."""

    def as_it_stands(self) -> bool:
        """Tell whether the page is English, or there is none: then nothing is looked up."""
        return not has_app_context() or language_tag() == "en"

    def text(self, msgid: str, values: Mapping[str, Any]) -> str:
        """Return a sentence with its values."""
        kept, key = finished(), ("said", msgid)
        form = kept.get(key) or get_translations().ugettext(msgid)
        kept[key] = form
        return str(form % values if values else form)

    def amount(
        self, one: str, many: str, number: float, values: Mapping[str, Any]
    ) -> str:
        """Return a sentence in the form that goes with a number."""
        rest = {name: value for name, value in values.items() if name != "number"}
        return str(ngettext(one, many, number, number=values["number"], **rest))

    def digits(self, text: str) -> str:
        """Return a number with the signs of the language between its digits."""
        here = Locale.parse(locale())
        group, point = get_group_symbol(here), get_decimal_symbol(here)
        return text.translate({ord(","): group, ord("."): point})

    def day(self, day: date, form: str) -> str:
        """Return a day as the language writes it."""
        return day_in(day, form, locale())


def day_in(day: date, form: str, language: str) -> str:
    """Return a day as a language writes it: its usual order and signs, not the English ones."""
    if form == DAY:
        return str(dates.format_date(day, "medium", locale=language))
    return str(dates.format_skeleton(form.replace(" ", ""), day, locale=language))

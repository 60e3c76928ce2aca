"""Fields that several forms share: lines, texts, figures, days, choices of words, yes or no or not
known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    ValidationError,
)

from app.core.finding import Hit
from app.core.numbers_in import (
    MARKS,
    TwoNumbers,
    number_of,
    two_readings,
    unmistakable,
)
from app.core.said import said
from app.core.texts import row_number
from app.core.web.edge import whole_number
from app.core.web.forms import choices
from app.core.web.picking import ROW, Choice, filled, filled_row, pick

Word = TypeVar("Word", bound=StrEnum)
LONGEST_LINE, LONGEST_TEXT = 400, 8000
LARGEST_FIGURE = 1e15
"""Above this a number is a slip of the hand, and loses its decimals anyway."""

OWN = ("csrf_token", "revision")
PICKED_LOOK = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class Typed(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form whose fields have the names of what they set."""

    revision = HiddenField()

    def values(self) -> dict[str, Any]:
        """Return what was typed by field; a line left empty is an empty text."""
        return {
            field.short_name: _plain(field)
            for field in self
            if field.short_name not in OWN
        }

    @property
    def began_at(self) -> int | None:
        """Return the revision the edit started from."""
        return row_number(str(self.revision.data or ""))


class Figure(StringField):  # type: ignore[misc]  # WTForms has no types
    """A number, with a point or a comma; nothing typed means that it is not known."""

    whole = False
    two: tuple[tuple[str, str], ...] = ()
    """What was typed may mean these, by the word for the decimal mark."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the number. Raises ``ValueError`` with what to type instead."""
        text = valuelist[0].strip().replace(" ", "") if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = whole_number(text) if self.whole else _number(text, self.mark)
        except TwoNumbers:
            self.two = two_readings(text)
            raise ValueError(
                gettext("“%(text)s” may mean two numbers; choose one.", text=text)
            ) from None
        except ValueError:
            wanted = (
                gettext("Type a whole number like 12.")
                if self.whole
                else gettext("Type a number like 12.5.")
            )
            raise ValueError(wanted) from None

    @property
    def mark(self) -> str | None:
        """Return the decimal mark that was chosen, where what was typed could mean two numbers."""
        return MARKS.get(request.form.get(f"{self.name}-decimals", ""))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else unmistakable(self.data)


class Whole(Figure):
    """A whole number."""

    whole = True


class Day(DateField):  # type: ignore[misc]
    """A day, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the day. Raises ``ValueError`` with what to type instead."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError:
            self.data = None
            raise ValueError(gettext("Give the day as 2026-03-14.")) from None


class Picked(StringField):  # type: ignore[misc]
    """A person, a right or an incident: looked for as text, kept as login, name or number.

    ``offered`` are those that may be meant, when several are; ``loose`` lets other texts stand.
    """

    data: Any
    offered: tuple[Hit, ...] = ()

    def __init__(
        self, *given: Any, kind: str, loose: bool = False, **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.kind, self.loose = kind, loose

    def pre_validate(self, form: FlaskForm) -> None:
        """Find what is meant. Raises ``ValidationError`` when several may be."""
        text = (self.data or "").strip()
        found = pick(self.kind, text, loose=self.loose) if text else Choice()
        if found.one:
            self.data = found.one.key
        elif found.offered:
            self.offered = found.offered
            raise ValidationError(_several())

    def _value(self) -> str:
        typed = str(self.raw_data[0]) if self.raw_data else ""
        if typed and not ROW.fullmatch(typed):
            return typed
        return filled(self.kind, self.data or "") if not self.loose else self.data or ""


class PickedRow(Picked):
    """A team, a site, a service or an improvement: looked for as text, kept as its number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Find what is meant. Raises ``ValueError`` when that is nothing, or may be several."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = self._row_of(text[:LONGEST_LINE]) if text else None

    def pre_validate(self, form: FlaskForm) -> None:
        """Nothing is left to find."""

    def _row_of(self, text: str) -> int:
        self.data = None
        found = pick(self.kind, text)
        if found.one:
            return found.one.number
        self.offered = found.offered
        raise ValueError(
            _several()
            if found.offered
            else gettext("Nothing is called so. Type a part of its name.")
        )

    def _value(self) -> str:
        typed = str(self.raw_data[0]) if self.raw_data else ""
        if typed and not ROW.fullmatch(typed):
            return typed
        return filled_row(self.kind, self.data) if self.data else ""


def picked(
    label: Any, hint: Any = "", *, kind: str, loose: bool = False, must: Any = ""
) -> Picked:
    """Return a field in which something is looked for by typing; ``must`` is what is said when it
    stays empty.
    """
    checks = [DataRequired(must)] if must else []
    return Picked(
        label,
        [*checks, Length(max=LONGEST_LINE)],
        kind=kind,
        loose=loose,
        description=hint,
        render_kw=PICKED_LOOK,
    )


def picked_row(label: Any, hint: Any = "", *, kind: str, must: Any = "") -> PickedRow:
    """Return a field in which a row is looked for by typing and kept by its number."""
    return PickedRow(
        label,
        [InputRequired(must)] if must else [Optional()],
        kind=kind,
        description=hint,
        render_kw=PICKED_LOOK,
    )


class PickedLines(TextAreaField):  # type: ignore[misc]
    """People a line each: looked for while one types, kept as they stand there."""

    def __init__(self, *given: Any, kind: str, **more: Any) -> None:
        super().__init__(*given, **more)
        self.kind, self.offered = kind, ()

    @property
    def keys(self) -> list[str]:
        """Return of each line who was chosen, or the name as it was typed."""
        texts = map(str.strip, (self.data or "").splitlines())
        return [self._key(text) for text in texts if text]

    def _key(self, text: str) -> str:
        found = pick(self.kind, text, loose=True).one
        return found.key if found else text


def picked_lines(label: Any, hint: Any = "", *, kind: str) -> PickedLines:
    """Return a field for several people, one a line, each looked for by typing."""
    return PickedLines(
        label,
        [Length(max=LONGEST_TEXT)],
        kind=kind,
        description=hint,
        render_kw={**PICKED_LOOK, "rows": 3},
    )


def line(
    label: Any,
    hint: Any = "",
    *,
    must: Any = "",
    longest: int = LONGEST_LINE,
    **extra: Any,
) -> StringField:
    """Return a field for one line; ``must`` is what is said when it stays empty."""
    checks = [InputRequired(must)] if must else []
    return StringField(
        label, [*checks, Length(max=longest)], description=hint, render_kw=extra or None
    )


def words(
    label: Any, hint: Any = "", *, must: Any = "", rows: int = 3
) -> TextAreaField:
    """Return a field for several lines."""
    checks = [InputRequired(must)] if must else []
    return TextAreaField(
        label,
        [*checks, Length(max=LONGEST_TEXT)],
        description=hint,
        render_kw={"rows": rows},
    )


def pasted(label: Any, hint: Any = "", *, rows: int = 6) -> TextAreaField:
    """Return a field for the lines of a table, as many as somebody pastes."""
    look = {"rows": rows, "class": "mono", "spellcheck": "false"}
    return TextAreaField(label, description=hint, render_kw=look)


def number(label: Any, hint: Any = "") -> Figure:
    """Return a field for a number or nothing."""
    return Figure(
        label,
        [Optional()],
        description=hint,
        render_kw={"inputmode": "decimal", "class": "short"},
    )


def whole(label: Any, hint: Any = "") -> Whole:
    """Return a field for a whole number or nothing."""
    return Whole(
        label,
        [Optional()],
        description=hint,
        render_kw={"inputmode": "numeric", "class": "short"},
    )


def day(label: Any, hint: Any = "") -> Day:
    """Return a field for a day or nothing."""
    return Day(label, [Optional()], description=hint, render_kw={"class": "short"})


def word(
    label: Any,
    kind: type[Word],
    hint: Any = "",
    *,
    none: Any = None,
    default: Word | None = None,
) -> SelectField:
    """Return a choice of the words of ``kind``; ``none`` is the label of choosing nothing."""
    pairs: Iterable[tuple[str, str]] = [(each.value, said(each.value)) for each in kind]
    pairs = [("", none), *pairs] if none is not None else pairs
    return SelectField(
        label,
        choices=choices(pairs),
        coerce=_as_word(kind),
        description=hint,
        default=default,
    )


def yes_no(label: Any, hint: Any = "", *, unknown: Any) -> RadioField:
    """Return a question answered with yes, no, or not yet."""
    pairs = [("yes", lazy_gettext("Yes")), ("no", lazy_gettext("No")), ("", unknown)]
    return RadioField(
        label,
        choices=choices(pairs),
        coerce=_as_answer,
        description=hint,
        validate_choice=False,
    )


def chosen_id(label: Any, hint: Any = "") -> SelectField:
    """Return a choice of one row by its number, or none; the view fills in ``choices``.

    Only where the rows are few by nature, under a dozen, as the metrics of one improvement. People,
    teams, sites and services grow with the company: they are looked for (``picked_row``).
    """
    return SelectField(
        label, choices=[], coerce=_as_id, description=hint, validate_choice=False
    )


def _as_word(kind: type[Word]) -> Callable[[Any], Word | None]:
    return lambda value: kind(value) if value else None


def _as_answer(value: Any) -> bool | None:
    return {"yes": True, "no": False, True: True, False: False}.get(value)


def _as_id(value: Any) -> int | None:
    return whole_number(str(value)) if value else None


def _several() -> str:
    return str(gettext("Several fit. Choose one, or type more of it."))


def _number(text: str, mark: str | None) -> float:
    value = number_of(text, mark, ask=True)
    if value != value or abs(value) > LARGEST_FIGURE:
        raise ValueError(text)
    return value


def _plain(field: Any) -> Any:
    if isinstance(field, (Figure, PickedRow)) or isinstance(field.data, datetime):
        return field.data
    if isinstance(field, StringField):
        return (field.data or "").replace("\r\n", "\n").strip()
    return field.data

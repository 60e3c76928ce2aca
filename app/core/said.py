"""Sentences for people that are made where no page is: English as they stand, and translated when a
page shows them.

A sentence keeps its text with the names of its values (``%(name)s``) beside the English it reads,
and so do numbers and days. The audit trail, the command line and programs get the English; a page
gets the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from markupsafe import escape

DAY, DAY_OF_YEAR, MONTH, WEEKDAY = "d MMM y", "d MMM", "MMMM y", "EEE"
"""How a day is written: with its year, without it, as its month or its weekday alone."""
WRITTEN = {
    DAY: "{0.day} {0:%b %Y}",
    DAY_OF_YEAR: "{0.day} {0:%b}",
    MONTH: "{0:%B %Y}",
    WEEKDAY: "{0:%a}",
}
SOME_MONDAY = date(2024, 1, 1).toordinal()


class Speaker(Protocol):
    """Says things in the language of whoever reads."""

    def as_it_stands(self) -> bool:
        """Tell whether sentences are read in English, as they stand already."""
        ...

    def text(self, msgid: str, values: Mapping[str, Any]) -> str:
        """Return a sentence with its values."""
        ...

    def amount(
        self, one: str, many: str, number: float, values: Mapping[str, Any]
    ) -> str:
        """Return a sentence in the form that goes with a number."""
        ...

    def digits(self, text: str) -> str:
        """Return a number with the signs of the language between its digits."""
        ...

    def day(self, day: date, form: str) -> str:
        """Return a day in one of the forms of this module."""
        ...


class Said(str):
    """A sentence that knows how it was made, so that it can be said in another language."""

    msgid: str
    values: Mapping[str, Any]
    field: str = ""
    """The field of a form that settles what it asks for, "" where none does."""

    def __html__(self) -> str:
        """Return the sentence for a page, in the language of its reader."""
        return str(escape(spoken(self)))

    def __add__(self, more: str) -> str:
        return joined([self, more], "")

    def __radd__(self, before: str) -> str:
        return joined([before, self], "")

    def through(self, speaker: Speaker) -> str:
        """Return the sentence as ``speaker`` says it."""
        return speaker.text(self.msgid, _spoken_values(self.values))


class Amount(Said):
    """A sentence that has one form for one and another for many: "1 person", "5 people"."""

    many: str
    number: float

    def through(self, speaker: Speaker) -> str:
        """Return the sentence in the form of the language that goes with the number."""
        values = _spoken_values(self.values)
        return speaker.amount(self.msgid, self.many, self.number, values)


class Digits(Said):
    """A number as it is read: "1,234.5" here is "1.234,5" elsewhere."""

    def through(self, speaker: Speaker) -> str:
        """Return the number with the signs of the language."""
        return speaker.digits(str(self))


class Day(Said):
    """A day as it is read: "2 Mar 2026" here is "02.03.2026" elsewhere."""

    date: date

    def through(self, speaker: Speaker) -> str:
        """Return the day as the language writes it."""
        return speaker.day(self.date, self.msgid)


class Joined(Said):
    """Sentences that stand one after the other."""

    parts: tuple[str, ...]

    def through(self, speaker: Speaker) -> str:
        """Return the sentences, each as ``speaker`` says it."""
        return self.msgid.join(
            part.through(speaker) if isinstance(part, Said) else part
            for part in self.parts
        )


class Grouped(int):
    """A number that is read, so its thousands are set apart: "12,000"."""

    def __str__(self) -> str:
        return f"{int(self):,}"

    def __html__(self) -> str:
        """Return the number for a page, with the signs of its reader's language."""
        return spoken(digits(str(self)))


def said(msgid: str, /, **values: Any) -> str:
    """Return a sentence; ``msgid`` holds its values as ``%(name)s``."""
    made = Said(msgid % values if values else msgid)
    made.msgid, made.values = msgid, values
    return made


def asking(field: str, sentence: str) -> str:
    """Return a sentence that names the field which settles what it asks for."""
    if isinstance(sentence, Said):
        sentence.field = field
    return sentence


def nsaid(one: str, many: str, number: float, /, **values: Any) -> str:
    """Return the sentence that goes with a number, which is its value ``number``."""
    values = {"number": Grouped(number) if number == int(number) else number, **values}
    made = Amount((one if number == 1 else many) % values)
    made.msgid, made.many, made.number, made.values = one, many, number, values
    return made


def digits(text: str) -> str:
    """Return a number that is written as English does."""
    made = Digits(text)
    made.msgid, made.values = text, {}
    return made


def day_said(day: date, form: str = DAY) -> str:
    """Return a day in one of the forms of this module."""
    made = Day(WRITTEN[form].format(day))
    made.msgid, made.values, made.date = form, {}, day
    return made


def weekday_said(number: int) -> str:
    """Return a day of the week in short; 0 is Monday."""
    return day_said(date.fromordinal(SOME_MONDAY + number), WEEKDAY)


def joined(parts: Iterable[str], between: str = " ") -> str:
    """Return sentences one after the other, with ``between`` between them."""
    kept = tuple(part for part in parts if part)
    made = Joined(between.join(kept))
    made.msgid, made.values, made.parts = between, {}, kept
    return made


def spoken(sentence: str) -> str:
    """Return a sentence in the language of whoever reads it; one without a translation as it is."""
    speaker = _speakers[0]
    if not isinstance(sentence, Said) or speaker.as_it_stands():
        return str(sentence)
    return sentence.through(speaker)


def speak_through(speaker: Speaker) -> None:
    """Let pages say sentences through ``speaker``."""
    _speakers[:] = [speaker]


def _spoken_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _spoken_value(value) for name, value in values.items()}


def word(value: object) -> Any:
    """Return what a state or a kind is called, in the reader's language; anything else as it is."""
    return spoken(said(value.value)) if isinstance(value, StrEnum) else value


def _spoken_value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return word(value)
    if isinstance(value, Grouped):
        value = digits(str(value))
    return spoken(value) if isinstance(value, str) else value


class English:
    """Says everything as it stands."""

    def as_it_stands(self) -> bool:
        """Tell whether sentences are read in English: they are."""
        return True

    def text(self, msgid: str, values: Mapping[str, Any]) -> str:
        """Return a sentence with its values."""
        return msgid % values if values else msgid

    def amount(
        self, one: str, many: str, number: float, values: Mapping[str, Any]
    ) -> str:
        """Return a sentence in the form that goes with a number."""
        return (one if number == 1 else many) % values

    def digits(self, text: str) -> str:
        """Return a number as it is written."""
        return text

    def day(self, day: date, form: str) -> str:
        """Return a day in one of the forms of this module."""
        return WRITTEN[form].format(day)


_speakers: list[Speaker] = [English()]

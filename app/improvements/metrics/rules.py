"""Values as people paste them: one period and one value a line, whatever stands between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.core.errors import Invalid
from app.core.formulas import unguarded
from app.core.numbers_in import decimal_mark, is_either, number_of, two_numbers
from app.core.said import Grouped, said
from app.core.tables_in import records_of
from app.core.texts import quoted
from app.core.times_in import day_of, may_mean_two_days, month_first
from app.improvements.metrics.tally import OF

MOST_LINES = 20_000
SPOKEN_OF = re.compile(r"(?<=\d)\s*(?:/\s+|\s/|\bof\b|\bvon\b)\s*(?=\d)", re.IGNORECASE)
GROUPED = re.compile(r"([^\s,]+)\s+(\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?)")
"""A day, and a number whose thousands are set apart by spaces."""
MISSING = frozenset({"", "-", "–", "n/a", "na", "null", "none", "#n/a"})


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One period with its value, None where the line says that nothing was measured; ``whole`` is
    of how many cases the value is.
    """

    line: int
    day: date
    value: float | None
    label: str = ""
    whole: float | None = None


@dataclass(frozen=True, slots=True)
class PastedWrong:
    """A line that cannot be used, as it was, and why.

    ``undecided``: only because its date may mean two days; ``either``: only because its number may
    mean two.
    """

    line: int
    text: str
    why: str
    undecided: bool = False
    either: bool = False

    @property
    def sentence(self) -> str:
        """The line with its number and what is wrong with it."""
        return f"Line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted text holds: the usable rows and the lines that are not."""

    rows: tuple[PastedRow, ...]
    wrong: tuple[PastedWrong, ...]


class _Unusable(ValueError):
    """Why a line cannot be used, in a sentence."""


class _Undecided(_Unusable):
    """A date that may mean two days."""


class _Either(_Unusable):
    """A number that may mean two."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How lines are read: what stands first in dates, the mark before decimals, None where nobody
    knows.
    """

    months_first: bool | None
    mark: str | None
    of_cases: bool


def parse(
    text: str,
    months_first: bool | None = None,
    *,
    of_cases: bool = False,
    mark: str | None = None,
) -> Pasted:
    """Read pasted lines: a day, a value, and if wanted a label; separated by tab, semicolon, comma
    or spaces.

    A first line without any digit is a heading. Days are 2026-03-02, 2.3.2026, 2 Mar 2026, 2026-W10
    or 2026-03; in 3/2/2026 the other lines tell what stands first, else ``months_first``; in 1,234
    they tell whether the comma stands before decimals or thousands, else ``mark``. With
    ``of_cases`` a value is 12/40, or 12 and 40 in two cells.
    """
    rows: list[PastedRow] = []
    wrong: list[PastedWrong] = []
    seen: dict[tuple[date, str], int] = {}
    lines = list(_lines(text))
    if len(lines) > MOST_LINES:
        raise Invalid(
            said(
                "These are %(count)s lines; %(most_lines)s are taken at once.",
                count=Grouped(len(lines)),
                most_lines=Grouped(MOST_LINES),
            ),
            field="text",
        )
    told = month_first(line for _, line in lines)
    order = months_first if told is None else told
    numbers = [cell for _, line in lines for cell in _numbers(line, of_cases)]
    how = _Reading(order, decimal_mark(numbers) or mark, of_cases)
    for number, line in lines:
        try:
            row = _row(number, line, how)
            first = seen.setdefault((row.day, row.label), number)
            if first != number:
                raise _Unusable(f"{row.day} stands in line {first} already.")
            rows.append(row)
        except ValueError as error:
            wrong.append(
                PastedWrong(
                    number,
                    line,
                    str(error),
                    isinstance(error, _Undecided),
                    isinstance(error, _Either),
                )
            )
    return Pasted(tuple(rows), tuple(wrong))


def as_day(text: str, months_first: bool | None = None) -> date:
    """Return the day a text names: for an ISO week or a month its first.

    Raises ``ValueError`` with a sentence.
    """
    return day_of(text, months_first)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        is_heading = number == 1 and not any(char.isdigit() for char in line)
        if line.strip() and not is_heading:
            yield number, line.strip(" ")


def _numbers(line: str, of_cases: bool) -> list[str]:
    """Return the numbers of a line, to see how they are written."""
    try:
        cells = [unguarded(cell.strip()) for cell in _cells(line, of_cases=of_cases)]
    except ValueError:
        return []
    found = cells[1 : 3 if of_cases else 2]
    return [part for cell in found for part in OF.split(cell)]


def _row(number: int, line: str, how: _Reading) -> PastedRow:
    of_cases, months_first = how.of_cases, how.months_first
    cells = [unguarded(cell.strip()) for cell in _cells(line, of_cases=of_cases)]
    if len(cells) < 2:
        raise _Unusable("it needs a day and a value.")
    if months_first is None and may_mean_two_days(cells[0]):
        raise _Undecided(
            f"{quoted(cells[0])} may mean two different days; say whether the month stands first."
        )
    day, value = as_day(cells[0], months_first), cells[1]
    more = cells[2:]
    value, more = _of_cases(value, more) if of_cases else (value, more)
    whole = _figure(more.pop(0), how) if of_cases and more and more[0] else None
    label = more[0] if more else ""
    typed = None if value.lower() in MISSING else _figure(value, how)
    return PastedRow(number, day, typed, label, whole)


def _figure(text: str, how: _Reading) -> float:
    if how.mark is None and is_either(text):
        raise _Either(str(two_numbers(text.strip())))
    return number_of(text, how.mark)


def _of_cases(value: str, more: list[str]) -> tuple[str, list[str]]:
    """Return a value and what follows it, with its number of cases as the next cell."""
    parts = OF.split(value, maxsplit=1)
    return (parts[0], [parts[1], *more]) if len(parts) == 2 else (value, more)


def _cells(line: str, *, of_cases: bool) -> list[str]:
    for separator in ("\t", ";"):
        if separator in line:
            return list(_cells_of(line, separator))
    apart = GROUPED.fullmatch(line)
    if apart:
        return [apart[1], apart[2]]
    if "," in line and not re.fullmatch(r"\S+\s+\S+", line):
        return _comma_separated(line, of_cases=of_cases)
    if of_cases:
        line = SPOKEN_OF.sub("/", line)
    return line.rsplit(maxsplit=1)


def _comma_separated(line: str, *, of_cases: bool) -> list[str]:
    cells = list(_cells_of(line, ","))
    if not of_cases and len(cells) > 2 and cells[2].strip().isdigit():
        raise _Unusable(
            "a comma stands between the cells and in the number; put the number in quotes."
        )
    return cells


def _cells_of(line: str, separator: str) -> tuple[str, ...]:
    [record] = records_of(line, separator)
    if record.open_quote:
        raise _Unusable("a quote opens here and never closes.")
    return record.cells


GUARDRAILS = 3

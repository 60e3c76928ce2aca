"""Business hours as people type and read them: "08:00–12:00, 13:00–17:00", "2026-12-25
Christmas".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from functools import cache
from itertools import groupby, pairwise
from zoneinfo import available_timezones

from app.catalog.rules.hours import Hours
from app.core.figures import listed
from app.core.texts import quoted
from app.core.times_in import day_of, month_first

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MIDNIGHT = time(0)
Interval = tuple[time, time]

_INTERVAL = re.compile(r"\s*(\d{1,2})[:.](\d{2})\s*(?:[-–—]|to)\s*(\d{1,2})[:.](\d{2})\s*")


class Wrong(ValueError):
    """What was typed cannot be used; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def intervals_of(text: str) -> list[Interval]:
    """Return the open intervals a line tells, in order; an empty line: closed. Raises ``Wrong``."""
    pieces = [piece for piece in re.split(r"[,;\n]| and ", text) if piece.strip()]
    found = sorted(_interval(piece) for piece in pieces)
    for (_opens, closes), (opens, _closes) in pairwise(found):
        if closes == MIDNIGHT or opens < closes:
            raise Wrong(
                f"Two intervals overlap: one goes to {_end(closes)}, the next begins at "
                f"{opens:%H:%M}."
            )
    return found


def text_of(intervals: Sequence[Interval]) -> str:
    """Return intervals as they are typed: "08:00–12:00, 13:00–17:00"."""
    return ", ".join(f"{opens:%H:%M}–{_end(closes)}" for opens, closes in intervals)


def weekly_of(lines: Mapping[str, str]) -> dict[int, list[Interval]]:
    """Return the week that lines by the name of the day tell.

    Raises ``Wrong``; ``problems`` names the day.
    """
    return {
        index: found
        for index, day in enumerate(DAYS)
        if (found := intervals_of(lines.get(day, "")))
    }


def problems(lines: Mapping[str, str], timezone: str) -> dict[str, str]:
    """Return what is wrong with each field of a calendar."""
    found = (
        {}
        if known_zone(timezone)
        else {"timezone": f"“{timezone}” is no time zone; type one like Europe/Berlin."}
    )
    for day in DAYS:
        try:
            intervals_of(lines.get(day, ""))
        except Wrong as problem:
            found[day] = problem.sentence
    return found


def known_zone(name: str) -> bool:
    """Tell whether there is a time zone of this name."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def holidays_of(text: str) -> dict[date, str]:
    """Return the days that pasted lines like "2026-12-25 Christmas" tell.

    Raises ``Wrong`` naming the line.

    In 12/25/2026 the other lines tell whether the month stands first.
    """
    found: dict[date, str] = {}
    months_first = month_first(text.splitlines())
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        day, _space, name = line.strip().replace("\t", " ").replace(";", " ", 1).partition(" ")
        try:
            found[day_of(day.rstrip(",:"), months_first)] = name.strip()
        except ValueError:
            raise Wrong(
                f"Line {number}, {quoted(line)}: begin with the day as 2026-12-25."
            ) from None
    return found


def sentence(hours: Hours) -> str:
    """Say when it is open: "open Mon–Fri 08:00–12:00 and 13:00–17:00, Europe/Berlin"."""
    if hours.round_the_clock:
        return f"open round the clock, {hours.timezone}"
    runs = [f"{_run(days)} {_times(intervals)}" for days, intervals in _runs(hours)]
    return (
        f"open {listed(runs)}, {hours.timezone}"
        if len(runs) == 1
        else f"open {'; '.join(runs)}, {hours.timezone}"
    )


def _runs(hours: Hours) -> Iterator[tuple[list[int], tuple[Interval, ...]]]:
    week = [(day, tuple(sorted(hours.weekly.get(day, ())))) for day in range(7)]
    for intervals, days in groupby(week, key=lambda each: each[1]):
        if intervals:
            yield [day for day, _ in days], intervals


def _run(days: Sequence[int]) -> str:
    return SHORT[days[0]] if len(days) == 1 else f"{SHORT[days[0]]}–{SHORT[days[-1]]}"


def _times(intervals: Sequence[Interval]) -> str:
    return listed([f"{opens:%H:%M}–{_end(closes)}" for opens, closes in intervals])


def _end(closes: time) -> str:
    return "24:00" if closes == MIDNIGHT else f"{closes:%H:%M}"


def _interval(piece: str) -> Interval:
    match = _INTERVAL.fullmatch(piece)
    if match is None:
        raise Wrong(f"“{piece.strip()}” is no interval; type it like 08:00–12:00.")
    first, last = _time(match[1], match[2]), _time(match[3], match[4])
    if last != MIDNIGHT and last <= first:
        raise Wrong(
            f"“{piece.strip()}” ends before it begins; over midnight, end at 24:00 and go on "
            "the next day."
        )
    return first, last


def _time(hour: str, minute: str) -> time:
    if (int(hour), int(minute)) == (24, 0):
        return MIDNIGHT
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise Wrong(f"There is no time {hour}:{minute}.") from None

"""Business hours: time counted in them, and weeks and holidays as people type them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo, available_timezones

from app.core.figures import listed
from app.core.said import digits, joined, said, weekday_said
from app.core.texts import quoted
from app.core.times_in import day_of, month_first

DAY = timedelta(days=1)
LONGEST_SEARCH = 4000


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly intervals (weekday 0 is Monday) in one time zone, without holidays.

    No intervals at all: round the clock.

    An interval is a pair of local times; an end of 00:00 means midnight at the end of that day.
    """

    timezone: str = "UTC"
    weekly: Mapping[int, Sequence[tuple[time, time]]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    @property
    def round_the_clock(self) -> bool:
        """Tell whether every hour counts."""
        return not any(self.weekly.values())


ALWAYS = Hours()
"""Round the clock."""

WORKDAY = (time(8), time(18))
USUAL_OFFICE = Hours(weekly=dict.fromkeys(range(5), (WORKDAY,)))
"""Monday to Friday from 8 to 18 (UTC): what counts as office hours until a calendar says better."""


def between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """Return how much business time lies between two moments; nothing when ``end`` is not after
    ``start``.
    """
    if end <= start:
        return timedelta()
    if hours.round_the_clock:
        return end - start
    total = timedelta()
    for opens, closes in _intervals(hours, start):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def intervals(
    hours: Hours, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open intervals in UTC that touch ``start`` to ``end``, for who measures many times
    at once.
    """
    for opens, closes in _intervals(hours, start):
        if opens >= end:
            return
        if closes > start:
            yield opens, closes


def after(hours: Hours, start: datetime, duration: timedelta) -> datetime:
    """Return the moment at which ``duration`` of business time has passed since ``start`` (UTC)."""
    if hours.round_the_clock:
        return start + duration
    left = duration
    for opens, closes in _intervals(hours, start):
        begins = max(opens, start)
        if begins >= closes:
            continue
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
    return start + duration  # nothing is open for years: the wall clock has to do


def _intervals(hours: Hours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open intervals in UTC from the day before ``start`` on; lengths are of real time,
    also across DST.
    """
    zone = ZoneInfo(hours.timezone)
    day = start.astimezone(zone).date() - DAY
    for _ in range(LONGEST_SEARCH):
        if day not in hours.holidays:
            for opens, closes in sorted(hours.weekly.get(day.weekday(), ())):
                yield (
                    _moment(day, opens, zone),
                    _moment(day + DAY if closes == time(0) else day, closes, zone),
                )
        day += DAY


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return a local time in UTC: the first of two when clocks go back, the jump itself when they
    skip it.
    """
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _jump(local.replace(fold=1).astimezone(UTC), moment, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the second at which the zone's clocks jump between two moments."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = time(0)
Interval = tuple[time, time]

_INTERVAL = re.compile(
    r"\s*(\d{1,2})[:.](\d{2})\s*(?:[-–—]|to)\s*(\d{1,2})[:.](\d{2})\s*"
)


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
                said(
                    "Two intervals overlap: one goes to %(closes)s, the next begins "
                    "at %(opens)s.",
                    closes=_end(closes),
                    opens=digits(f"{opens:%H:%M}"),
                )
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
        else {
            "timezone": said(
                "“%(timezone)s” is no time zone; type one like Europe/Berlin.",
                timezone=timezone,
            )
        }
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
        day, _space, name = (
            line.strip().replace("\t", " ").replace(";", " ", 1).partition(" ")
        )
        try:
            found[day_of(day.rstrip(",:"), months_first)] = name.strip()
        except ValueError:
            raise Wrong(
                said(
                    "Line %(number)s, %(line)s: begin with the day as 2026-12-25.",
                    number=number,
                    line=quoted(line),
                )
            ) from None
    return found


def sentence(hours: Hours) -> str:
    """Say when it is open: "open Mon–Fri 08:00–12:00 and 13:00–17:00, Europe/Berlin"."""
    if hours.round_the_clock:
        return said("open round the clock, %(timezone)s", timezone=hours.timezone)
    runs = [joined([_run(days), _times(intervals)]) for days, intervals in _runs(hours)]
    return (
        said("open %(runs)s, %(timezone)s", runs=listed(runs), timezone=hours.timezone)
        if len(runs) == 1
        else said(
            "open %(runs)s, %(timezone)s",
            runs=joined(runs, "; "),
            timezone=hours.timezone,
        )
    )


def _runs(hours: Hours) -> Iterator[tuple[list[int], tuple[Interval, ...]]]:
    week = [(day, tuple(sorted(hours.weekly.get(day, ())))) for day in range(7)]
    for intervals, days in groupby(week, key=lambda each: each[1]):
        if intervals:
            yield [day for day, _ in days], intervals


def _run(days: Sequence[int]) -> str:
    shown = weekday_said(days[0])
    return shown if len(days) == 1 else shown + "–" + weekday_said(days[-1])


def _times(intervals: Sequence[Interval]) -> str:
    return listed([f"{opens:%H:%M}–{_end(closes)}" for opens, closes in intervals])


def _end(closes: time) -> str:
    return "24:00" if closes == MIDNIGHT else f"{closes:%H:%M}"


def _interval(piece: str) -> Interval:
    match = _INTERVAL.fullmatch(piece)
    if match is None:
        raise Wrong(
            said(
                "“%(strip)s” is no interval; type it like 08:00–12:00.",
                strip=piece.strip(),
            )
        )
    first, last = _time(match[1], match[2]), _time(match[3], match[4])
    if last != MIDNIGHT and last <= first:
        raise Wrong(
            said(
                "“%(strip)s” ends before it begins; over midnight, end at 24:00 "
                "and go on the next day.",
                strip=piece.strip(),
            )
        )
    return first, last


def _time(hour: str, minute: str) -> time:
    if (int(hour), int(minute)) == (24, 0):
        return MIDNIGHT
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise Wrong(
            said("There is no time %(hour)s:%(minute)s.", hour=hour, minute=minute)
        ) from None

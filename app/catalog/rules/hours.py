"""Business hours: how much of them lies between two moments, and which moment so many of them lead
to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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


def intervals(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
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

"""Which period a measured value stands for, and which periods between the first and the last have
none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from app.improvements.statistics.series import Point
from app.models.improvements.words import Period

DAY = timedelta(days=1)
LONGEST = 5000


def start_of(day: date, period: Period) -> date:
    """Return the first day of the period a day lies in: Monday of its week, the first of its month,
    or itself.
    """
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period is Period.MONTH else day


def end_of(day: date, period: Period) -> date:
    """Return the last day of the period a day lies in; of a group of tickets that is its day."""
    start = start_of(day, period)
    if period not in (Period.WEEK, Period.MONTH):
        return start
    return start_of(start + _longest(period), period) - DAY


def is_cut(day: date, period: Period, changes: Iterable[date | None]) -> bool:
    """Tell whether something changed within the period a day lies in, after its first day: its
    value is of both before and after.
    """
    start, end = start_of(day, period), end_of(day, period)
    return any(change and start < change <= end for change in changes)


def cut_by(
    points: Sequence[Point], period: Period, changes: Sequence[date | None]
) -> list[Point]:
    """Return the points with the values of cut periods set aside: they count on neither side."""
    return [
        replace(point, value=None, set_aside=point.value)
        if point.value is not None and is_cut(point.when, period, changes)
        else point
        for point in points
    ]


def with_gaps(points: Sequence[Point], period: Period) -> list[Point]:
    """Return the points in order of time, with an empty one for every period between them that was
    not measured.

    A daily metric that has no value on any weekend is one of working days: its weekends are no
    gaps. Groups of tickets have no calendar and therefore no gaps.
    """
    ordered = sorted(points, key=lambda point: (point.when, point.label))
    if period is Period.GROUP or len(ordered) < 2:
        return ordered
    by_start = {
        start: list(some)
        for start, some in groupby(
            ordered, key=lambda point: start_of(point.when, period)
        )
    }
    weekends = period is not Period.DAY or any(
        start.weekday() > 4 for start in by_start
    )
    days = [
        day
        for day in _starts(ordered[0].when, ordered[-1].when, period)
        if weekends or day.weekday() < 5
    ]
    if (
        len(days) > LONGEST
    ):  # a slip in a year must not make a chart of thousands of crosses
        return ordered
    return [point for day in days for point in by_start.get(day, [Point(day, None)])]


def _starts(first: date, last: date, period: Period) -> Iterator[date]:
    day = start_of(first, period)
    while day <= last:
        yield day
        day = start_of(day + _longest(period), period)


def _longest(period: Period) -> timedelta:
    """Return a length after which the next period has surely begun, and the one after it has
    not.
    """
    return {Period.DAY: DAY, Period.WEEK: 7 * DAY}.get(period, 31 * DAY)

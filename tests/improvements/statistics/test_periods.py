"""Which period a value belongs to, and what becomes of one that a change cuts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.control import About, read
from app.improvements.statistics.periods import (
    cut_by,
    end_of,
    is_cut,
    start_of,
    with_gaps,
)
from app.improvements.statistics.series import Point, known, split_at
from app.improvements.statistics.xmr import Rule
from app.models.improvements.words import Direction, Period

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
CALENDAR = st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH])


@given(DAYS, CALENDAR)
def test_a_period_ends_the_day_before_the_next_begins(
    day: date, period: Period
) -> None:
    start, end = start_of(day, period), end_of(day, period)
    assert start <= day <= end
    assert start_of(end + timedelta(days=1), period) == end + timedelta(days=1)
    assert start_of(end, period) == start


def test_a_weekly_value_with_a_change_on_tuesday_counts_on_neither_side() -> None:
    monday, tuesday = date(2026, 3, 30), date(2026, 3, 31)
    points = [
        Point(monday - timedelta(days=7), 1.0),
        Point(monday, 2.0),
        Point(monday + timedelta(days=7), 3.0),
    ]
    cut = cut_by(points, Period.WEEK, [tuesday])
    before, after = split_at(cut, tuesday)
    assert (known(before), known(after)) == ([1.0], [3.0])
    assert cut[1].set_aside == 2.0


def test_a_change_on_a_monday_cuts_no_week() -> None:
    monday = date(2026, 3, 30)
    points = [Point(monday, 2.0)]
    assert cut_by(points, Period.WEEK, [monday]) == points


def test_a_monthly_value_with_a_change_on_the_second_counts_on_neither_side() -> None:
    march, second = date(2026, 3, 1), date(2026, 3, 2)
    points = [Point(date(2026, 2, 1), 1.0), Point(march, 2.0)]
    assert known(cut_by(points, Period.MONTH, [second])) == [1.0]
    assert known(cut_by(points, Period.MONTH, [march])) == [1.0, 2.0]


@given(DAYS, DAYS)
def test_days_and_groups_are_never_cut(day: date, change: date) -> None:
    assert not is_cut(day, Period.DAY, [change])
    assert not is_cut(day, Period.GROUP, [change])


@given(st.lists(DAYS, max_size=30, unique=True), CALENDAR, DAYS)
def test_every_value_is_before_after_or_set_aside_and_none_is_lost(
    days: list[date], period: Period, change: date
) -> None:
    starts = sorted({start_of(day, period) for day in days})
    cut = cut_by([Point(day, 1.0) for day in starts], period, [change])
    before, after = split_at(cut, change)
    aside = [point for point in cut if point.set_aside is not None]
    assert len(known(before)) + len(known(after)) + len(aside) == len(starts)
    assert len(aside) <= 1
    assert all(end_of(one.when, period) < change for one in before if one.value)
    assert all(one.when >= change for one in after)


def test_a_metric_of_working_days_has_no_gap_on_weekends() -> None:
    friday, monday, wednesday = (date(2026, 3, day) for day in (6, 9, 11))
    points = [Point(day, 1.0) for day in (friday, monday, wednesday)]
    found = with_gaps(points, Period.DAY)
    assert [(one.when.day, one.value) for one in found] == [
        (6, 1.0),
        (9, 1.0),
        (10, None),
        (11, 1.0),
    ]


def test_one_value_on_a_sunday_makes_every_weekend_count() -> None:
    friday, sunday, monday = (date(2026, 3, day) for day in (6, 8, 9))
    found = with_gaps([Point(day, 1.0) for day in (friday, sunday, monday)], Period.DAY)
    assert [(one.when.day, one.value) for one in found] == [
        (6, 1.0),
        (7, None),
        (8, 1.0),
        (9, 1.0),
    ]


def _on_days(values: list[float]) -> list[Point]:
    first = date(2026, 3, 2)
    return [
        Point(first + timedelta(days=place), value)
        for place, value in enumerate(values)
    ]


def test_a_value_twice_in_a_row_breaks_a_trend() -> None:
    about = About(Direction.UP)
    rising = read(_on_days([1, 2, 3, 4, 5, 6, 7]), about)
    twice = read(_on_days([1, 2, 3, 3, 4, 5, 6]), about)
    assert any(dot.rule is Rule.TREND for dot in rising.dots)
    assert not any(dot.rule is Rule.TREND for dot in twice.dots)


def test_the_limits_of_a_share_stop_at_its_ceiling() -> None:
    values = [99.0, 98, 100, 97, 99, 100, 96, 100, 99, 98, 100, 99]
    (stretch,) = read(_on_days(values), About(Direction.UP, ceiling=100)).stretches
    (free,) = read(_on_days(values), About(Direction.UP)).stretches
    assert stretch.upper == 100
    assert free.upper is not None and free.upper > 100
    assert stretch.lower == free.lower

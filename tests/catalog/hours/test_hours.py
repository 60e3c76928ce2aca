"""Business hours: what lies between two moments, where clocks jump, at midnight, on holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.catalog.hours.rules import (
    ALWAYS,
    DAYS,
    Hours,
    Wrong,
    after,
    between,
    holidays_of,
    intervals_of,
    problems,
    sentence,
    text_of,
    weekly_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
MORNING, AFTERNOON = (time(8), time(12)), (time(13), time(17))
OFFICE = Hours(
    "Europe/Berlin",
    dict.fromkeys(range(5), (MORNING, AFTERNOON)),
    frozenset({date(2026, 12, 25)}),
)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    """Any hours that could be typed: up to three intervals a day, up to midnight, in zones whose
    clocks jump.
    """
    weekly = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        ends = sorted(draw(st.sets(st.integers(0, 24 * 4), min_size=2, max_size=6)))
        pairs = list(zip(ends[::2], ends[1::2], strict=False))
        weekly[day] = [(_time(opens), _time(closes)) for opens, closes in pairs]
    free = draw(st.sets(st.dates(date(2026, 3, 20), date(2026, 4, 5)), max_size=3))
    return Hours(draw(st.sampled_from(ZONES)), weekly, frozenset(free))


def _time(quarters: int) -> time:
    return time(quarters // 4 % 24, quarters % 4 * 15)


# Around the days on which clocks jump in Berlin, New York, Cairo and on Lord Howe.
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 3, 5), datetime(2026, 4, 30)),
    st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 10)),
).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))
WEEK = timedelta(days=7)  # in which every team opens
LENGTHS = st.integers(0, 60 * 60 * 60).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=60)
@given(weeks(), MOMENTS, LENGTHS)
def test_so_much_after_a_moment_is_so_much_between(
    hours: Hours, start: datetime, length: timedelta
) -> None:
    assert between(hours, start, after(hours, start, length)) == length


@settings(max_examples=60)
@given(weeks(), MOMENTS, LENGTHS)
def test_what_lies_between_is_over_no_later_than_the_end(
    hours: Hours, start: datetime, length: timedelta
) -> None:
    end = start + WEEK + length
    passed = between(hours, start, end)
    assume(passed > timedelta())
    reached = after(hours, start, passed)
    assert reached <= end
    assert between(hours, reached, end) == timedelta()


@settings(max_examples=60)
@given(weeks() | st.just(ALWAYS), MOMENTS, LENGTHS, LENGTHS)
def test_two_stretches_add_up_to_the_whole(
    hours: Hours, start: datetime, one: timedelta, two: timedelta
) -> None:
    middle, end = start + one, start + one + two
    assert between(hours, start, middle) + between(hours, middle, end) == between(
        hours, start, end
    )


@settings(max_examples=60)
@given(weeks(), MOMENTS, LENGTHS)
def test_business_time_is_never_longer_than_time(
    hours: Hours, start: datetime, length: timedelta
) -> None:
    assert timedelta() <= between(hours, start, start + length) <= length


@settings(max_examples=60)
@given(weeks(), MOMENTS, LENGTHS, LENGTHS)
def test_more_time_never_ends_earlier(
    hours: Hours, start: datetime, one: timedelta, two: timedelta
) -> None:
    assert after(hours, start, min(one, two)) <= after(hours, start, max(one, two))


def test_lunch_evenings_weekends_and_holidays_do_not_count() -> None:
    assert between(OFFICE, at("2026-12-23T11:00"), at("2026-12-23T14:00")) == timedelta(
        hours=2
    )
    assert after(OFFICE, at("2026-12-24T16:00"), timedelta(hours=2)) == at(
        "2026-12-28T09:00"
    )
    assert (
        between(OFFICE, at("2026-12-25T00:00"), at("2026-12-28T08:00")) == timedelta()
    )


def test_the_clock_that_jumps_forward_takes_an_hour_away() -> None:
    night = Hours("Europe/Berlin", {6: [(time(0), time(6))]})
    assert between(night, at("2026-03-29T00:00"), at("2026-03-30T00:00")) == timedelta(
        hours=5
    )
    assert after(night, at("2026-03-29T00:00"), timedelta(hours=3)) == at(
        "2026-03-29T04:00"
    )


def test_the_clock_that_goes_back_gives_an_hour() -> None:
    night = Hours("Europe/Berlin", {6: [(time(0), time(6))]})
    assert between(night, at("2026-10-25T00:00"), at("2026-10-26T00:00")) == timedelta(
        hours=7
    )


def test_an_interval_that_ends_at_a_time_that_never_comes_ends_at_the_jump() -> None:
    odd = Hours("Europe/Berlin", {6: [(time(1), time(2, 30)), (time(3), time(4))]})
    assert between(odd, at("2026-03-29T00:00"), at("2026-03-30T00:00")) == timedelta(
        hours=2
    )
    gone = Hours("Europe/Berlin", {6: [(time(2, 10), time(2, 50))]})
    assert between(gone, at("2026-03-29T00:00"), at("2026-03-30T00:00")) == timedelta()
    assert after(gone, at("2026-03-29T00:00"), timedelta(minutes=1)) == at(
        "2026-04-05T02:11"
    )


def test_a_day_whose_midnight_never_comes_begins_at_the_jump() -> None:
    cairo = Hours("Africa/Cairo", {4: [(time(0), time(0))]})
    start = datetime(
        2026, 4, 23, 12, tzinfo=UTC
    )  # on Friday the 24th clocks go from 00:00 to 01:00
    assert between(cairo, start, start + timedelta(days=3)) == timedelta(hours=23)


def test_the_whole_day_to_midnight_leaves_no_second_out() -> None:
    whole = Hours("UTC", {day: [(time(0), time(0))] for day in range(7)})
    start = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)
    assert between(whole, start, start + timedelta(seconds=2)) == timedelta(seconds=2)


def test_where_nothing_ever_opens_the_wall_clock_has_to_do() -> None:
    never = Hours(
        "UTC",
        {0: [(time(9), time(17))]},
        frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(4100)),
    )
    start = datetime(2026, 3, 2, tzinfo=UTC)
    assert after(never, start, timedelta(hours=1)) == start + timedelta(hours=1)


def test_the_week_is_said_in_one_sentence() -> None:
    assert sentence(OFFICE) == "open Mon–Fri 08:00–12:00 and 13:00–17:00, Europe/Berlin"
    assert sentence(ALWAYS) == "open round the clock, UTC"
    mixed = Hours(
        "UTC", {0: [MORNING], 1: [MORNING], 4: [AFTERNOON], 6: [(time(0), time(0))]}
    )
    assert (
        sentence(mixed)
        == "open Mon–Tue 08:00–12:00; Fri 13:00–17:00; Sun 00:00–24:00, UTC"
    )


@pytest.mark.parametrize(
    "text",
    [
        "08:00–12:00, 13:00–17:00",
        "13.00 - 17.00; 8:00 - 12:00",
        "8:00 to 12:00 and 13:00-17:00",
    ],
)
def test_hours_are_read_as_people_type_them(text: str) -> None:
    assert intervals_of(text) == [MORNING, AFTERNOON]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("9", "“9” is no interval; type it like 08:00–12:00."),
        ("17:00–09:00", "ends before it begins"),
        ("09:00–09:00", "ends before it begins"),
        ("25:00–26:00", "There is no time 25:00."),
        (
            "08:00–12:00, 11:00–17:00",
            "Two intervals overlap: one goes to 12:00, the next begins at 11:00.",
        ),
        (
            "08:00–24:00, 11:00–17:00",
            "Two intervals overlap: one goes to 24:00, the next begins at 11:00.",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(Wrong) as told:
        intervals_of(text)
    assert says in told.value.sentence


@settings(max_examples=60)
@given(weeks())
def test_a_week_survives_being_typed(hours: Hours) -> None:
    lines = {
        day: text_of(hours.weekly.get(index, ())) for index, day in enumerate(DAYS)
    }
    assert weekly_of(lines) == {day: sorted(each) for day, each in hours.weekly.items()}
    assert problems(lines, hours.timezone) == {}


def test_every_field_that_is_wrong_is_named() -> None:
    assert list(problems({"monday": "9", "friday": "17:00-9:00"}, "Berlin")) == [
        "timezone",
        "monday",
        "friday",
    ]


def test_holidays_are_pasted_one_a_line() -> None:
    assert holidays_of(
        "2026-12-25 Christmas\n\n2027-01-01\tNew year\n2026-05-01\n2026-10-03; Unity"
    ) == {
        date(2026, 12, 25): "Christmas",
        date(2027, 1, 1): "New year",
        date(2026, 5, 1): "",
        date(2026, 10, 3): "Unity",
    }
    with pytest.raises(Wrong) as told:
        holidays_of("2026-12-25 Christmas\n3/4/2026 Easter")
    assert (
        told.value.sentence
        == "Line 2, “3/4/2026 Easter”: begin with the day as 2026-12-25."
    )
    assert holidays_of(
        "3/4/2026 Election\n12/25/2026 Christmas\n26.12.2026 Second day"
    ) == {
        date(2026, 3, 4): "Election",
        date(2026, 12, 25): "Christmas",
        date(2026, 12, 26): "Second day",
    }

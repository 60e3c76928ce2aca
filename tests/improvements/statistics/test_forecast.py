from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics import forecast as rules
from app.improvements.statistics.forecast import fan, finishing_weeks, forecast
from tests.improvements.statistics.series import BOWLER


@pytest.mark.parametrize(
    ("items", "weeks"),
    [(100, [26, 28, 30, 33]), (110, [29, 31, 33, 36]), (120, [32, 34, 36, 39])],
)
def test_published_data_give_the_exact_weeks(items: int, weeks: list[int]):
    assert list(finishing_weeks(BOWLER, items).values()) == weeks


def test_the_rounding_trap_of_twenty_items():
    assert finishing_weeks(BOWLER, 20)[85] == 8


def test_leaving_the_zero_week_out_would_promise_too_much():
    assert finishing_weeks([items for items in BOWLER if items], 100)[85] == 27


def test_one_or_two_a_week():
    found = finishing_weeks([1, 2], 3)
    assert (found[50], found[85]) == (2, 3)


def test_nothing_or_two_a_week():
    found = finishing_weeks([0, 2], 4)
    assert (found[50], found[85]) == (3, 6)


def test_under_five_weeks_there_is_no_forecast():
    found = forecast([3, 4, 5, 6], 10)
    assert (
        found.refusal == "No forecast: 4 weeks of data, 5 are needed."
        and found.weeks == {}
    )


def test_under_ten_weeks_a_forecast_is_early():
    assert forecast([3, 4, 5, 6, 2], 10).early
    assert forecast([3, 4, 5, 6, 2], 10).sentence.startswith("Early: 10 to go")
    assert not forecast(BOWLER, 10).early


def test_a_history_of_nothing_has_no_forecast():
    assert (
        forecast([0] * 12, 3).refusal
        == "No forecast: nothing was finished in 12 weeks."
    )
    assert fan([0] * 12, 3, 10) == []


def test_the_sentence_says_both_chances_and_where_they_come_from():
    assert forecast(BOWLER, 100).sentence == (
        "100 to go, done in 26 weeks with 50 % chance and in 30 weeks with 85 % chance (from "
        "12 weeks)."
    )


def test_what_is_done_is_not_what_never_began():
    assert forecast([], 0).sentence == "Nothing has started yet."
    assert forecast([1, 2], 0).sentence == "Everything is done."


def test_a_pace_that_leads_nowhere_is_said_once_with_one_that_would():
    slow = [0] * 16 + [1]
    assert forecast(slow, 57, date(2026, 11, 29)).sentence == (
        "57 to go. At the present pace (1 in 17 weeks) not within two years; 3 a week would end "
        "in April 2027."
    )
    assert "3 a week would end in 19 weeks." in forecast(slow, 57).sentence


def test_a_careful_forecast_beyond_two_years_names_no_week():
    found = forecast([0] * 9 + [1], 9)
    assert found.weeks[50] is not None and found.weeks[50] <= 104 < (
        found.weeks[85] or 0
    )
    assert "in more than 2 years with 85 % chance" in found.sentence


def test_the_fan_ends_where_the_careful_forecast_is_done():
    weeks = fan(BOWLER, 20, 30)
    assert (weeks[0].likely, weeks[-1].week, weeks[-1].careful) == (0, 8, 20)
    assert len(fan(BOWLER, 20, 3)) == 4


def test_very_many_items_are_forecast_by_the_normal_curve(
    monkeypatch: pytest.MonkeyPatch,
):
    history = [10, 3, 5, 33, 7, 8, 0, 5, 13, 1, 18, 2]
    exact = finishing_weeks(history, 900)
    monkeypatch.setattr(rules, "EXACT_UP_TO", 800)
    near = finishing_weeks(history, 900)
    assert all(abs((near[chance] or 0) - (exact[chance] or 0)) <= 1 for chance in exact)
    assert fan(history, 900, 500)[-1].careful == 900


history = st.lists(st.integers(0, 4), min_size=1, max_size=4)


@given(history, st.integers(1, 8), st.integers(1, 4))
def test_the_chance_is_that_of_listing_every_sequence(
    weeks: list[int], items: int, ahead: int
):
    done = sum(sum(drawn) >= items for drawn in product(weeks, repeat=ahead))
    for chance, week in finishing_weeks(weeks, items).items():
        enough = 100 * done >= chance * len(weeks) ** ahead
        assert (week is not None and week <= ahead) == enough


@given(history.filter(any), st.integers(1, 30))
def test_more_items_and_higher_chances_never_take_less_time(
    weeks: list[int], items: int
):
    found, more = finishing_weeks(weeks, items), finishing_weeks(weeks, items + 1)
    never = 10**6
    assert [found[c] or never for c in (50, 70, 85, 95)] == sorted(
        found[c] or never for c in (50, 70, 85, 95)
    )
    assert all((more[c] or never) >= (found[c] or never) for c in found)


@given(history.filter(any), st.integers(1, 30), st.integers(1, 40))
def test_the_fan_agrees_with_the_weeks(weeks: list[int], items: int, ahead: int):
    found = finishing_weeks(weeks, items)
    for week in fan([*weeks, *weeks, *weeks, *weeks, *weeks], items, ahead)[1:]:
        assert week.likely >= week.careful
        assert (week.careful == items) == (
            found[85] is not None and week.week >= found[85]
        )

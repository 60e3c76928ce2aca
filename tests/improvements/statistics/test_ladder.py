"""When everybody has it: the rungs that remain, how long one takes, how often one was repeated."""

from __future__ import annotations

from datetime import date, timedelta
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.ladder import (
    LadderStanding,
    RungRecord,
    alike,
    ladder_fan,
    ladder_forecast,
    rungs_ahead,
    tries_needed,
)

TODAY = date(2026, 6, 1)


def rung(people: int, days: int = 28, *, onward: bool = True) -> RungRecord:
    """A rung that ended today after so many days."""
    began = TODAY - timedelta(days=days)
    return RungRecord(people, people, began, TODAY, onward)


def standing(
    *rungs: RungRecord, scope: int = 325, capacity: int | None = None
) -> LadderStanding:
    done = sum(one.accepted for one in rungs if one.onward or one.open)
    return LadderStanding(done, scope, rungs, capacity)


def test_rungs_grow_five_fold_up_to_everybody() -> None:
    found = standing(rung(1), rung(5))
    assert rungs_ahead(found) == (25, 125, 169)


def test_undo_bounds_the_rungs() -> None:
    assert rungs_ahead(standing(rung(1), rung(5), capacity=20, scope=60)) == (
        20,
        20,
        14,
    )


def test_the_rung_on_its_way_comes_first() -> None:
    going = RungRecord(25, 10, TODAY - timedelta(days=14))
    found = LadderStanding(16, 325, (rung(1), rung(5), going))
    assert rungs_ahead(found) == (15, 125, 169)


def test_three_rungs_of_four_weeks_take_twelve_and_not_five_years() -> None:
    found = ladder_forecast(standing(rung(1), rung(5)), TODAY)
    assert found.sentence == (
        "319 to go in 3 rungs; one took 28 days, 2 of 2 led on: done in 12 weeks, if none "
        "is repeated."
    )
    assert (found.weeks[50], found.weeks[95]) == (12, 12)


def test_a_repeated_rung_makes_the_end_uncertain() -> None:
    again = rung(5, onward=False)
    found = ladder_forecast(standing(rung(1), again, rung(5), again), TODAY)
    # Three successes at one in two: 5 tries with 50 %, 9 with 85 % (466 of 512 ways).
    assert (found.weeks[50], found.weeks[85]) == (20, 32)
    assert found.sentence.endswith(
        "2 of 4 led on: done in 20 weeks with 50 % chance and in 32 weeks with 85 % chance."
    )


def test_the_days_a_rung_has_run_already_are_taken_off() -> None:
    going = RungRecord(25, 0, TODAY - timedelta(days=14))
    done = (rung(1), rung(5))
    found = ladder_forecast(LadderStanding(6, 31, (*done, going)), TODAY)
    assert found.weeks[50] == 2


def test_the_first_rung_is_told_by_its_window() -> None:
    going = RungRecord(1, 0, TODAY, window=14)
    found = ladder_forecast(LadderStanding(0, 6, (going,)), TODAY)
    assert found.sentence == (
        "6 to go in 2 rungs, planned for 14 days each: done in 4 weeks, if none is repeated."
    )


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (LadderStanding(0, 0, ()), "nobody said for how many people it is"),
        (LadderStanding(3, 0, (rung(3),)), "nobody said for how many people it is"),
        (LadderStanding(0, 80, ()), "Nothing has started yet."),
        (LadderStanding(0, 80, (RungRecord(1, 0),)), "Nothing has started yet."),
        (
            LadderStanding(0, 80, (rung(1, onward=False),)),
            "No forecast: 1 rung tried, and none led on yet.",
        ),
        (LadderStanding(0, 80, (RungRecord(1, 0, TODAY),)), "none has a window"),
    ],
)
def test_nothing_is_foretold_of_nothing(found: LadderStanding, told: str) -> None:
    forecast = ladder_forecast(found, TODAY)
    assert told in forecast.refusal
    assert forecast.sentence == forecast.refusal
    assert ladder_fan(found, TODAY, 26) == []


def test_everything_is_done_only_when_somebody_has_it() -> None:
    found = ladder_forecast(standing(rung(1), rung(5), scope=6), TODAY)
    assert (found.sentence, found.remaining) == ("Everything is done.", 0)


def test_two_years_are_named_once() -> None:
    slow = standing(rung(1, 300), rung(5, 300), scope=10_000)
    sentence = ladder_forecast(slow, TODAY).sentence
    assert sentence.endswith("rungs: not within two years at this pace.")
    endless = standing(rung(1), rung(1), scope=5_000, capacity=1)
    assert "not within two years" in ladder_forecast(endless, TODAY).sentence


def test_rungs_are_alike_within_a_factor_of_two() -> None:
    assert alike(standing(rung(20), rung(20), scope=100, capacity=20))
    assert not alike(standing(rung(1), rung(5)))
    assert not alike(standing(rung(20), scope=100, capacity=20))


@given(
    st.integers(0, 8), st.integers(1, 6), st.integers(0, 6), st.sampled_from([50, 85])
)
def test_tries_are_the_fewest_that_reach_the_chance(
    rungs: int, led: int, repeated: int, chance: int
) -> None:
    tried = led + repeated
    found = tries_needed(rungs, led, tried, chance)

    def reached(tries: int) -> bool:
        good = sum(
            comb(tries, n) * (led / tried) ** n * (repeated / tried) ** (tries - n)
            for n in range(rungs, tries + 1)
        )
        return good >= chance / 100 - 1e-12

    assert found >= rungs and reached(found)
    assert found == rungs or not reached(found - 1)


@given(
    st.integers(1, 50),
    st.integers(1, 2000),
    st.none() | st.integers(1, 100),
    st.integers(1, 60),
)
def test_rungs_ahead_bring_everybody_and_the_fan_ends_there(
    last: int, more: int, capacity: int | None, days: int
) -> None:
    found = standing(rung(last, days), scope=last + more, capacity=capacity)
    ahead = rungs_ahead(found)
    assert sum(ahead) == more or len(ahead) > 100
    steps = ladder_fan(found, TODAY, 26)
    assert [one.likely for one in steps] == sorted(one.likely for one in steps)
    assert all(one.careful <= one.likely <= more for one in steps)

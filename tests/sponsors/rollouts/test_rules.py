"""Expected calls, their bands, the hours they take: numbers worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.sponsors.words import RolloutState
from app.sponsors.rollouts import rules
from app.sponsors.rollouts.rules import Band, CallType, Prepared

PASSWORD = CallType(100, 0.2, 50, 6)
PRINTING = CallType(40, 0.1, 0, 30)

types = st.builds(
    CallType,
    st.integers(1, 2000),
    st.floats(0, 2),
    st.floats(0, 100),
    st.integers(1, 60),
)


def test_a_hundred_users_with_a_fifth_of_a_call_halving_each_week() -> None:
    assert rules.expected([PASSWORD], 4) == (20, 10, 5, 2.5)
    assert rules.expected([PASSWORD, PRINTING], 2) == (24, 14)
    assert rules.expected([], 2) == (0, 0)


def test_an_earlier_one_is_scaled_to_the_users_of_now_and_unknown_after_its_end() -> (
    None
):
    assert rules.analogue([30, 12], 60, 100, 3) == (50, 20, None)
    assert rules.analogue([], 0, 100, 2) == (None, None)


def test_one_seed_gives_the_same_bands_and_another_gives_others() -> None:
    first = rules.simulated([PASSWORD], 4, seed=7)
    assert first == rules.simulated([PASSWORD], 4, seed=7)
    assert first != rules.simulated([PASSWORD], 4, seed=8)
    assert 15 <= first[0].half <= 30 < first[0].nine <= 45


def test_hours_are_careful_calls_times_their_minutes() -> None:
    assert rules.hours([PASSWORD], [Band(20, 30)]) == (3.0,)
    mixed = rules.hours([PASSWORD, PRINTING], [Band(24, 36)])
    assert mixed == (6.0,)  # (20 × 6 + 4 × 30) ÷ 24 = 10 minutes each


def test_what_is_usual_is_no_call_of_the_roll_out() -> None:
    assert rules.over_usual([9, 4, 2], 3.5) == [6, 0, 0]
    assert rules.above([31, 9, 12], [Band(20, 30), Band(10, 15)]) == [0]


def test_what_came_teaches_the_rate_of_the_next_one() -> None:
    assert rules.learned([30, 15], (20, 10, 5), 100) == (0.3, 1.5)
    assert rules.learned([], (20,), 100) is None


@pytest.mark.parametrize(
    ("has_it", "reason", "closes"),
    [(None, "", False), (9, " ", False), (9, "One left", True), (10, "", True)],
)
def test_it_is_not_closed_until_customers_have_it(
    has_it: int | None, reason: str, closes: bool
) -> None:
    assert (not rules.why_not_closed(has_it, 10, reason)) is closes


def test_everything_missing_is_named_at_once() -> None:
    assert len(rules.missing(Prepared())) == 5
    ready = Prepared(True, True, True, True, 0, True)
    assert rules.missing(ready) == []
    assert len(rules.missing(Prepared(True, True, True, True, 1, True, True))) == 2


def test_it_goes_one_step_on_or_back_and_never_out_of_closed() -> None:
    assert rules.may_move(RolloutState.PLANNED, RolloutState.READY)
    assert not rules.may_move(RolloutState.PLANNED, RolloutState.RUNNING)
    assert not rules.may_move(RolloutState.CLOSED, RolloutState.CLOSING)


@given(st.lists(types, max_size=3), st.integers(1, 6), st.integers(0, 99))
def test_bands_hold_no_negative_calls_and_nine_of_ten_is_never_below_half(
    some: list[CallType], weeks: int, seed: int
) -> None:
    bands = rules.simulated(some, weeks, seed)
    assert len(bands) == weeks
    assert all(0 <= band.half <= band.nine for band in bands)


@given(types, st.integers(0, 20))
def test_calls_never_grow_from_week_to_week(one: CallType, week: int) -> None:
    assert one.in_week(week + 1) <= one.in_week(week)

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.gate.guardrails import (
    GuardrailSeen,
    got_worse,
    guardrail_of,
)
from app.improvements.statistics.control import About
from app.improvements.statistics.reading import read_metric
from app.models.improvements.words import Direction
from tests.improvements.statistics.series import week, weekly

LESS, MORE = Direction.DOWN, Direction.UP


def watched(
    before: list[float],
    after: list[float],
    direction: Direction = LESS,
    target: float | None = None,
    skewed: bool = False,
) -> GuardrailSeen:
    """Return a weekly guardrail with so many values before and after a change."""
    about = About(direction, target, pilot_from=week(len(before)))
    reading = read_metric(weekly(*before, *after), about, skewed=skewed)
    return GuardrailSeen("Reopened", direction, target, reading)


def test_one_major_incident_after_none_is_chance():
    assert guardrail_of(watched([0] * 12, [0, 0, 1, 0, 0, 0, 0, 0])).worse is False
    assert guardrail_of(watched([100] * 12, [99.9], MORE)).worse is False


def test_what_chance_does_not_do_fails_and_says_both_levels():
    found = guardrail_of(watched([0] * 12, [1, 2, 1, 0, 1, 3, 1, 1]))
    assert found.worse is True
    assert found.why == (
        "Reopened got worse: 0 before, 1.25 since; chance alone does that in fewer than "
        "1 of 200 cases."
    )


def test_a_guardrail_that_gets_better_never_fails():
    assert guardrail_of(watched([9, 8, 9, 8, 9, 8], [1, 2, 1, 2, 1, 2])).worse is False


@pytest.mark.parametrize(
    ("after", "worse"),
    [([2, 2.5, 3, 2, 3], False), ([6, 5], None), ([6, 5, 7, 6, 5], True)],
)
def test_a_guardrail_without_a_past_is_judged_by_its_target(
    after: list[float], worse: bool | None
):
    found = guardrail_of(watched([], after, target=3, skewed=True))
    assert found.worse is worse
    assert "has no past to compare with" in found.why
    assert found.why.endswith("its target is 3.")


def test_without_past_and_target_it_says_what_is_needed():
    found = guardrail_of(watched([4, 5], [4, 5, 6]))
    assert found.worse is None
    assert "give it one it has to keep" in found.why


def test_a_guardrail_nobody_measured_holds():
    found = guardrail_of(watched([4, 5, 4, 5, 4], [], target=3))
    assert (found.worse, found.why) == (None, "Reopened was not measured.")


@given(
    st.lists(st.integers(0, 9), min_size=5, max_size=12),
    st.lists(st.integers(0, 9), min_size=1, max_size=12),
)
def test_what_is_worse_one_way_is_not_worse_the_other_way(
    before: list[int], after: list[int]
):
    ways = [got_worse(tuple(before), tuple(after), way) for way in (LESS, MORE)]
    assert not all(ways)


def poisson(draw: random.Random, mean: float) -> float:
    """Draw a count (Knuth)."""
    limit, count, product = math.exp(-mean), 0, draw.random()
    while product > limit:
        count, product = count + 1, product * draw.random()
    return count


NOTHING_CHANGED: dict[str, Callable[[random.Random], float]] = {
    "normal": lambda draw: draw.gauss(50, 5),
    "Poisson 1": lambda draw: poisson(draw, 1),
    "Poisson 5": lambda draw: poisson(draw, 5),
    "share of 10": lambda draw: sum(draw.random() < 0.9 for _ in range(10)) * 10,
}


@pytest.mark.parametrize("name", NOTHING_CHANGED)
def test_with_no_change_at_all_fewer_than_one_pilot_in_ten_fails_by_chance(name: str):
    draw, value = random.Random(11), NOTHING_CHANGED[name]
    pilots = 200
    failed = sum(_fails_by_chance(draw, value) for _ in range(pilots))
    assert failed <= 0.10 * pilots


def _fails_by_chance(
    draw: random.Random, value: Callable[[random.Random], float]
) -> bool:
    """Tell whether one of three guardrails fails at any look after 8 to 24 points."""
    for _ in range(3):
        before = tuple(value(draw) for _ in range(12))
        after = tuple(value(draw) for _ in range(24))
        if any(got_worse(before, after[:seen], LESS) for seen in range(8, 25)):
            return True
    return False


def test_a_guardrail_that_really_got_worse_is_mostly_found():
    draw = random.Random(12)
    found = 0
    for _ in range(200):
        before = tuple(draw.gauss(50, 5) for _ in range(12))
        after = tuple(draw.gauss(60, 5) for _ in range(8))
        found += got_worse(before, after, LESS)
    assert found >= 160

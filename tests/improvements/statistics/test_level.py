"""What was reached at embedding is what later values are judged against."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.control import About
from app.improvements.statistics.level import (
    Embedding,
    LevelWatch,
    level_start,
    watched,
)
from app.improvements.statistics.series import Point
from app.models.improvements.words import Direction

FIRST = date(2026, 1, 5)
OLD = (95, 94, 96, 95, 94, 95, 96, 94, 95, 95, 96, 94)
REACHED = (74, 75, 73, 74, 76, 74, 73, 75, 74, 74, 73, 75)
BACK = (80, 85, 90, 94, 95, 94, 96, 95, 94, 95)
ABOUT = About(Direction.DOWN)


def days(count: int, after: int = 0) -> list[date]:
    return [FIRST + timedelta(days=after + n) for n in range(count)]


def judged(
    old: tuple[float, ...],
    reached: tuple[float, ...],
    since: tuple[float, ...],
    about: About = ABOUT,
    *,
    skewed: bool = False,
) -> LevelWatch:
    """Judge values of before the change, after it, and since embedding; one a day."""
    values = (*old, *reached, *since)
    points = [
        Point(day, value) for day, value in zip(days(len(values)), values, strict=True)
    ]
    changed = FIRST + timedelta(days=len(old))
    day = changed + timedelta(days=len(reached))
    return watched(points, about, Embedding(day, (changed,)), skewed=skewed)


def test_a_complete_relapse_is_noticed_at_its_first_value() -> None:
    found = judged(OLD, REACHED, BACK[:1])
    assert found.worse
    assert found.level is not None and found.level.usual == pytest.approx(
        74.1667, abs=1e-3
    )


def test_a_complete_relapse_is_told_as_what_it_is() -> None:
    found = judged(OLD, REACHED, BACK)
    assert found.sentence == (
        "It goes back: 10 of 10 points since 29 Jan 2026 worse than what it was embedded "
        "at, 74.2; unlikely to be chance."
    )
    assert found.reading is not None and found.reading.control is not None
    ways = [dot.better for dot in found.reading.control.dots if dot.pilot]
    assert False in ways and True not in ways


def test_what_holds_is_no_drift() -> None:
    found = judged(OLD, REACHED, REACHED)
    assert not found.worse
    assert found.sentence.startswith("It holds what it was embedded at")


def test_what_gets_better_still_and_then_relapses_is_drift() -> None:
    found = judged(OLD, REACHED, (60, 61, 60, 62, 95, 94, 96, 95))
    assert found.worse


def test_what_relapsed_and_got_better_again_is_none() -> None:
    assert not judged(OLD, REACHED, (95, 94, *[60.0] * 8)).worse


def test_a_signal_that_loses_little_of_the_gain_opens_nothing_and_is_told() -> None:
    found = judged(OLD, REACHED, (76.0,) * 8)
    assert not found.worse
    assert "less than a quarter of what was gained is lost" in found.sentence


def test_a_relapse_after_a_long_quiet_time_needs_two_values() -> None:
    assert not judged(OLD, REACHED, (*REACHED, 95.0)).worse
    assert judged(OLD, REACHED, (*REACHED, 95.0, 94.0)).worse


@pytest.mark.parametrize(("gain", "most"), [(2.0, 0.1), (3.0, 0.06)])
def test_where_nothing_changes_few_are_opened_again(gain: float, most: float) -> None:
    chance, opened = random.Random(7), 0
    for _ in range(300):
        old, reached, since = (
            tuple(chance.gauss(level, 1) for _ in range(count))
            for level, count in ((50 + gain, 12), (50, 12), (50, 24))
        )
        opened += judged(old, reached, since).worse
    assert opened / 300 <= most


def test_nothing_measured_since_is_said() -> None:
    found = judged(OLD, REACHED, ())
    assert (found.worse, found.sentence) == (
        False,
        "Nothing measured since it was embedded on 29 Jan 2026, at 74.2.",
    )


@given(
    st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=12, max_size=20),
    st.floats(30, 90),
    st.sampled_from(list(Direction)),
)
def test_a_relapse_far_beyond_the_noise_is_noticed_on_every_chart(
    noise: list[float], gain: float, direction: Direction
) -> None:
    about = About(direction)
    reached = tuple(500 + n for n in noise)
    old = tuple(500 - direction.sign * gain + n for n in noise)
    soon, later = (judged(old, reached, old[:n], about) for n in (7, 12))
    assert later.worse
    assert soon.reading is not None
    assert soon.worse or soon.reading.run is not None  # which asks for a longer run


@given(
    st.lists(st.integers(20, 99), min_size=12, max_size=12),
    st.lists(st.integers(20, 99), min_size=5, max_size=14),
    st.lists(st.integers(20, 99), max_size=14),
)
def test_up_and_down_are_judged_alike(
    old: list[int], reached: list[int], since: list[int]
) -> None:
    down = judged(tuple(old), tuple(reached), tuple(since))
    mirrored = [tuple(200.0 - v for v in values) for values in (old, reached, since)]
    up = judged(*mirrored, About(Direction.UP))
    assert (
        down.worse == up.worse
        or {down.reading, up.reading} & {None}
        or (
            down.reading.choice.kind != up.reading.choice.kind  # type: ignore[union-attr]
        )
    )


@given(
    st.lists(st.integers(20, 99), min_size=5, max_size=30),
    st.integers(0, 30),
)
def test_the_level_comes_from_five_to_twelve_values_before_embedding(
    values: list[int], later: int
) -> None:
    points = [Point(day, v) for day, v in zip(days(len(values)), values, strict=True)]
    day = FIRST + timedelta(days=len(values))
    start = level_start(points, Embedding(day, (FIRST + timedelta(days=later),)))
    own = [one for one in points if start is not None and one.when >= start]
    kept = max(0, len(values) - later)
    assert (start is None) == (kept < 5)
    assert start is None or len(own) == min(12, kept)


def test_the_last_change_tells_the_level_and_an_earlier_one_where_it_is_too_new() -> (
    None
):
    points = [Point(day, 1.0) for day in days(20)]
    first, last = FIRST + timedelta(days=3), FIRST + timedelta(days=14)
    day = FIRST + timedelta(days=20)
    assert level_start(points, Embedding(day, (first, last))) == last
    newer = FIRST + timedelta(days=16)
    start = level_start(points, Embedding(day, (first, newer)))
    assert start == FIRST + timedelta(days=8)


def test_with_few_values_seven_in_a_row_nearer_to_the_old_average_are_drift() -> None:
    assert not judged(OLD, (74, 75), (90.0,) * 6).worse
    found = judged(OLD, (74, 75), (90.0,) * 7)
    assert found.worse and len(found.relapsed) == 7
    assert "nearer to the old average" in found.sentence
    assert not judged(OLD, (74, 75), (80.0,) * 20).worse


def test_without_any_value_of_the_change_no_level_is_invented() -> None:
    found = judged(OLD, (), (120.0,) * 8)
    assert (found.level, found.worse) == (None, False)
    assert found.sentence.startswith("No level is known to judge drift by: 0 points")


def test_limits_that_people_set_later_are_what_counts_from_then_on() -> None:
    reset = FIRST + timedelta(days=24)
    about = About(Direction.DOWN, rebased=(reset + timedelta(days=1),))
    values = (*OLD, *REACHED, 95, *[95.0, 94, 96, 95, 94, 95, 96, 94, 95, 95, 96, 94])
    points = [Point(day, v) for day, v in zip(days(len(values)), values, strict=True)]
    embedding = Embedding(reset, (FIRST + timedelta(days=12),))
    assert not watched(points, about, embedding, skewed=False).worse
    more = [Point(points[-1].when + timedelta(days=n), 120) for n in (1, 2)]
    assert watched([*points, *more], about, embedding, skewed=False).worse
    assert watched(points, ABOUT, embedding, skewed=False).worse

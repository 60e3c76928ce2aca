from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.detection import detected, power
from app.improvements.statistics.xmr import limits_of, signals


@pytest.mark.parametrize(
    ("sigmas", "after"),
    [
        (0, (4, 10, 14)),
        (1, (25, 58, 71)),
        (1.5, (45, 83, 92)),
        (2, (67, 95, 99)),
        (3, (93, 100, 100)),
    ],
)
def test_the_chances_are_those_measured(sigmas: float, after: tuple[int, int, int]):
    assert tuple(detected(points, sigmas) for points in (4, 8, 12)) == after


def test_the_rules_themselves_behave_as_the_table_says():
    draw, charts, seen = random.Random(5), 400, {0.0: 0, 1.0: 0, 2.0: 0}
    for sigmas in seen:
        for _ in range(charts):
            values = [draw.gauss(0, 1) for _ in range(12)] + [
                draw.gauss(sigmas, 1) for _ in range(8)
            ]
            found = signals(values, limits_of(values[:12]))
            seen[sigmas] += any(
                signal.points[0] >= 12 and signal.side == 1 for signal in found
            )
    assert all(
        abs(100 * hits / charts - detected(8, sigmas)) < 6
        for sigmas, hits in seen.items()
    )


def test_a_pilot_that_can_tell():
    found = power(8, baseline=40, expected=30, sigma=5)
    assert (found.sigmas, found.chance, found.enough) == (2, 95, True)
    assert found.sentence == (
        "This pilot can tell. 8 points for a change of 2.0 sigma: it would show in 95 of 100 "
        "pilots."
    )


def test_a_pilot_that_needs_more_points_is_told_how_many():
    found = power(4, baseline=40, expected=30, sigma=5)
    assert (found.chance, found.needed) == (67, 6)
    assert found.sentence.startswith("This pilot may tell.")
    assert found.sentence.endswith(
        "plan 6 points: measure daily or per group of tickets."
    )


def test_a_pilot_for_a_small_change_cannot_tell_however_long_it_is():
    found = power(4, baseline=40, expected=38, sigma=5)
    assert found.needed is None
    assert found.sentence.startswith("This pilot cannot tell.")
    assert found.sentence.endswith(
        "expect a larger change, or measure something closer to it."
    )


def test_a_metric_that_never_varies_shows_every_change():
    assert power(8, 3, 1, 0).chance == 100
    assert power(8, 3, 3, 0).chance == 10


@given(st.integers(0, 30), st.floats(0, 6), st.floats(0, 2))
def test_more_points_and_larger_changes_never_hide_more(
    points: int, sigmas: float, more: float
):
    here = detected(points, sigmas)
    assert 0 <= here <= 100
    assert (
        detected(points + 1, sigmas) >= here - 1e-9
        and detected(points, sigmas + more) >= here - 1e-9
    )

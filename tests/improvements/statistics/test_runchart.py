from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.runchart import (
    crossings_needed,
    longest_run_allowed,
    read_runs,
)
from app.models.improvements.words import Direction

UP = Direction.UP


@pytest.mark.parametrize(
    ("useful", "longest", "crossings"), [(10, 6, 2), (12, 7, 3), (20, 7, 6), (24, 8, 8)]
)
def test_thresholds_are_those_of_anhoej(useful: int, longest: int, crossings: int):
    assert (longest_run_allowed(useful), crossings_needed(useful)) == (
        longest,
        crossings,
    )


def test_values_on_the_median_are_neither_counted_nor_do_they_break_a_run():
    reading = read_runs([1, 1, 1, 5, 1, 9, 9, 5, 9, 9], UP)
    assert (reading.median, reading.useful, reading.longest, reading.crossings) == (
        5,
        8,
        4,
        1,
    )


def test_a_run_that_is_too_long_is_a_signal_with_its_side():
    reading = read_runs([3, 2, 3, 1, 2, 3, 2, *[9] * 7], UP)
    assert (
        not reading.too_long
    )  # 7 of 14 useful values on each side: the longest allowed run is 7
    reading = read_runs([1, 2, 1, 2, 1, 2, *[9] * 9], UP, baseline=6)
    assert reading.too_long and reading.side == 1
    assert (
        reading.sentence
        == "10 points in a row above the median; unlikely to be chance."
    )
    assert (
        "the wrong way"
        in read_runs([1, 2, 1, 2, 1, 2, *[9] * 9], Direction.DOWN, baseline=6).sentence
    )


def test_too_few_crossings_are_a_signal():
    reading = read_runs([*[1] * 6, *[9] * 6, *[1] * 5, *[9] * 5], UP)
    assert not reading.too_long and reading.too_few_crossings
    assert (
        reading.sentence
        == "The line crosses the median 3 times, chance gives at least 7; something shifted."
    )


def test_few_useful_values_are_too_early():
    assert (
        read_runs([1] * 9, UP).sentence
        == "Too early to tell: 0 useful points; a run chart needs 10."
    )
    assert not read_runs([1, 9, 1, 9, 9, 9, 9, 9, 9], UP).signal


def test_false_alarms_stay_as_rare_as_measured_whatever_the_shape():
    draw = random.Random(11)
    charts = [[draw.lognormvariate(0, 0.6) for _ in range(24)] for _ in range(1000)]
    assert (
        sum(read_runs(chart, UP).signal for chart in charts) / 1000 < 0.05
    )  # 2.5 % of 4,000 charts measured


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40))
def test_a_run_chart_looks_the_same_upside_down(values: list[int]):
    one, other = read_runs(values, UP), read_runs([-value for value in values], UP)
    assert (one.useful, one.longest, one.crossings) == (
        other.useful,
        other.longest,
        other.crossings,
    )
    assert one.crossings < max(one.useful, 1) and one.longest <= one.useful

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.xmr import (
    RANGE_WIDTH,
    Rule,
    Signal,
    XmrLimits,
    labels,
    limits_of,
    moving_ranges,
    sides,
    signals,
)
from tests.improvements.statistics.series import AFTER, BEFORE

VIGNETTE = (1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1)
WIDE = XmrLimits(0, 100)
UNIT = XmrLimits(0, 1 / 2.66)  # limits at -1 and +1


def completed(found: list[Signal], rule: Rule) -> list[int]:
    return [signal.at + 1 for signal in found if signal.rule is rule]


def test_limits_of_the_statprocon_example():
    limits = limits_of([10, 50, 40, 30])
    assert (limits.mean, limits.average_range) == (32.5, 20)
    assert (limits.lower, limits.upper) == (pytest.approx(-20.7), pytest.approx(85.7))
    assert RANGE_WIDTH * limits.average_range == pytest.approx(65.34)
    # statprocon itself rounds the constant of the range up to 3.268.
    assert limits.average_range * 3.268 == pytest.approx(65.36)


def test_limits_of_the_nhs_vignette_with_and_without_screening():
    screened, plain = limits_of(VIGNETTE, screened=True), limits_of(VIGNETTE)
    assert round(plain.mean, 2) == round(screened.mean, 2) == 1.94
    assert (round(screened.lower, 2), round(screened.upper, 2)) == (-0.72, 4.60)
    assert (round(plain.lower, 2), round(plain.upper, 2)) == (-3.06, 6.95)


def rnorm_123() -> list[float]:
    """The first 20 of R's rnorm() after set.seed(123), to the eight decimals R keeps in its
    documentation.
    """
    return [
        -0.56047565,
        -0.23017749,
        1.55870831,
        0.07050839,
        0.12928774,
        1.71506499,
        0.46091621,
        -1.26506123,
        -0.68685285,
        -0.44566197,
        1.22408180,
        0.35981383,
        0.40077145,
        0.11068272,
        -0.55584113,
        1.78691314,
        0.49785048,
        -1.96661716,
        0.70135590,
        -0.47279141,
    ]


def test_limits_of_the_nhs_snapshot():
    limits = limits_of(rnorm_123())
    assert limits.mean == pytest.approx(0.1416238, abs=1e-7)
    assert (limits.lower, limits.upper) == (
        pytest.approx(-3.01138, abs=1e-5),
        pytest.approx(3.294627, abs=1e-6),
    )


def test_limits_of_the_nhs_snapshot_with_an_outlier():
    values = rnorm_123()
    values[14] = 10
    screened, plain = limits_of(values, screened=True), limits_of(values)
    assert (screened.lower, screened.upper) == (
        pytest.approx(-2.383666, abs=1e-6),
        pytest.approx(3.722497, abs=1e-6),
    )
    assert (plain.lower, plain.upper) == (
        pytest.approx(-4.596625, abs=1e-6),
        pytest.approx(5.935457, abs=1e-6),
    )


def test_limits_of_the_worked_case():
    limits = limits_of(BEFORE)
    assert round(limits.mean, 4) == 41.3333
    assert (round(limits.lower, 4), round(limits.upper, 4)) == (29.9679, 52.6988)
    assert round(limits.near_lower, 4) == 33.7564
    after = limits_of(AFTER)
    assert (after.mean, round(after.lower, 2), round(after.upper, 2)) == (
        32.75,
        23.63,
        41.87,
    )


def test_a_period_that_was_not_measured_has_no_moving_range():
    assert moving_ranges([1, None, 5, 6]) == [1]
    assert limits_of([1, None, 5, 6]).mean == 4


def test_values_without_neighbours_have_no_limits():
    with pytest.raises(ValueError, match="two neighbouring"):
        limits_of([1, None, 3])


def test_the_worked_case_is_noticed_at_the_sixteenth_point_and_by_the_run_at_the_eighteenth():
    found = signals([*BEFORE, *AFTER], limits_of(BEFORE))
    assert not completed(found, Rule.OUTSIDE)
    assert completed(found, Rule.NEAR)[0] == 16
    assert completed(found, Rule.SHIFT) == [18, 19, 20]
    first_run = next(signal for signal in found if signal.rule is Rule.SHIFT)
    assert [place + 1 for place in first_run.points] == list(range(12, 19))


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ((1,) * 8 + (-1,), [7, 8]),
        ((1,) * 6 + (-1,), []),
        ((-1,) * 8 + (1,), [7, 8]),
        ((1, 1, 1, 0, 1, 1, 1, 1), []),
    ],
)
def test_seven_in_a_row_on_one_side_is_a_shift(
    way: tuple[int, ...], expected: list[int]
):
    assert completed(signals(way, WIDE), Rule.SHIFT) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 2, 3, 4, 5, 6, 7), [7]),
        ((1, 2, 3, 3, 4, 5, 6), []),
        ((1, 2, 3, 4, 5, 6), []),
        ((2, 1, 2, 3, 4, 5, 6, 7, 3), [8]),
        ((7, 6, 5, 4, 3, 2, 1), [7]),
    ],
)
def test_six_rises_or_falls_in_a_row_are_a_trend(
    values: tuple[float, ...], expected: list[int]
):
    assert completed(signals(values, WIDE), Rule.TREND) == expected


def test_two_of_three_close_to_a_limit_mark_only_the_close_ones():
    found = [
        s
        for s in signals((0.1, 0.1, 0.8, 0.1, 0.8, 0.1, 0.1), UNIT)
        if s.rule is Rule.NEAR
    ]
    assert sorted(labels(found)) == [2, 4]
    assert [(signal.at, signal.points) for signal in found] == [(4, (2, 4))]


def test_two_of_three_need_all_three_on_one_side():
    assert not completed(signals((0.8, -0.1, 0.8), UNIT), Rule.NEAR)


def test_a_point_outside_a_limit_is_not_close_to_it():
    found = signals((0.8, 0.1, 1.2), UNIT)
    assert [signal.rule for signal in found] == [Rule.OUTSIDE]


def test_labels_follow_the_precedence_of_the_rules():
    rising = (0.1, 0.2, 0.3, 0.4, 0.7, 0.8, 1.2)
    assert [labels(signals(rising, UNIT))[place].rule for place in range(7)] == [
        Rule.TREND
    ] * 6 + [Rule.OUTSIDE]
    close = (0.1, 0.7, 0.2, 0.8, 0.1, 0.2, 0.1)
    chosen = labels(signals(close, UNIT))
    assert [chosen[place].rule for place in (0, 1, 3)] == [
        Rule.SHIFT,
        Rule.NEAR,
        Rule.NEAR,
    ]


values = st.lists(st.integers(-50, 50), min_size=5, max_size=40)


@given(values)
def test_mirrored_values_give_mirrored_signals(numbers: list[int]):
    limits = limits_of(numbers)
    mirrored = signals(
        [-number for number in numbers], XmrLimits(-limits.mean, limits.average_range)
    )
    assert {(s.rule, s.at, s.side) for s in signals(numbers, limits)} == {
        (s.rule, s.at, -s.side) for s in mirrored
    }


@given(values, st.integers(1, 30))
def test_locked_limits_never_change_what_was_already_said(numbers: list[int], cut: int):
    limits = limits_of(numbers[:5])
    whole = [signal for signal in signals(numbers, limits) if signal.at < cut]
    assert whole == signals(numbers[:cut], limits)


@given(values)
def test_every_marked_point_lies_on_the_side_the_signal_says(numbers: list[int]):
    limits = limits_of(numbers)
    side = sides(numbers, limits.mean)
    for signal in signals(numbers, limits):
        assert signal.at >= max(signal.points)
        if signal.rule is not Rule.TREND:
            assert {side[place] for place in signal.points} == {signal.side}


@given(values)
def test_screening_never_widens_the_limits(numbers: list[int]):
    assert (
        limits_of(numbers, screened=True).average_range
        <= limits_of(numbers).average_range
    )


def test_false_alarms_are_as_rare_as_measured():
    draw = random.Random(20260302)
    charts = [[draw.gauss(0, 1) for _ in range(24)] for _ in range(600)]
    alarms = sum(bool(signals(chart, limits_of(chart))) for chart in charts)
    assert (
        0.11 < alarms / 600 < 0.20
    )  # 15.5 % of 4,000 charts in the shared page of numbers

from __future__ import annotations

import math
from itertools import combinations
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics import distributions
from app.improvements.statistics.distributions import (
    binomial_quantile,
    rank_sum_p,
    student_t,
)
from app.improvements.statistics.effect import effect, gap_closed, superiority, welch
from app.models.improvements.words import Direction
from tests.improvements.statistics.series import AFTER, BEFORE

DOWN = Direction.DOWN


def test_the_worked_case():
    found = effect(BEFORE, AFTER, DOWN, target=30)
    assert found.gap_closed == pytest.approx(0.757, abs=5e-4)
    assert (found.change, found.relative) == (
        pytest.approx(-8.583, abs=5e-4),
        pytest.approx(-0.208, abs=5e-4),
    )
    assert found.interval is not None
    assert found.interval.low == pytest.approx(-10.893, abs=5e-4)
    assert found.interval.high == pytest.approx(-6.274, abs=5e-4)
    assert found.interval.freedom == pytest.approx(17.547, abs=5e-4)
    assert found.sigmas == pytest.approx(-2.27, abs=5e-3)
    assert found.superiority == 1
    assert found.p == pytest.approx(1.5877e-05, rel=1e-4) == 2 / math.comb(20, 8)


def test_the_sentence_speaks_of_an_association_until_something_was_compared():
    said = effect(BEFORE, AFTER, DOWN, target=30).sentence
    assert said == (
        "From 41.3 to 32.8: −8.58 (−20.8 %), 95 % interval −10.9 to −6.27; 76 % of the gap to "
        "the target closed. "
        "An association: nothing was compared that did not change."
    )
    compared = effect(BEFORE, AFTER, DOWN, elsewhere=-0.4).sentence
    assert compared.endswith("The comparison group changed by −0.4 in the same time.")


def test_one_value_on_a_side_has_no_interval():
    found = effect([40], [20, 22], DOWN)
    assert found.interval is None and found.sigmas is None
    assert found.sentence.startswith("From 40 to 21: −19 (−47.5 %). An association")


def test_values_that_do_not_vary_have_an_interval_without_width():
    found = welch([3, 3, 3], [1, 1])
    assert found is not None and (found.low, found.high) == (-2, -2)


def test_a_baseline_of_zero_has_no_relative_change():
    assert effect([0, 0], [3, 4], Direction.UP).relative is None


@pytest.mark.parametrize(
    ("before", "now", "target", "share"),
    [(40, 40, 20, 0), (40, 20, 20, 1), (40, 50, 20, -0.5)],
)
def test_the_gap_counts_from_the_baseline_to_the_target(
    before: float, now: float, target: float, share: float
):
    assert gap_closed(before, now, target) == share


def test_without_a_gap_none_can_be_closed():
    assert gap_closed(40, 30, 40) is None
    assert gap_closed(40, 30, None) is None


def test_ties_count_half_for_superiority():
    assert superiority([1, 2], [2, 3], Direction.UP) == 0.875
    assert superiority([1, 2], [2, 3], Direction.DOWN) == 0.125


@pytest.mark.parametrize(
    ("freedom", "value"),
    [
        (1, 12.7062),
        (2, 4.30265),
        (5, 2.57058),
        (10, 2.22814),
        (30, 2.04227),
        (1000, 1.96234),
    ],
)
def test_student_values_are_those_of_the_tables(freedom: float, value: float):
    assert student_t(0.95, freedom) == pytest.approx(value, abs=6e-5)


def test_binomial_quantiles_are_exact():
    assert [binomial_quantile(0.05, trials) for trials in (0, 1, 9, 19)] == [0, 0, 2, 6]
    assert binomial_quantile(0.5, 4) == 2


small = st.lists(st.integers(0, 6), min_size=1, max_size=5)


@given(small, small)
def test_the_p_value_counts_every_way_to_share_out_the_values(
    first: list[int], second: list[int]
):
    everything = [*first, *second]
    ranks = [
        2 * sum(o < v for o in everything) + sum(o == v for o in everything) + 1
        for v in everything
    ]
    observed = sum(ranks[: len(first)])
    sums = [sum(chosen) for chosen in combinations(ranks, len(first))]
    rarer = min(
        sum(total <= observed for total in sums),
        sum(total >= observed for total in sums),
    )
    assert rank_sum_p(first, second) == pytest.approx(min(1, 2 * rarer / len(sums)))
    assert rank_sum_p(first, second) == pytest.approx(rank_sum_p(second, first))


def test_the_normal_curve_takes_over_where_it_is_as_good(
    monkeypatch: pytest.MonkeyPatch,
):
    first, second = [float(x) for x in range(30)], [x + 5.5 for x in range(30)]
    exact = rank_sum_p(first, second)
    monkeypatch.setattr(distributions, "EXACT_UP_TO", 0)
    assert rank_sum_p(first, second) == pytest.approx(exact, abs=0.002)
    assert rank_sum_p([1.0] * 3, [1.0] * 4) == 1


@given(st.floats(0.01, 0.99), st.floats(0.5, 500))
def test_the_student_distribution_is_wider_than_the_normal_one(
    share: float, freedom: float
):
    assert student_t(share, freedom) >= NormalDist().inv_cdf(0.5 + share / 2) - 1e-9


@given(
    st.lists(st.integers(0, 99), min_size=2, max_size=12),
    st.lists(st.integers(0, 99), min_size=2, max_size=12),
)
def test_the_interval_holds_the_change_and_turns_with_the_direction(
    before: list[int], after: list[int]
):
    one, other = welch(before, after), welch(after, before)
    assert one is not None and other is not None
    assert one.low - 1e-9 <= one.change <= one.high + 1e-9
    assert (one.low, one.high) == (
        pytest.approx(-other.high),
        pytest.approx(-other.low),
    )


def test_levels_of_shares_stand_in_the_middle_of_the_interval():
    plain = effect((50, 0, 2), (40, 42, 41), Direction.UP)
    pooled = effect((50, 0, 2), (40, 42, 41), Direction.UP, levels=(3, 41))
    assert (pooled.before, pooled.after, pooled.change) == (3, 41, 38)
    assert plain.interval and pooled.interval
    assert (pooled.interval.low + pooled.interval.high) / 2 == pytest.approx(38)
    width = pooled.interval.high - pooled.interval.low
    assert width == pytest.approx(plain.interval.high - plain.interval.low)

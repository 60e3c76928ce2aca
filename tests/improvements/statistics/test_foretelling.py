"""Can this pilot tell: shares, rates, counts and rare events, against charts that were drawn."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from app.improvements.statistics.control import About
from app.improvements.statistics.detection import Power, power_of_rare
from app.improvements.statistics.foretelling import foretold
from app.improvements.statistics.reading import MetricReading, read_metric
from app.improvements.statistics.series import Point
from app.models.improvements.words import Direction, Tally
from tests.improvements.statistics.series import week, weekly

LESS = Direction.DOWN


def of(tally: Tally, counted: Sequence[tuple[int, float]]) -> list[Point]:
    unit = 100 if tally is Tally.SHARE else 1
    return [
        Point(week(at), unit * part / whole, part=part, whole=whole)
        for at, (part, whole) in enumerate(counted)
    ]


def read(points: list[Point], tally: Tally, changed: int) -> MetricReading:
    about = About(LESS, pilot_from=week(changed), tally=tally, floor=0)
    return read_metric(points, about, skewed=False)


def told(points: list[Point], tally: Tally, expected: float) -> Power:
    found = foretold(read(points, tally, len(points)), points, expected, 8)
    assert found is not None
    return found


def drawn(dice: random.Random, share: float, whole: int) -> tuple[int, float]:
    return sum(dice.random() < share for _ in range(whole)), whole


def test_a_share_is_judged_by_its_cases_however_steady_the_past_was():
    steady = of(Tally.SHARE, [(12, 40)] * 12)
    found = told(steady, Tally.SHARE, 15)
    assert found.sigmas == pytest.approx(15 / (100 * (0.3 * 0.7 / 40) ** 0.5))
    assert told(of(Tally.SHARE, [(120, 400)] * 12), Tally.SHARE, 15).sigmas > 6


def test_a_share_of_few_cases_cannot_tell_what_one_of_many_can():
    few, many = (
        told(of(Tally.SHARE, [(3 * n, 10 * n)] * 12), Tally.SHARE, 20) for n in (1, 40)
    )
    assert (few.enough, many.enough) == (False, True)
    assert few.sentence.startswith("This pilot cannot tell.")


def test_what_is_promised_for_shares_is_what_their_charts_do():
    dice, pilots, hits, chances = random.Random(7), 300, 0, []
    for _ in range(pilots):
        before = [drawn(dice, 0.30, 40) for _ in range(12)]
        after = [drawn(dice, 0.16, 40) for _ in range(8)]
        chances.append(told(of(Tally.SHARE, before), Tally.SHARE, 16).chance)
        whole = read(of(Tally.SHARE, before + after), Tally.SHARE, 12)
        hits += whole.helped is True
    assert abs(100 * hits / pilots - sum(chances) / pilots) < 10


def test_counts_vary_by_the_root_of_their_average():
    found = told(weekly(*[9] * 12), Tally.COUNT, 3)
    assert found.sigmas == pytest.approx(2)


def test_a_rate_varies_by_its_cases():
    found = told(of(Tally.RATE, [(9, 100)] * 12), Tally.RATE, 0.03)
    assert found.sigmas == pytest.approx(2)


def test_rare_events_are_foretold_exactly():
    points = weekly(*[0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
    found = told(points, Tally.COUNT, 0.05)
    assert (found.chance, found.enough) == (0, False)
    often = [1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1] * 2
    sure = power_of_rare(12, often, 0.01, LESS)
    # None of 12 after 18 of 24: chance alone does it in (2/3)**18, or 0.07 %; one of them in 0.7 %.
    assert sure.chance == 100
    assert sure.needed == 6
    assert "where 0.75 were usual" in sure.sentence


def test_more_of_something_rare_can_be_wanted_too():
    seldom = [0] * 11 + [1]
    assert power_of_rare(8, seldom, 2, Direction.UP).enough
    assert not power_of_rare(8, seldom, 2, LESS).enough


def test_the_average_of_shares_is_of_all_their_cases():
    points = of(Tally.SHARE, [(1, 2), (0, 98), *[(10, 100)] * 6])
    found = read(points, Tally.SHARE, 2)
    assert found.usual == pytest.approx(1.0)
    assert found.now == pytest.approx(10.0)
    plain = weekly(*(point.value for point in points))
    assert read(plain, Tally.MEASURED, 2).usual == pytest.approx(25.0)

"""Charts of counts, shares, rates and rare events, against published digits: NIST/SEMATECH handbook
6.3.3.1 and 6.3.3.2, Montgomery's Introduction to Statistical Quality Control, chapter 7.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.control import About, ChartReading, read
from app.improvements.statistics.counted import (
    between,
    chances,
    choose_counted,
    rare_sentence,
)
from app.improvements.statistics.reading import MetricReading, read_metric
from app.improvements.statistics.scales import Roots, scale_of
from app.improvements.statistics.series import Point
from app.improvements.statistics.skew import ChartKind
from app.improvements.statistics.xmr import Rule
from app.models.improvements.words import Direction, Period, Tally
from tests.improvements.statistics.series import week, weekly

LESS = Direction.DOWN
JUICE = (
    *(12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22),
    *(8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6),
)
"""Cans out of 50; NIST prints the same numbers as chips on wafers."""
WAFERS = (
    *(16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14),
    *(16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13),
)
BOARDS = (
    *(21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16),
    *(19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15),
)
ORDERS = (
    *((12, 100), (8, 80), (6, 80), (9, 100), (10, 110), (12, 110), (11, 100)),
    *((16, 100), (10, 90), (6, 90), (20, 110), (15, 120), (9, 120), (8, 120)),
    *((6, 110), (8, 80), (10, 80), (7, 80), (5, 90), (8, 100), (5, 100)),
    *((8, 100), (10, 100), (6, 90), (9, 90)),
)
CLOTH = (
    *((14, 10), (12, 8), (20, 13), (11, 10), (7, 9.5)),
    *((10, 10), (21, 12), (16, 10.5), (19, 12), (23, 12.5)),
)
SHIPMENTS = (2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4)
FAILURES = (286, 948, 536, 124, 816, 729, 4, 143, 431, 8)
ROOTS = (
    *(4.80986, 6.70903, 5.72650, 3.81367, 6.43541),
    *(6.23705, 1.46958, 3.96768, 5.39007, 1.78151),
)


def of(pairs: tuple[tuple[float, float], ...], unit: float = 1) -> list[Point]:
    """Return one point a week that was made of two counts."""
    return [
        Point(week(at), unit * part / whole, part=part, whole=whole)
        for at, (part, whole) in enumerate(pairs)
    ]


def plain(points: list[Point], kind: ChartKind) -> tuple[float, float, float]:
    """Return centre, lower and upper limit of the whole series as the books print them: three
    deviations, for the first point, from all points.
    """
    scale = scale_of(kind, points)
    bare = replace(scale, spread=1.0)  # type: ignore[type-var]
    limits, whole = bare.limits([]), points[0].whole
    centre, low, high = (
        bare.down(value, whole) for value in (limits.mean, limits.lower, limits.upper)
    )
    return centre, low, high


def near(*values: float, by: float) -> object:
    return pytest.approx(values, abs=by)


def test_the_p_chart_of_nist_and_montgomery():
    points = of(tuple((part, 50) for part in JUICE), 100)
    assert plain(points, ChartKind.P) == near(23.13, 5.24, 41.02, by=0.02)


def test_the_p_chart_of_montgomery_with_samples_of_different_size():
    centre, low, high = plain(of(ORDERS, 100), ChartKind.P)
    assert (centre, low, high) == near(9.6, 0.7, 18.4, by=0.08)
    points = of(ORDERS, 100)
    bare = replace(scale_of(ChartKind.P, points), spread=1.0)  # type: ignore[type-var]
    above = [at for at, one in enumerate(points, start=1) if bare.up(one) > 3]
    assert above == [11]


def test_the_c_charts_of_nist_and_montgomery():
    assert plain(weekly(*WAFERS), ChartKind.C) == near(16, 4, 28, by=1e-9)
    assert plain(weekly(*BOARDS), ChartKind.C) == near(19.85, 6.48, 33.22, by=0.01)


def test_the_u_charts_of_montgomery():
    points = of(tuple((part, 50) for part in SHIPMENTS))
    assert plain(points, ChartKind.U) == near(0.0740, -0.0414, 0.1894, by=1e-4)
    assert plain(of(CLOTH), ChartKind.U) == near(1.42, 0.29, 2.55, by=0.01)


def test_times_between_failures_are_transformed_as_montgomery_prints_them():
    found = [Roots().up(Point(week(0), float(hours))) for hours in FAILURES]
    assert found == pytest.approx(ROOTS, abs=2e-5)


def chart(points: list[Point], tally: Tally, before: int) -> MetricReading:
    """Read a weekly counted metric with so many points before the change, less is better."""
    about = About(LESS, pilot_from=week(before), floor=0, tally=tally)
    return read_metric(points, about, skewed=False)


def control(reading: MetricReading) -> ChartReading:
    assert reading.control is not None
    return reading.control


def test_limits_follow_the_number_of_cases():
    steady = ((6, 60), (5, 60), (7, 60), (6, 60), (5, 60), (7, 60)) * 2
    found = chart(of((*steady, (1, 4), (12, 60), (20, 60)), 100), Tally.SHARE, 12)
    dots, lines = control(found).dots, control(found).stretches
    assert dots[12].rule is None, "1 of 4 is 25 %, and says nothing"
    assert dots[14].rule is Rule.OUTSIDE, "20 of 60 is 33 %, and says a lot"
    assert [one.follows for one in lines] == [False, True, True]
    assert lines[1].upper is not None and lines[0].upper is not None
    assert lines[1].upper > lines[0].upper
    assert [one.mean for one in lines] == pytest.approx([10, 10, 10])


def test_limits_are_widened_where_periods_differ_more_than_by_chance():
    wild = ((100, 1000), (200, 1000)) * 6
    found = chart(of((*wild, (200, 1000), (100, 1000)), 100), Tally.SHARE, 12)
    assert control(found).spread > 3
    assert not any(dot.rule is Rule.OUTSIDE for dot in control(found).dots)
    assert "periods differ more than by chance (Laney)" in found.choice.why


def test_limits_are_never_narrowed():
    even = ((100, 1000),) * 12
    found = chart(of((*even, (120, 1000)), 100), Tally.SHARE, 12)
    assert control(found).spread == 1
    assert control(found).helped is None


def test_no_event_before_is_no_reason_to_alarm_at_the_first():
    found = chart(of((*((0, 40),) * 12, (1, 40)), 100), Tally.SHARE, 12)
    assert control(found).dots[-1].rule is None
    found = chart(of((*((0, 40),) * 12, (9, 40)), 100), Tally.SHARE, 12)
    assert found.helped is False


def test_the_chart_is_chosen_by_the_counts_before_the_change():
    often, rare = weekly(*[3, 2, 4] * 4), weekly(*[0, 0, 1] * 4)
    week_, day = Period.WEEK, Period.DAY
    for before, period, kind in (
        (often, week_, ChartKind.C),
        (rare, week_, ChartKind.G),
        (rare, day, ChartKind.T),
    ):
        points = [*before, Point(week(12), 0.0)]
        found = choose_counted(points, before, Tally.COUNT, period)
        assert found is not None and found.kind is kind


def test_a_share_without_its_denominator_is_read_as_a_value():
    found = chart(weekly(*range(40, 60)), Tally.SHARE, 12)
    assert found.choice.kind is ChartKind.XMR


def test_waits_are_counted_between_events():
    points = weekly(0, 1, 0, 0, 2, 0, None, 1, 0, 1)
    assert [one.value for one in between(points)] == [3, 0, 2]


def test_rare_events_are_told_with_their_chance():
    before, after = [0, 0, 1] * 4, [0] * 8
    assert chances(before, after)[0] == pytest.approx((12 / 20) ** 4)
    assert rare_sentence(before, after) == (
        "4 events in 12 periods before the change, 0 events in 8 periods since; chance "
        "alone gives so few in 13 of 100 cases."
    )


def test_rare_events_become_rarer_or_not():
    before = [0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0] * 2
    found = chart(weekly(*before, *[0] * 12), Tally.COUNT, len(before))
    assert (found.choice.kind, found.helped) == (ChartKind.G, True)
    assert control(found).stretches[0].lower == 0
    found = chart(weekly(*before, *[0] * 3), Tally.COUNT, len(before))
    assert found.helped is None
    found = chart(weekly(*[0] * 11, 1, *[1] * 6), Tally.COUNT, 12)
    assert found.helped is False


def test_the_limit_of_a_g_chart_is_that_of_the_geometric_distribution():
    points = weekly(4, 6, 5, 3, 7, 5)
    found = read(points, About(Direction.UP, kind=ChartKind.G)).stretches[0]
    assert found.mean == pytest.approx(5 * 0.6931, abs=1e-3)
    assert found.upper == pytest.approx(5 + 3 * 30**0.5)


cases = st.tuples(st.integers(0, 30), st.integers(30, 90))


@given(
    st.lists(cases, min_size=1, max_size=30),
    st.integers(0, 30),
    st.sampled_from([Tally.SHARE, Tally.RATE, Tally.COUNT]),
)
def test_every_counted_series_can_be_read(
    pairs: list[tuple[int, int]], before: int, tally: Tally
):
    counts = tally is Tally.COUNT
    points = (
        weekly(*(float(part // 9) for part, _ in pairs)) if counts else of((*pairs,))
    )
    found = chart(points, tally, before)
    assert found.sentence.endswith(".")
    assert len(found.before) + len(found.after) == len(pairs)

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.statistics.control import (
    About,
    Assurance,
    ChartReading,
    ControlStanding,
    assurance,
    has_limits,
    read,
)
from app.improvements.statistics.reading import read_metric
from app.improvements.statistics.series import known, split_at
from app.improvements.statistics.skew import ChartKind, choose, skewness
from app.improvements.statistics.xmr import Rule
from app.models.improvements.words import Direction
from tests.improvements.statistics.series import AFTER, BEFORE, week, weekly

LESS = Direction.DOWN
PILOT = About(LESS, pilot_from=week(12))


def worked(*after: float | None, about: About = PILOT) -> ChartReading:
    return read(weekly(*BEFORE, *after), about)


def test_the_worked_case_says_its_sentence():
    reading = worked(*AFTER)
    assert (
        reading.sentence
        == "8 of 8 points below the old average; unlikely to be chance."
    )
    assert reading.helped is True


@pytest.mark.parametrize(
    ("target", "expected"),
    [(30, Assurance.VARIES), (45, Assurance.MEETS), (20, Assurance.MISSES)],
)
def test_the_target_is_judged_by_how_things_are_since_the_change(
    target: float, expected: Assurance
):
    assert worked(*AFTER, about=replace(PILOT, target=target)).assurance is expected


@pytest.mark.parametrize(
    ("limits", "up", "down"),
    [
        ((1, 3), Assurance.MISSES, Assurance.MEETS),
        ((5, 7), Assurance.MEETS, Assurance.MISSES),
        ((1, 5), Assurance.VARIES, Assurance.VARIES),
        ((4, 6), Assurance.VARIES, Assurance.VARIES),
    ],
)
def test_a_target_is_met_missed_or_hit_by_chance(
    limits: tuple[float, float], up: Assurance, down: Assurance
):
    assert assurance(*limits, Direction.UP, 4) is up
    assert assurance(*limits, Direction.DOWN, 4) is down


def test_a_few_points_are_too_early_to_tell():
    assert (
        worked(40, 42).sentence
        == "Too early to tell: 1 of 2 points below the old average."
    )


def test_many_points_without_a_signal_could_be_chance():
    assert worked(41, 42, 40, 43, 41, 42, 40, 43).sentence == (
        "4 of 8 points below the old average; this could be chance."
    )


def test_a_change_for_the_worse_is_said_first():
    reading = worked(60, 61, 59)
    assert (
        reading.sentence
        == "3 of 3 points above the old average, the wrong way; unlikely to be chance."
    )
    assert reading.helped is False


def test_signals_both_ways_help_nobody():
    reading = worked(60, 20)
    assert (
        reading.sentence
        == "Signals both ways since the change; look at the points one by one."
    )
    assert reading.helped is None


def test_a_run_that_began_before_the_change_is_no_evidence_for_it():
    before = (*BEFORE, 40, 39, 40, 39, 40, 39)
    reading = read(weekly(*before, 40), About(LESS, pilot_from=week(18)))
    assert reading.dots[18].rule is Rule.SHIFT
    assert (reading.helped, reading.sentence) == (
        None,
        "Too early to tell: 1 of 1 point below the old average.",
    )


def test_a_change_without_points_says_so():
    assert worked(None, None).sentence == "Nothing measured since 30 Mar 2026."
    assert (
        read(weekly(*BEFORE), PILOT).sentence == "Nothing measured since 30 Mar 2026."
    )


def test_under_five_points_there_are_no_limits():
    reading = read(weekly(1, 2, 3, 4), About(LESS))
    assert reading.stretches[0].standing is ControlStanding.NONE
    assert reading.sentence == "Too early to tell: 4 points; limits need 5."


def test_under_twelve_points_limits_are_on_trial_and_then_locked():
    standing = [
        read(weekly(*BEFORE[:count]), About(LESS)).stretches[0].standing
        for count in (5, 11, 12)
    ]
    assert standing == [
        ControlStanding.TRIAL,
        ControlStanding.TRIAL,
        ControlStanding.LOCKED,
    ]
    assert (
        "Trial limits until there are 12."
        in read(weekly(*BEFORE[:6]), About(LESS)).sentence
    )


def test_a_pilot_does_not_move_the_limits_it_is_judged_by():
    before = weekly(*BEFORE[:6])
    limits = read(before, About(LESS)).stretches[0]
    after = read(
        [*before, *weekly(*BEFORE[:6], *AFTER)[6:]], About(LESS, pilot_from=week(6))
    ).stretches[0]
    assert (after.lower, after.upper, after.standing) == (
        limits.lower,
        limits.upper,
        ControlStanding.TRIAL,
    )


def test_a_pilot_without_a_baseline_cannot_be_judged():
    reading = read(weekly(40, 41, 20, 21, 20, 22, 21), About(LESS, pilot_from=week(2)))
    assert (
        reading.sentence
        == "Too early to tell: 2 points before the change; limits need 5."
    )
    assert reading.helped is None


def test_a_missing_period_stays_missing():
    reading = worked(None, *AFTER)
    assert reading.dots[12].point.value is None and reading.dots[12].rule is None
    assert reading.sentence.startswith("8 of 8 points")


def test_broken_periods_need_more_points_for_limits():
    assert has_limits([1, 2, 3, 4, 5])
    assert not has_limits([1, 2, None, 3, 4, 5])
    assert has_limits([1, 2, 3, None, 3, 4, 5])
    every_week = [value for one in range(12) for value in (40 + one % 5, *[None] * 6)]
    told = read(weekly(*every_week), About(LESS)).sentence
    assert told == (
        "Too early to tell: 12 points, with periods missing between them; limits need 5 "
        "one after the other."
    )


def test_new_limits_hold_only_from_the_day_people_chose():
    reading = worked(*AFTER, about=About(LESS, target=45, rebased=(week(12),)))
    old, new = reading.stretches
    assert (
        round(old.lower or 0, 2),
        round(new.lower or 0, 2),
        round(new.upper or 0, 2),
    ) == (
        29.97,
        23.63,
        41.87,
    )
    assert reading.assurance is Assurance.MEETS
    assert not any(dot.rule for dot in reading.dots)


def test_without_a_pilot_a_signal_asks_for_its_cause():
    reading = read(weekly(*BEFORE, 60), About(LESS))
    assert (
        reading.sentence
        == "Something changed: outside the limits (30 Mar 2026); look for the cause."
    )
    assert (
        read(weekly(*BEFORE), About(LESS)).sentence
        == "Steady: nothing stands out in 12 points."
    )
    assert read([], About(LESS)).sentence == "Nothing measured yet."


def test_dots_carry_their_rule_and_whether_it_is_good():
    dots = worked(*AFTER).dots
    assert {dot.rule for dot in dots[12:]} == {Rule.NEAR, Rule.SHIFT}
    assert all(dot.better for dot in dots[11:]) and dots[0].better is None
    assert [dot.pilot for dot in dots] == [False] * 12 + [True] * 8


def test_a_floor_keeps_limits_possible():
    assert read(weekly(1, 5, 1, 6, 1, 5), About(LESS, floor=0)).stretches[0].lower == 0


def test_a_logged_chart_shows_limits_in_the_metric_s_own_unit():
    values = [math.exp(value / 10) for value in BEFORE]
    stretch = read(weekly(*values), About(LESS, logged=True)).stretches[0]
    assert stretch.mean == pytest.approx(math.exp(4.13333), abs=1e-3)
    assert stretch.upper == pytest.approx(math.exp(5.26988), abs=1e-2)


def test_a_logged_chart_refuses_zero():
    with pytest.raises(ValueError, match="above zero"):
        read(weekly(1, 0, 2), About(LESS, logged=True))


measured = st.lists(st.one_of(st.none(), st.integers(1, 99)), min_size=0, max_size=30)


@given(measured, st.integers(0, 30), st.booleans())
def test_every_series_can_be_read_and_keeps_its_periods(
    numbers: list[int | None], start: int, logged: bool
):
    points = weekly(*numbers)
    reading = read(
        points, About(LESS, target=30, pilot_from=week(start), logged=logged)
    )
    assert [dot.point for dot in reading.dots] == points
    assert reading.sentence.endswith(".")
    assert not any(dot.rule for dot in reading.dots if dot.point.value is None)


@given(measured, measured)
def test_what_happens_in_the_pilot_never_moves_the_baseline(
    before: list[int | None], after: list[int | None]
):
    about = About(LESS, pilot_from=week(len(before)))
    alone, whole = (
        read(weekly(*before), about).stretches,
        read(weekly(*before, *after), about).stretches,
    )
    if before:
        assert (alone[0].mean, alone[0].upper) == (whole[0].mean, whole[0].upper)


def test_splitting_at_a_day_keeps_every_point():
    points = weekly(1, None, 3)
    assert split_at(points, week(1)) == (points[:1], points[1:])
    assert split_at(points, None) == (points, [])
    assert known(points) == [1, 3]


def test_durations_are_logged_and_with_zeros_read_on_a_run_chart():
    assert choose([5, 3, 8], duration=True).kind is ChartKind.LOG
    assert choose([5, 0, 8], duration=True).kind is ChartKind.RUN
    assert choose([], duration=True).kind is ChartKind.RUN


def test_other_metrics_are_judged_by_their_first_twelve_values():
    skewed = [1, 1, 2, 1, 2, 1, 3, 1, 2, 1, 40, 2]
    assert choose(skewed[:11], duration=False).kind is ChartKind.XMR
    assert choose(BEFORE, duration=False).kind is ChartKind.XMR
    assert (
        choose([10, 14, 12, 30, 9, 60, 11, 20, 4, 15, 6, 25], duration=False).kind
        is ChartKind.LOG
    )
    assert choose([0, *skewed[1:]], duration=False).kind is ChartKind.RUN
    assert choose([-value for value in skewed], duration=False).kind is ChartKind.RUN


def test_later_values_do_not_change_the_chart():
    assert choose([*BEFORE, 4000, 5000], duration=False).kind is ChartKind.XMR


def test_a_large_effect_does_not_take_away_the_chart_it_is_seen_on():
    skewed_by_it = ([50, 52, 49, 51, 50, 48, 52, 50, 51], [20, 19, 21, 20, 22] * 4)
    for points in range(5, 13):
        before = [*skewed_by_it[0], 49, 51, 50][:points]
        series = weekly(*before, *skewed_by_it[1])
        found = read_metric(series, About(LESS, pilot_from=week(points)), skewed=False)
        assert found.choice.kind is ChartKind.XMR
        assert (found.helped, found.enough) == (True, True)


@given(
    st.lists(st.integers(1, 99), min_size=0, max_size=14),
    st.lists(st.integers(1, 999), max_size=20),
    st.booleans(),
)
def test_what_comes_after_the_change_never_chooses_the_chart(
    before: list[int], since: list[int], duration: bool
):
    if before or not duration:
        alone = choose(before, duration=duration)
        assert choose(before, since, duration=duration) == alone


@pytest.mark.parametrize("before", [4, 5])
@pytest.mark.parametrize("zero", [0, 1])
def test_every_kind_of_chart_asks_for_the_same_number_of_points_before(
    before: int, zero: int
):
    values = [zero, *[3, 5, 4, 6][: before - 1], 2, 1, 3, 2]
    about = About(LESS, pilot_from=week(before))
    found = [
        read_metric(weekly(*values), about, skewed=skewed) for skewed in (True, False)
    ]
    assert {one.enough for one in found} == {before == 5}
    assert len({one.choice.kind for one in found}) == 2


@pytest.mark.parametrize(
    ("usual", "then", "marked"),
    [
        (0, 1, False),
        (0, 2, True),
        (100, 99.9, False),
        (100, 98, True),
        (7.5, 7.6, False),
    ],
)
def test_limits_of_values_that_never_differed_are_one_step_wide(
    usual: float, then: float, marked: bool
):
    chart = read(weekly(*[usual] * 12, then), About(LESS, pilot_from=week(12)))
    assert bool(chart.dots[-1].rule) is marked


def test_logged_limits_are_never_without_width_either():
    about = About(LESS, pilot_from=week(12), logged=True)
    assert read(weekly(*[4] * 12, 5), about).helped is None
    assert read(weekly(*[4] * 12, 9), about).helped is False


def test_skewness_is_that_of_the_usual_adjusted_formula():
    assert skewness([1, 2, 3, 4, 10]) == pytest.approx(1.69706, abs=1e-5)
    assert skewness([4, 4, 4, 4]) == 0


def test_strongly_skewed_times_raise_fewer_false_alarms_when_logged():
    draw = random.Random(7)
    charts = [[draw.lognormvariate(3, 0.6) for _ in range(24)] for _ in range(300)]
    alarms = [
        sum(
            "Something" in read(weekly(*chart), About(LESS, logged=logged)).sentence
            for chart in charts
        )
        for logged in (False, True)
    ]
    assert alarms[1] < 0.75 * alarms[0]

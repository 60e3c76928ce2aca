from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.findings.rules import FindingGiven
from app.improvements.gate.checks import Band, RungShown, band, must_show
from app.improvements.gate.rules import Gate, RungReach, gate, objections, overrides
from app.improvements.gate.verdict import Evidence, Guardrail, Judgement, judge
from app.improvements.statistics.control import About, read
from app.improvements.statistics.ladder import size_advice
from app.improvements.statistics.ledger import Prediction
from app.models.improvements.words import (
    DecisionKind,
    Direction,
    FindingKind,
    FindingState,
    Verdict,
)
from tests.improvements.statistics.series import AFTER, BEFORE, week, weekly

TODAY = date(2026, 6, 1)
PREDICTION = Prediction("Minutes to answer", 34, 0.7, Direction.DOWN, 41.3)


def evidence(after: tuple[float, ...] = AFTER, **changed: object) -> Evidence:
    reading = read(weekly(*BEFORE, *after), About(Direction.DOWN, pilot_from=week(12)))
    found = Evidence(
        BEFORE, after, PREDICTION, reading.helped, True, minimum_points=8, today=TODAY
    )
    return replace(found, **changed)


def test_the_worked_case_passes():
    assert judge(evidence()) == Judgement(
        Verdict.PASS,
        ("Minutes to answer is 32.8 on average, expected 34; unlikely to be chance.",),
    )


def test_nothing_measured_is_no_data():
    found = judge(evidence(()))
    assert (found.verdict, found.holds) == (Verdict.NO_DATA, True)


def test_better_but_less_than_predicted_holds():
    found = judge(evidence(prediction=replace(PREDICTION, expected=25)))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reasons[0].endswith("better, but less than predicted.")


def test_a_signal_the_wrong_way_fails_even_before_time():
    found = judge(evidence((60, 61), not_before=TODAY + timedelta(days=9)))
    assert found.verdict is Verdict.FAIL
    assert found.reasons == (
        "Minutes to answer moved the wrong way, and that is unlikely to be chance.",
    )


def test_a_guardrail_that_got_worse_fails():
    found = judge(
        evidence(
            guardrails=(
                Guardrail("Satisfaction", True, "Satisfaction got worse."),
                Guardrail("Reopened", False, ""),
            )
        )
    )
    assert (found.verdict, found.reasons) == (
        Verdict.FAIL,
        ("Satisfaction got worse.",),
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"not_before": TODAY + timedelta(days=1)}, "No verdict before 2 Jun 2026."),
        ({"minimum_points": 9}, "8 of 9 points measured."),
        (
            {"guardrails": (Guardrail("Satisfaction", None, "It was not measured."),)},
            "It was not measured.",
        ),
        ({"limits": False}, "Too few points before the change to tell it from chance."),
    ],
)
def test_what_a_verdict_waits_for_is_said(changed: dict[str, object], reason: str):
    assert judge(evidence(**changed)) == Judgement(Verdict.INCONCLUSIVE, (reason,))


def test_no_change_where_a_large_one_was_expected_fails():
    found = judge(
        evidence(
            (41, 42, 40, 43, 41, 42, 40, 43),
            prediction=replace(PREDICTION, expected=30),
        )
    )
    assert found.verdict is Verdict.FAIL
    assert found.reasons[0].endswith(
        "no change stands out, and one that large can be ruled out."
    )


def test_no_change_that_could_still_be_there_holds():
    found = judge(
        evidence(
            (41, 36, 46, 38, 44, 37, 42, 35),
            prediction=replace(PREDICTION, expected=38),
        )
    )
    assert found.verdict is Verdict.INCONCLUSIVE


def test_a_full_count_is_judged_by_its_last_value():
    count = evidence(
        (4, 2, 0),
        before=(5,),
        full_count=True,
        limits=False,
        minimum_points=1,
        helped=None,
    )
    assert (
        judge(replace(count, prediction=replace(PREDICTION, expected=0))).verdict
        is Verdict.PASS
    )
    assert (
        judge(
            replace(count, after=(4, 2), prediction=replace(PREDICTION, expected=0))
        ).verdict
        is Verdict.FAIL
    )


def test_a_logged_metric_is_judged_by_its_geometric_mean():
    values = tuple(math.exp(value / 10) for value in AFTER)
    asked = evidence(
        values,
        logged=True,
        helped=True,
        prediction=replace(PREDICTION, expected=math.exp(3.28)),
    )
    assert judge(asked).verdict is Verdict.PASS
    assert (
        judge(
            replace(asked, prediction=replace(PREDICTION, expected=math.exp(3.27)))
        ).verdict
        is Verdict.INCONCLUSIVE
    )


def test_a_logged_metric_can_be_expected_at_zero():
    flat = evidence(
        (41, 42, 40, 43, 41, 42, 40, 43),
        logged=True,
        prediction=replace(PREDICTION, expected=0),
    )
    assert judge(flat).verdict is Verdict.INCONCLUSIVE


def test_more_is_better_reads_the_other_way_round():
    more = Prediction("Articles", 60, 0.7, Direction.UP, 41)
    flat = evidence((41, 42, 40, 43, 41, 42, 40, 43), prediction=more)
    assert judge(flat).verdict is Verdict.FAIL
    assert (
        judge(
            evidence((66, 68, 65, 69, 66, 64, 67, 70), prediction=more, helped=True)
        ).verdict
        is Verdict.PASS
    )


@given(st.integers(0, 7), st.integers(-400, 4000), st.booleans())
def test_no_time_that_passes_turns_too_little_into_a_pass(
    points: int, days: int, limits: bool
):
    asked = evidence(AFTER[:points], today=TODAY + timedelta(days=days), limits=limits)
    assert judge(asked).verdict in (Verdict.NO_DATA, Verdict.INCONCLUSIVE)


@given(
    st.lists(st.integers(1, 90), max_size=14),
    st.one_of(st.none(), st.booleans()),
    st.integers(1, 12),
    st.booleans(),
)
def test_every_verdict_has_a_reason_and_only_a_pass_goes_on(
    after: list[int], helped, minimum: int, full: bool
):
    found = judge(
        evidence(tuple(after), helped=helped, minimum_points=minimum, full_count=full)
    )
    assert found.reasons and found.holds == (found.verdict is not Verdict.PASS)
    if found.verdict is Verdict.PASS:
        assert len(after) >= minimum and (helped or full)


PASSED = Judgement(Verdict.PASS, ("It helps.",))
ONE = RungShown(participants=1, accepted=1, undo_rehearsed=True)
FEW = replace(ONE, participants=5, accepted=4, undone=1)
MANY = replace(
    ONE, participants=20, accepted=20, judgement=PASSED, pulse=0.8, incidents_quiet=True
)
ALL = replace(
    MANY,
    participants=80,
    accepted=80,
    service_judgement=PASSED,
    support_change=0,
    forecast_shown=True,
    costs_filled=True,
)


def missing(shown: RungShown) -> list[str]:
    return [check.key for check in must_show(shown) if not check.ok]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, Band.ONE),
        (2, Band.FEW),
        (5, Band.FEW),
        (6, Band.MANY),
        (25, Band.MANY),
        (26, Band.ALL),
    ],
)
def test_rungs_by_size(size: int, expected: Band):
    assert band(size) is expected


@pytest.mark.parametrize("shown", [ONE, FEW, MANY, ALL])
def test_a_rung_that_showed_everything_misses_nothing(shown: RungShown):
    assert missing(shown) == []


def test_the_metric_is_not_asked_of_one_person():
    assert "verdict" not in [check.key for check in must_show(ONE)]
    assert missing(replace(ONE, accepted=0, undo_rehearsed=False)) == [
        "participants",
        "undo",
    ]


def test_everybody_is_accepted_or_undone_with_a_reason():
    assert (
        must_show(FEW)[0].sentence == "4 of 5 people: it works, 1 undone with a reason."
    )
    assert (
        must_show(replace(FEW, undone=0))[0].sentence
        == "1 of 5 people have not said yet whether it works."
    )
    assert missing(replace(FEW, undone_without_reason=1)) == ["participants"]


def test_feedback_is_read_before_the_next_rung():
    check = must_show(replace(FEW, feedback_unread=2))[-1]
    assert (check.ok, check.sentence) == (False, "2 pieces of feedback unread.")


@pytest.mark.parametrize(
    "judgement",
    [None, *(Judgement(v, ("Why.",)) for v in Verdict if v is not Verdict.PASS)],
)
def test_only_a_pass_opens_a_larger_rung(judgement: Judgement | None):
    assert missing(replace(MANY, judgement=judgement)) == ["verdict"]
    assert missing(replace(ALL, service_judgement=judgement)) == ["service verdict"]


def test_a_low_pulse_is_answered_by_a_finding():
    assert missing(replace(MANY, pulse=0.4)) == ["pulse"]
    assert missing(replace(MANY, pulse=0.4, pulse_answered=True)) == []
    assert missing(replace(MANY, pulse=None)) == ["pulse"]


@pytest.mark.parametrize("quiet", [None, False])
def test_unknown_is_never_counted_as_quiet(quiet: bool | None):
    assert missing(replace(MANY, incidents_quiet=quiet)) == ["incidents"]


def test_everyone_asks_for_support_forecast_and_costs():
    shown = replace(ALL, support_change=-5, forecast_shown=False, costs_filled=False)
    assert missing(shown) == ["support", "forecast", "costs"]
    assert missing(replace(ALL, support_change=None)) == ["support"]


def test_the_next_size_is_the_smallest_of_its_limits():
    assert size_advice(0, None) == 1
    assert size_advice(5, None) == 25
    assert size_advice(5, 10) == 10
    assert size_advice(5, 10, 3) == 3
    assert size_advice(5, 0) == 1


REACH = RungReach(eligible=80, accepted=5)
STOP = FindingGiven(7, "Wrong data", FindingKind.STOP, FindingState.OPEN)
FIX = FindingGiven(8, "Slow", FindingKind.FIX, FindingState.FIXED)


def test_an_open_gate_offers_to_scale():
    found = gate(FEW, [], REACH)
    assert (found.open, found.primary, found.label) == (
        True,
        DecisionKind.SCALE,
        "Scale to 20 people",
    )
    assert (
        found.allowed[0] is DecisionKind.SCALE
        and objections(found, DecisionKind.SCALE, "") == ()
    )


def test_the_last_rung_offers_to_adopt():
    found = gate(ALL, [], RungReach(eligible=80, accepted=80))
    assert (found.primary, found.label, found.next_size) == (
        DecisionKind.ADOPT,
        "Adopt: everybody has it",
        0,
    )
    assert objections(found, DecisionKind.ADOPT, "") == ()
    assert objections(found, DecisionKind.SCALE, "More") == (
        "Everybody it is for has it; there is nobody to scale to.",
    )


def test_as_long_as_nobody_said_for_how_many_it_is_nothing_is_adopted_by_itself():
    found = gate(ALL, [], RungReach(eligible=None, accepted=80))
    assert found.primary is DecisionKind.SCALE


def test_a_finding_that_must_be_fixed_closes_the_gate():
    found = gate(FEW, [FIX], REACH)
    assert found.label == "Hold: 1 thing missing"
    assert objections(found, DecisionKind.SCALE, "") == (
        "“Slow” (fix before scaling) is fixed but not verified.",
    )
    assert (
        DecisionKind.SCALE not in found.allowed and DecisionKind.HOLD in found.allowed
    )


def test_an_override_needs_a_reason_and_is_kept():
    found = gate(FEW, [FIX], REACH)
    assert objections(found, DecisionKind.SCALE, " ") != ()
    assert objections(found, DecisionKind.SCALE, "The fix was seen by all five") == ()
    assert overrides(found, DecisionKind.SCALE) == (
        "“Slow” (fix before scaling) is fixed but not verified.",
    )
    assert overrides(found, DecisionKind.HOLD) == ()


def test_stop_gives_way_to_no_reason():
    found = gate(FEW, [STOP, FIX], REACH)
    assert (found.primary, found.label) == (
        DecisionKind.ROLL_BACK,
        "Roll back 4 people",
    )
    assert objections(found, DecisionKind.SCALE, "We want to") == (
        "“Wrong data” (stop) is open.",
    )
    assert objections(found, DecisionKind.ROLL_BACK, "Wrong data") == ()


def test_a_failed_verdict_offers_to_adapt():
    found = gate(
        replace(MANY, judgement=Judgement(Verdict.FAIL, ("Worse.",))), [], REACH
    )
    assert (found.primary, found.label) == (DecisionKind.ADAPT, "Adapt and try again")


def test_adopting_early_is_an_override():
    found = gate(MANY, [], REACH)
    assert objections(found, DecisionKind.ADOPT, "") == (
        "Not everybody it is for has it; scale first, or say why it is adopted now.",
    )
    assert objections(found, DecisionKind.ADOPT, "The rest leaves in May") == ()
    assert overrides(found, DecisionKind.ADOPT) == ("Adopted before everybody had it.",)


@pytest.mark.parametrize(
    "decision",
    [DecisionKind.ADAPT, DecisionKind.HOLD, DecisionKind.STOP, DecisionKind.ROLL_BACK],
)
def test_turning_back_is_always_free_and_says_why(decision: DecisionKind):
    found = gate(FEW, [STOP], REACH)
    assert objections(found, decision, "") == (
        f"Say why the decision is to {decision}.",
    )
    assert objections(found, decision, "Because") == ()


def test_settled_findings_are_counted():
    settled = [
        replace(FIX, state=FindingState.VERIFIED),
        FindingGiven(9, "Ugly", FindingKind.NOTE, FindingState.OPEN),
    ]
    assert (
        gate(FEW, settled, REACH).checks[0].sentence
        == "1 finding verified or accepted."
    )


shown = st.builds(
    RungShown,
    participants=st.integers(1, 40),
    accepted=st.integers(0, 40),
    undone=st.integers(0, 3),
    undo_rehearsed=st.booleans(),
    feedback_unread=st.integers(0, 1),
    incidents_quiet=st.sampled_from([True, False, None]),
    judgement=st.sampled_from([None, PASSED, Judgement(Verdict.FAIL, ("No.",))]),
    pulse=st.sampled_from([None, 0.2, 0.9]),
)
findings = st.lists(
    st.builds(
        FindingGiven,
        st.integers(1, 9),
        st.just("It"),
        st.sampled_from(FindingKind),
        st.sampled_from(FindingState),
    )
)


@given(shown, findings, st.integers(0, 60))
def test_a_closed_gate_lets_nobody_through_without_a_reason(
    facts: RungShown, found: list[FindingGiven], accepted: int
):
    built: Gate = gate(facts, found, RungReach(60, accepted))
    forward = DecisionKind.SCALE if built.next_size else DecisionKind.ADOPT
    assert built.open == (objections(built, forward, "") == ())
    assert (built.primary in (DecisionKind.SCALE, DecisionKind.ADOPT)) == built.open
    assert built.primary in built.allowed
    if any(one.kind is FindingKind.STOP and one.blocks for one in found):
        assert objections(built, forward, "I say so")

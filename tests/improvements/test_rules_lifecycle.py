from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvements.rules import finding, improvement, iteration, participation
from app.improvements.rules.attention import AttentionFacts as Watched
from app.improvements.rules.attention import reasons
from app.improvements.rules.checks import Plan, checks
from app.improvements.rules.checks import objections as plan_objections
from app.improvements.rules.finding import FindingGiven, blockers
from app.improvements.rules.improvement import NextStep, step_objections
from app.improvements.rules.itil import ItilFacts as There
from app.improvements.rules.itil import current, steps
from app.improvements.rules.ledger import Prediction
from app.improvements.rules.participation import may_leave, time_to_undo
from app.models.improvements.words import (
    Direction,
    FindingKind,
    FindingState,
    ImprovementState,
    IterationState,
    ParticipationState,
)

TODAY = date(2026, 3, 2)
STEP = NextStep("Ask Ada", "ben", TODAY + timedelta(days=14))
READY = improvement.ImprovementFacts(
    ImprovementState.ACCEPTED, "ada", STEP, baseline_points=1, desk_asked=True
)
PREDICTION = Prediction("Minutes", 30, 0.7, Direction.DOWN, 41)
PLANNED = iteration.IterationFacts(
    IterationState.PLANNED,
    "Answer from one list",
    participants=1,
    prediction=PREDICTION,
    starts=TODAY,
    ends=TODAY + timedelta(days=14),
    hours=6,
)
INVITED, SWITCHED = ParticipationState.INVITED, ParticipationState.SWITCHED
OBSERVING, PREPARED = ParticipationState.OBSERVING, ParticipationState.PREPARED
ACCEPTED, UNDONE = ParticipationState.ACCEPTED, ParticipationState.UNDONE


def to(there: ImprovementState, reason: str = "", **changed: object) -> tuple[str, ...]:
    return improvement.objections(replace(READY, **changed), there, reason, TODAY)


def test_an_improvement_that_is_ready_may_begin():
    assert to(ImprovementState.IN_PROGRESS) == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"owner": ""}, "Name the one person who owns it."),
        ({"next_step": None}, "Say what the next step is, who does it and until when."),
        ({"baseline_points": 0}, "Measure at least one point before anything changes."),
        ({"desk_asked": False}, "Answer whether the service desk is involved; no is an answer."),
        (
            {"others_in_progress": 2},
            "2 improvements in progress, the limit is 2: finish one first, or say why not.",
        ),
    ],
)
def test_what_is_missing_to_begin_is_said(changed: dict[str, object], sentence: str):
    assert to(ImprovementState.IN_PROGRESS, **changed) == (sentence,)


def test_a_role_needs_no_baseline():
    assert to(ImprovementState.IN_PROGRESS, baseline_points=0, is_role=True) == ()


def test_the_limit_of_work_in_progress_gives_way_to_a_reason():
    assert (
        to(ImprovementState.IN_PROGRESS, "The other two wait for a supplier", others_in_progress=2)
        == ()
    )


def test_everything_missing_is_said_at_once():
    assert (
        len(
            improvement.objections(
                improvement.ImprovementFacts(ImprovementState.ACCEPTED),
                ImprovementState.IN_PROGRESS,
                "",
                TODAY,
            )
        )
        == 4
    )


@pytest.mark.parametrize(
    ("step", "word"),
    [
        (NextStep(" ", "ben", TODAY), "what"),
        (NextStep("Ask", "", TODAY), "who"),
        (NextStep("Ask", "ben", TODAY - timedelta(days=1)), "was due on 1 Mar 2026"),
        (NextStep("Ask", "ben", TODAY + timedelta(days=15)), "make it smaller"),
    ],
)
def test_a_next_step_is_small_named_and_ahead(step: NextStep, word: str):
    (sentence,) = step_objections(step, TODAY)
    assert word in sentence


def test_a_move_that_is_not_in_the_table_says_where_it_could_go():
    assert to(ImprovementState.EMBEDDED) == (
        "An improvement that is accepted cannot become embedded; from there it goes to in "
        "progress, raised or stopped.",
    )


def test_holding_and_stopping_ask_for_a_reason():
    assert to(ImprovementState.ON_HOLD, state=ImprovementState.IN_PROGRESS) == (
        "Say why it has to wait.",
    )
    assert to(ImprovementState.STOPPED) == (
        "Say what was learned; stopping with learning is a success.",
    )
    assert to(ImprovementState.STOPPED, "Nobody wants it") == ()


def test_nothing_is_stopped_while_an_iteration_is_open():
    assert to(ImprovementState.STOPPED, "Enough", open_iteration="Iteration 2") == (
        "Iteration 2 is still open; decide or abort it first.",
    )


def test_embedding_asks_for_a_decision_a_watch_and_that_everybody_has_it():
    assert len(to(ImprovementState.EMBEDDED, state=ImprovementState.IN_PROGRESS)) == 3
    kept = {"adopted": True, "control_metric": True, "everyone_has_it": True}
    assert to(ImprovementState.EMBEDDED, state=ImprovementState.IN_PROGRESS, **kept) == ()


def test_drift_opens_an_embedded_improvement_again():
    assert to(ImprovementState.IN_PROGRESS, state=ImprovementState.EMBEDDED) == (
        "Say what drifted, to open it again.",
    )
    assert (
        to(ImprovementState.IN_PROGRESS, "Calls are up again", state=ImprovementState.EMBEDDED)
        == ()
    )


def test_what_was_stopped_is_taken_up_again_with_a_reason():
    assert to(ImprovementState.ACCEPTED, state=ImprovementState.STOPPED) == (
        "Say why it is taken up again.",
    )
    assert to(ImprovementState.ACCEPTED, state=ImprovementState.RAISED) == ()


@given(st.sampled_from(ImprovementState), st.sampled_from(ImprovementState), st.text(max_size=3))
def test_no_move_outside_the_table_ever_happens(
    here: ImprovementState, there: ImprovementState, reason: str
):
    found = improvement.objections(replace(READY, state=here), there, reason, TODAY)
    assert found or there in improvement.MOVES.onward(here)


def start(**changed: object) -> tuple[str, ...]:
    return iteration.objections(replace(PLANNED, **changed), IterationState.RUNNING)


def test_a_planned_iteration_starts():
    assert start() == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"what_changes": " "}, "Say what changes."),
        ({"participants": 0}, "Name who takes part."),
        ({"ends": TODAY}, "Set the window: a first day and a later last day."),
        ({"starts": None}, "Set the window: a first day and a later last day."),
        ({"hours": None}, "Set the hours the two people may spend on it."),
        ({"prediction": None}, "Predict: which metric, which value, how sure."),
        ({"improvement_in_progress": False}, "Move the improvement to In progress first."),
        (
            {"other_running": "Iteration 1"},
            "Iteration 1 is running; one at a time, so that you know what worked.",
        ),
        (
            {"participants": 2},
            "2 people at once; the first rung is 1. Make it smaller, or say why not.",
        ),
        ({"plan_objections": ("Too much.",)}, "Too much."),
    ],
)
def test_what_is_missing_to_start_is_said(changed: dict[str, object], sentence: str):
    assert start(**changed) == (sentence,)


def test_a_rung_grows_five_times_and_no_further_without_a_reason():
    assert start(participants=25, last_accepted=5) == ()
    assert start(participants=26, last_accepted=5) == (
        "26 people at once; 5 × 5 = 25. Make it smaller, or say why not.",
    )
    assert (
        start(participants=300, size_reason="One switch for the whole site, no half is possible")
        == ()
    )


def test_a_rung_is_no_larger_than_what_undo_can_bring_back():
    assert start(participants=20, last_accepted=5, undo_capacity=10) == (
        "20 people at once; undo can bring back 10. Make it smaller, or say why not.",
    )


@pytest.mark.parametrize("confidence", [0, 1, 1.2])
def test_nobody_is_certain_before_it_was_tried(confidence: float):
    assert "1 % and 99 %" in start(prediction=replace(PREDICTION, confidence=confidence))[0]


def test_a_prediction_hopes_for_something_better():
    assert "no better than the baseline" in start(prediction=replace(PREDICTION, expected=41))[0]
    assert start(prediction=replace(PREDICTION, baseline=None)) == ()


def move(
    here: IterationState, there: IterationState, reason: str = "", **changed: object
) -> tuple[str, ...]:
    return iteration.objections(replace(PLANNED, state=here, **changed), there, reason)


def test_a_review_ends_with_a_decision_or_runs_on_with_a_reason():
    reviewing, running = IterationState.REVIEWING, IterationState.RUNNING
    assert move(running, reviewing) == ()
    assert move(reviewing, IterationState.DECIDED) == (
        "Decide: scale, adapt, hold, stop, roll back or adopt.",
    )
    assert move(reviewing, IterationState.DECIDED, decision="hold") == ()
    assert move(reviewing, running) == ("Say why it runs on.",)
    assert move(reviewing, running, "Two points are missing") == ()


def test_nobody_is_left_behind_by_an_abort():
    assert move(IterationState.RUNNING, IterationState.ABORTED, still_switched=3) == (
        "Say why it is aborted.",
        "3 people are switched; accept or undo each first.",
    )
    assert move(IterationState.RUNNING, IterationState.ABORTED, "The supplier left") == ()


def test_what_was_decided_stays_decided():
    assert move(IterationState.DECIDED, IterationState.RUNNING) == (
        "An iteration that is decided cannot become running; nothing comes after that.",
    )


def person(
    here: ParticipationState, there: ParticipationState, reason: str = "", **more: object
) -> tuple[str, ...]:
    return participation.objections(
        participation.ParticipationFacts(here, **more), there, reason, TODAY
    )


def test_a_person_is_moved_only_while_the_iteration_runs():
    assert person(INVITED, PREPARED) == ()
    assert "not running" in person(PREPARED, SWITCHED, iteration_running=False)[0]


def test_a_person_is_switched_once_at_a_time():
    assert person(PREPARED, SWITCHED, open_elsewhere="wave 3 of Clerk") == (
        "This person is being switched in wave 3 of Clerk; one switch at a time.",
    )


def test_acceptance_waits_for_the_observation_and_for_a_name():
    waiting = person(OBSERVING, ACCEPTED, observe_until=TODAY + timedelta(days=1))
    assert len(waiting) == 2 and "3 Mar 2026" in waiting[0] and "silence is not a yes" in waiting[1]
    assert person(OBSERVING, ACCEPTED, observe_until=TODAY, confirmed_by="ada") == ()


@pytest.mark.parametrize("here", [SWITCHED, OBSERVING, ACCEPTED])
def test_undo_asks_for_a_reason_and_for_nothing_else(here: ParticipationState):
    assert person(here, UNDONE, iteration_running=False, open_elsewhere="wave 3") == (
        "Say why it is undone.",
    )
    assert person(here, UNDONE, "Printing failed", iteration_running=False) == ()


def test_nobody_is_undone_who_was_never_switched():
    assert person(PREPARED, UNDONE, "No") != ()
    assert may_leave(PREPARED) and may_leave(INVITED) and not may_leave(SWITCHED)


def test_time_to_undo_is_how_long_the_person_waited():
    asked = datetime(2026, 3, 2, 9, 0)
    assert time_to_undo(asked, asked + timedelta(minutes=7)) == timedelta(minutes=7)
    with pytest.raises(ValueError, match="before"):
        time_to_undo(asked, asked - timedelta(minutes=1))


OPEN, FIXED, VERIFIED, RISK = (
    FindingState.OPEN,
    FindingState.FIXED,
    FindingState.VERIFIED,
    FindingState.ACCEPTED,
)


@pytest.mark.parametrize(
    ("here", "there", "who", "why", "count"),
    [
        (OPEN, FIXED, "", "", 0),
        (FIXED, VERIFIED, "", "", 1),
        (FIXED, VERIFIED, "ada", "", 0),
        (OPEN, RISK, "", "", 2),
        (OPEN, RISK, "ada", "Old printers only", 0),
        (VERIFIED, OPEN, "", "", 1),
        (OPEN, VERIFIED, "ada", "", 1),
    ],
)
def test_a_finding_moves_with_names_and_reasons(
    here: FindingState, there: FindingState, who: str, why: str, count: int
):
    assert len(finding.objections(here, there, who, why)) == count


def test_what_is_fixed_blocks_until_somebody_verified_it():
    found = [
        FindingGiven(1, "Slow", FindingKind.FIX, FIXED),
        FindingGiven(2, "Wrong data", FindingKind.STOP, OPEN),
        FindingGiven(3, "Ugly", FindingKind.NOTE, OPEN),
    ]
    assert [one.id for one in blockers(found)] == [2, 1]
    assert (
        blockers(
            [
                FindingGiven(1, "Slow", FindingKind.FIX, VERIFIED),
                FindingGiven(2, "Old", FindingKind.STOP, RISK),
            ]
        )
        == []
    )


def watched(
    state: ImprovementState = ImprovementState.IN_PROGRESS, **more: object
) -> tuple[str, ...]:
    facts = {"last_heard": TODAY, "next_step": STEP, **more}
    return reasons(Watched(state, **facts), TODAY)


def test_what_moves_needs_no_attention():
    assert watched() == ()
    assert watched(ImprovementState.STOPPED, last_heard=TODAY - timedelta(days=400)) == ()


def test_a_lapsed_next_step_floats_up():
    assert watched(next_step=NextStep("Ask Ada", "ben", TODAY - timedelta(days=3))) == (
        "The next step of ben lapsed 3 days ago: Ask Ada",
    )
    assert watched(next_step=None) == ("No next step.",)
    assert watched(ImprovementState.ACCEPTED, next_step=None) == ()


def test_silence_is_noticed_after_thirty_days():
    assert watched(last_heard=TODAY - timedelta(days=30)) == ()
    assert watched(last_heard=TODAY - timedelta(days=31)) == (
        "Nothing was heard of it for 31 days.",
    )


def test_windows_dates_and_drift_are_noticed():
    late = watched(window_ended=TODAY - timedelta(days=1), required_by=TODAY - timedelta(days=2))
    assert late == ("The window ended on 1 Mar 2026; review it.", "It was required by 28 Feb 2026.")
    assert watched(ImprovementState.EMBEDDED, drifted="Calls are up.") == ("Drift: Calls are up.",)
    assert watched(ImprovementState.EMBEDDED) == ()


PLAN = Plan(
    baseline_points=3,
    existing_looked_at=True,
    primary_metrics=1,
    guardrails=2,
    hours=6,
    hours_left=10,
    size=5,
    last_accepted=1,
)


def test_a_plan_is_checked_three_times():
    assert [check.sentence for check in checks(PLAN)] == [
        "Start where you are: yes.",
        "Keep it simple: yes.",
        "Progress iteratively: yes.",
    ]


@pytest.mark.parametrize(
    ("changed", "key", "word"),
    [
        ({"baseline_points": 0}, "start", "Measure how it is today"),
        ({"existing_looked_at": False}, "start", "which tool in use"),
        ({"primary_metrics": 2}, "simple", "2 primary metrics; one is enough"),
        ({"guardrails": 4}, "simple", "4 guardrails; up to 3"),
        ({"hours": 12}, "simple", "12 hours planned, 10 left"),
        ({"size": 6}, "iterative", "5 × 1 = 5"),
    ],
)
def test_what_a_check_misses_is_answered_by_a_reason(
    changed: dict[str, object], key: str, word: str
):
    plan = replace(PLAN, **changed)
    (sentence,) = plan_objections(plan)
    assert word in sentence
    answered = replace(plan, reasons=((key, "Agreed with the sponsor."),))
    assert plan_objections(answered) == ()
    assert any("no, because: Agreed" in check.sentence for check in checks(answered))


def test_the_step_is_derived_from_what_is_there():
    facts = There()
    order = [
        {"vision": "Nobody waits", "objective": "Sell all day"},
        {"baseline_points": 1},
        {"target": 30.0},
        {"planned": 1},
        {"started": 1},
        {"judged": 1},
        {"adopted": True, "control_metric": True},
    ]
    for number, there in enumerate(order, start=1):
        assert current(facts).number == number
        facts = replace(facts, **there)
    assert all(step.done for step in steps(facts)) and current(facts).number == 7


def test_stopping_with_learning_completes_the_last_step():
    assert steps(There(stopped_with_learning=True))[-1].done


def test_a_target_of_zero_is_a_target():
    assert steps(There(target=0.0))[2].done

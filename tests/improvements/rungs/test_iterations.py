"""Plan, start, climb, decide: what is locked, what closes the gate, what can be undone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select, text

from app.core.canonical import fingerprint
from app.core.db import Database
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.improvements.findings.actions import (
    FindingDraft,
    change_finding,
    move_finding,
    raise_finding,
)
from app.improvements.gate.ahead import power_of
from app.improvements.gate.queries import Standing, scene_of, standing_of
from app.improvements.gate.rules import Gate
from app.improvements.history.actions import Overtaken
from app.improvements.metrics.actions import retire_metric
from app.improvements.notes.actions import NoteDraft, add_note
from app.improvements.people import actions as people_actions
from app.improvements.register.actions import change_improvement, move
from app.improvements.rungs import closing
from app.improvements.rungs.actions import (
    QUESTIONS,
    carry,
    change_iteration,
    check_in,
    plan_iteration,
    rehearse_undo,
    resume,
    review,
)
from app.improvements.rungs.closing import Blocked
from app.improvements.rungs.starting import start
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import (
    CheckIn,
    Decision,
    Finding,
    Iteration,
    Participation,
    Snapshot,
)
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    FindingSource,
    FindingState,
    ImprovementState,
    IterationState,
    MetricScope,
    ParticipationState,
    Side,
    Verdict,
)
from tests.directory.builders import a_directory, a_person
from tests.improvements.builders import GUARDRAIL, Room, counted, row, rows

PS = ParticipationState


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def standing_now(session: Any, iteration_id: int, today: date) -> Standing:
    one = session.get_one(Iteration, iteration_id)
    return standing_of(
        session, session.get_one(Improvement, one.improvement_id), one, today
    )


def gate_now(room: Room, iteration_id: int) -> Gate:
    return cast("Gate", room.ask(standing_now, iteration_id, room.now.date()).gate)


def blocked(room: Room, iteration_id: int) -> list[str]:
    return [check.sentence for check in gate_now(room, iteration_id).blocked]


def person(room: Room, number: int) -> Participation:
    found: Participation = row(room.database, Participation, number)
    return found


def test_an_empty_plan_cannot_start_and_says_all_that_is_missing(room: Room) -> None:
    room.do(plan_iteration, room.raised(), {"planned_size": 25})
    with pytest.raises(Refused) as told:
        room.do(start, 1)
    assert set(told.value.details) >= {
        "Say what changes.",
        "Name who takes part.",
        "Set the window: a first day and a later last day.",
        "Answer whether the service desk is involved; no is an answer.",
        "Start where you are: Measure how it is today. Say which tool in use could do it, "
        "or that none can.",
        "Set the hours the two people may spend on it.",
        "Predict: which metric, which value, how sure.",
        "Move the improvement to In progress first.",
        "Say how many people it is for in the end.",
        "Say how risky this rung is: low, medium or high.",
        "Say how costly this rung is: low, medium or high.",
    }


def test_an_empty_plan_of_one_person_asks_for_who_what_and_until_when_alone(
    room: Room,
) -> None:
    room.do(plan_iteration, room.raised())
    with pytest.raises(Refused) as told:
        room.do(start, 1)
    assert told.value.details == (
        "Say what changes.",
        "Name who takes part.",
        "Set the window: a first day and a later last day.",
        "Move the improvement to In progress first.",
    )


def test_an_iteration_needs_a_metric_of_its_own_improvement(
    room: Room, begun: tuple[int, int]
) -> None:
    other = room.raised("Other")
    with pytest.raises(Invalid, match="one of the metrics of this improvement"):
        room.do(plan_iteration, other, {"metric_id": begun[1]})
    with pytest.raises(Invalid, match="Confidence goes from 1 to 99"):
        room.do(plan_iteration, begun[0], {"confidence": 100})


def test_what_ended_gets_no_more_iterations(room: Room) -> None:
    improvement_id = room.raised()
    room.do(move, improvement_id, ImprovementState.STOPPED, reason="Learned enough.")
    with pytest.raises(Refused, match="is stopped; take it up again first"):
        room.do(plan_iteration, improvement_id)


def test_the_prediction_is_locked_at_the_start_with_the_baseline_of_that_day(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun)
    assert room.iteration(iteration_id).baseline == pytest.approx(41.3333, abs=1e-4)
    with pytest.raises(Refused, match="Rung 1 has started; expected is locked") as told:
        room.do(change_iteration, iteration_id, {"expected": 39})
    assert told.value.field == "expected"
    room.do(change_iteration, iteration_id, {"expected": 35, "spent_hours": 2.5})
    assert room.iteration(iteration_id).spent_hours == 2.5


def test_a_closed_iteration_is_not_changed_any_more(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.scaled(*begun)
    with pytest.raises(Refused, match="is closed; corrections are added"):
        room.do(change_iteration, iteration_id, {"spent_hours": 1})


def test_two_who_change_a_plan_at_once_lose_nothing(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.planned(*begun)
    change = change_iteration
    room.do(
        change,
        iteration_id,
        {"what_changes": "One thing", "expected": 35},
        revision=1,
        by="ben",
    )
    room.do(change, iteration_id, {"expected": 33}, revision=1)
    with pytest.raises(Overtaken, match="ben changed what changes"):
        room.do(change, iteration_id, {"what_changes": "Another thing"}, revision=1)
    found = room.iteration(iteration_id)
    assert (found.what_changes, found.expected) == ("One thing", 33)


def test_one_iteration_runs_at_a_time(room: Room, begun: tuple[int, int]) -> None:
    room.running(*begun)
    second = room.planned(*begun, "Ben")
    with pytest.raises(Refused, match="Rung 1 is running; one at a time"):
        room.do(start, second)


def test_a_rung_too_large_needs_a_written_reason(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.planned(*begun, "Ada", "Ben")
    with pytest.raises(Refused, match="2 people at once; the first rung is 1"):
        room.do(start, iteration_id)
    room.do(change_iteration, iteration_id, {"size_reason": "They share one desk."})
    assert room.do(start, iteration_id).state is IterationState.RUNNING


def test_the_next_rung_may_be_five_times_the_last_accepted_one(
    room: Room, begun: tuple[int, int]
) -> None:
    room.scaled(*begun)
    names = ("Ben", "Cyd", "Dot", "Eve", "Fay", "Gus")
    iteration_id = room.planned(*begun, *names, expected=30)
    with pytest.raises(Refused, match="6 people at once; 5 × 1 = 5"):
        room.do(start, iteration_id)
    room.do(people_actions.leave_out, room.people(iteration_id)[-1], "Later")
    assert room.do(start, iteration_id).number == 2


def test_hours_beyond_the_budget_are_refused_without_a_reason(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.planned(*begun, budget_hours=41)
    with pytest.raises(Refused, match="41 hours planned, 40 left"):
        room.do(start, iteration_id)
    room.do(
        change_iteration, iteration_id, {"simple_reason": "The sponsor gives two days."}
    )
    room.do(start, iteration_id)


def test_whether_a_pilot_can_tell_is_known_before_it_starts(
    room: Room, begun: tuple[int, int]
) -> None:
    room.planned(*begun)

    def asked(session: Any, number: int) -> Any:
        return power_of(standing_now(session, number, room.now.date()))

    assert room.ask(asked, 1).enough is True
    room.planned(*begun, "Ben", expected=40.9, minimum_points=4)
    assert room.ask(asked, 2).sentence.startswith("This pilot cannot tell.")


def test_people_of_the_directory_are_invited_by_uid_and_others_by_name(
    room: Room, begun: tuple[int, int]
) -> None:
    with room.database.write() as session:
        directory = a_directory(session)
        ada = a_person(session, directory, "ada", name="Ada Berg").id
        for uid in ("ben", "ben2"):
            a_person(session, directory, uid, name="Ben Ohm")
    iteration_id = room.planned(*begun, "ada", "Somebody Else")
    assert [
        (person(room, n).name, person(room, n).person_id)
        for n in room.people(iteration_id)
    ] == [
        ("Ada Berg", ada),
        ("Somebody Else", None),
    ]
    for again in ("Ada Berg", "ADA", "somebody else"):
        with pytest.raises(Invalid, match="takes part already"):
            room.do(people_actions.invite, iteration_id, [again])
    with pytest.raises(Invalid, match="Name who is invited"):
        room.do(people_actions.invite, iteration_id, [" "])


def test_who_was_left_out_can_be_invited_again(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.planned(*begun)
    [number] = room.people(iteration_id)
    room.do(people_actions.leave_out, number, "On holiday")
    assert room.people(iteration_id) == []
    room.do(people_actions.invite, iteration_id, ["ada"])
    assert room.people(iteration_id) == [number]


def test_nobody_is_switched_before_the_start_or_left_out_after_the_switch(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.planned(*begun)
    [number] = room.people(iteration_id)
    with pytest.raises(Refused, match="nobody is moved before it starts"):
        room.do(people_actions.move, number, PS.PREPARED)
    room.do(start, iteration_id)
    room.everybody(iteration_id, PS.PREPARED, PS.SWITCHED)
    with pytest.raises(Refused, match="undo it instead"):
        room.do(people_actions.leave_out, number, "Changed my mind")


def test_accepting_waits_for_the_observation_and_for_a_name(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun, observe_days=5)
    [number] = room.people(iteration_id)
    room.everybody(iteration_id, PS.PREPARED, PS.SWITCHED, PS.OBSERVING)
    with pytest.raises(Refused) as told:
        room.do(people_actions.move, number, PS.ACCEPTED)
    assert told.value.details == (
        "Observation lasts until 7 Mar 2026; confidence comes before the next step.",
        "Say who confirmed that it works for this person; silence is not a yes.",
    )
    room.forward(days=5)
    accepted = room.do(people_actions.move, number, PS.ACCEPTED, confirmed_by="Ada")
    assert (accepted.accepted_by, accepted.accepted_at) == ("Ada", room.now)


def test_an_undo_needs_a_reason_and_is_timed_from_when_it_was_asked_for(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun)
    [number] = room.people(iteration_id)
    room.everybody(iteration_id, PS.PREPARED, PS.SWITCHED)
    room.do(people_actions.ask_undo, number)
    room.forward(minutes=7)
    room.do(people_actions.ask_undo, number)
    with pytest.raises(Refused, match="Say why it is undone"):
        room.do(people_actions.move, number, PS.UNDONE)
    undone = room.do(people_actions.move, number, PS.UNDONE, reason="The fax stopped.")
    assert (undone.undo_seconds, undone.undo_reason) == (420, "The fax stopped.")
    assert room.do(people_actions.move, number, PS.PREPARED).undo_asked_at is None


def test_undo_works_after_the_iteration_was_closed(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.scaled(*begun)
    [number] = room.people(iteration_id)
    assert (
        room.do(people_actions.move, number, PS.UNDONE, reason="It broke later.").state
        is PS.UNDONE
    )


def test_one_open_switch_per_person(room: Room, begun: tuple[int, int]) -> None:
    with room.database.write() as session:
        a_person(session, a_directory(session), "ada", name="Ada Berg")
    first = room.running(*begun, "ada")
    room.everybody(first, PS.PREPARED, PS.SWITCHED)
    second = room.running(*room.begun("Another thing"), "ada")
    room.everybody(second, PS.PREPARED)
    with pytest.raises(
        Refused, match="being switched in rung 1 of “Calls are answered faster”"
    ):
        room.everybody(second, PS.SWITCHED)


def test_feedback_is_read_before_it_counts_as_read(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun, "Ada", "Ben", size_reason="One desk")
    [ada, _] = room.people(iteration_id)
    said = {
        "feedback": "Too small on my screen",
        "technique": "Beside a colleague",
        "would_go_back": False,
    }
    room.do(people_actions.describe, ada, said)
    assert "1 piece of feedback unread." in blocked(room, iteration_id)
    room.do(people_actions.read_feedback, ada)
    assert "1 piece of feedback unread." not in blocked(room, iteration_id)
    room.do(people_actions.describe, ada, {"feedback": "And too slow"})
    assert "1 piece of feedback unread." in blocked(room, iteration_id)
    with pytest.raises(NotFound, match="There is no site 9"):
        room.do(people_actions.describe, ada, {"site_id": 9})


def test_a_check_in_answers_all_five_questions(
    room: Room, begun: tuple[int, int], database: Database
) -> None:
    iteration_id = room.running(*begun)
    answers = dict.fromkeys(QUESTIONS, "nothing")
    with pytest.raises(Invalid, match="Answer all five") as told:
        room.do(check_in, iteration_id, {**answers, "obstacle": " "})
    assert told.value.field == "obstacle"
    room.do(check_in, iteration_id, answers)
    assert len(rows(database, select(CheckIn))) == 1


def test_the_undo_is_rehearsed_while_it_runs(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.planned(*begun)
    with pytest.raises(Refused, match="rehearsed while it runs"):
        room.do(rehearse_undo, iteration_id, 60)
    room.do(start, iteration_id)
    with pytest.raises(Invalid, match="no less than no time"):
        room.do(rehearse_undo, iteration_id, -1)
    assert "The undo was not rehearsed; do it with one person." in blocked(
        room, iteration_id
    )
    room.do(rehearse_undo, iteration_id, 60)
    assert "The undo was not rehearsed; do it with one person." not in blocked(
        room, iteration_id
    )


def test_an_early_look_can_be_taken_back_with_a_reason(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun)
    room.do(review, iteration_id)
    with pytest.raises(Refused, match="Say why it runs on"):
        room.do(resume, iteration_id, "")
    assert (
        room.do(resume, iteration_id, "Two people were ill.").state
        is IterationState.RUNNING
    )


def test_what_is_only_planned_is_started_and_does_not_run_on(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.planned(*begun)
    with pytest.raises(Refused, match="Rung 1 is planned; start it first"):
        room.do(resume, iteration_id, "Everybody waits.")
    found = room.iteration(iteration_id)
    assert (found.state, found.started_at) == (IterationState.PLANNED, None)


def test_a_decision_needs_a_look_first_and_is_made_once(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun)
    with pytest.raises(Refused, match="cannot become decided"):
        room.do(closing.decide, iteration_id, DecisionKind.STOP, "No")
    room.do(review, iteration_id)
    with pytest.raises(Refused, match="Say why the decision is to stop"):
        room.do(closing.decide, iteration_id, DecisionKind.STOP)
    room.do(closing.decide, iteration_id, DecisionKind.STOP, "Nobody wants it.")
    with pytest.raises(Conflict, match="anna decided meanwhile: stop"):
        room.do(closing.decide, iteration_id, DecisionKind.HOLD, "Perhaps")


def test_a_closed_gate_blocks_scaling_and_lists_what_is_in_the_way(
    room: Room, begun: tuple[int, int]
) -> None:
    room.found(begun[0])
    iteration_id = room.running(*begun)
    room.do(review, iteration_id)
    with pytest.raises(Blocked) as told:
        room.do(closing.decide, iteration_id, DecisionKind.SCALE)
    assert told.value.status == 409
    assert told.value.details == (
        "“The pop-up hides the number” (fix before scaling) is open.",
        "Nobody says yet that it works.",
        "The undo was not rehearsed; do it with one person.",
    )
    assert [check.key for check in told.value.checks] == [
        "finding:1",
        "participants",
        "undo",
    ]
    assert room.iteration(iteration_id).state is IterationState.REVIEWING


def test_an_override_is_kept_with_its_reason_but_a_stop_is_never_overridden(
    room: Room, begun: tuple[int, int], database: Database
) -> None:
    stop = room.found(begun[0], FindingKind.STOP)
    iteration_id = room.climbed(*begun)
    with pytest.raises(Blocked) as told:
        room.do(closing.decide, iteration_id, DecisionKind.SCALE, "I know better.")
    assert [check.final for check in told.value.checks] == [True]
    room.do(
        move_finding,
        stop,
        FindingState.ACCEPTED,
        who="Mrs. Chief",
        why="It is gone tomorrow.",
    )
    room.found(begun[0])
    room.do(closing.decide, iteration_id, DecisionKind.SCALE, "The pop-up is harmless.")
    [decision] = rows(database, select(Decision))
    assert decision.overrides == [
        "“The pop-up hides the number” (fix before scaling) is open."
    ]
    assert decision.reason == "The pop-up is harmless."


def test_the_evidence_of_a_decision_names_values_findings_people_and_what_was_added(
    room: Room, begun: tuple[int, int], database: Database
) -> None:
    iteration_id = room.climbed(*begun)
    room.do(closing.decide, iteration_id, DecisionKind.SCALE, evidence=("note:3",))
    [decision] = rows(database, select(Decision))
    kinds = [record.split(":")[0] for record in decision.evidence]
    assert (
        kinds.count("measurement"),
        kinds.count("participation"),
        kinds.count("note"),
    ) == (
        8,
        1,
        1,
    )
    assert [check["key"] for check in decision.gate] == [
        "findings",
        "participants",
        "undo",
        "silence",
    ]


def test_a_guardrail_that_got_worse_fails_the_verdict(
    room: Room, begun: tuple[int, int]
) -> None:
    guard = room.metric(begun[0], "Wrong person", role=GUARDRAIL, target=0)
    room.measured(guard)
    iteration_id = room.climbed(*begun)
    room.measured(guard, [60] * 8)
    judged = room.ask(_judged, iteration_id, room.now.date())
    assert (judged.verdict, judged.reasons) == (
        Verdict.FAIL,
        (
            "Wrong person got worse: 41.3 before, 60 since; chance alone does that in "
            "fewer than 1 of 200 cases.",
        ),
    )


def _judged(session: Any, iteration_id: int, today: Any) -> Any:
    found = standing_now(session, iteration_id, today).judged
    return found.judgement if found else None


def test_waiting_alone_promotes_nothing(room: Room, begun: tuple[int, int]) -> None:
    iteration_id = room.running(
        *begun, verdict_not_before=room.now.date() + timedelta(days=3)
    )
    assert room.ask(_judged, iteration_id, room.now.date()).verdict is Verdict.NO_DATA
    room.forward(days=400)
    assert room.ask(_judged, iteration_id, room.now.date()).verdict is Verdict.NO_DATA
    room.measured(begun[1], [30] * 3)
    assert (
        room.ask(_judged, iteration_id, room.now.date()).verdict is Verdict.INCONCLUSIVE
    )


def test_a_second_rung_is_judged_against_before_the_first(
    room: Room, begun: tuple[int, int]
) -> None:
    room.scaled(*begun)
    second = room.running(*begun, "Ben", expected=34)
    room.forward(days=8)
    room.measured(begun[1], [33, 32, 34, 33, 31, 33, 34, 32])
    assert room.ask(_judged, second, room.now.date()).verdict is Verdict.PASS


def test_many_people_ask_for_verdict_pulse_and_incidents(
    room: Room, begun: tuple[int, int]
) -> None:
    names = [f"Person {number}" for number in range(6)]
    iteration_id = room.climbed(*begun, *names, size_reason="One team")
    assert blocked(room, iteration_id) == [
        "No pulse of the participants yet (it shows from 5 answers on).",
        "Nobody looked at the participants' incidents yet.",
    ]
    room.do(change_iteration, iteration_id, {"pulse": 0.5, "incidents_quiet": True})
    assert blocked(room, iteration_id) == [
        "50 % of the participants are satisfied; the floor is 60 %; answer it with a finding."
    ]
    answer = FindingDraft(
        "They miss the old search", FindingKind.NOTE, source=FindingSource.PULSE
    )
    finding = room.do(raise_finding, begun[0], answer, iteration_id=iteration_id)
    room.do(move_finding, finding.id, FindingState.FIXED, fix="The search is back.")
    assert blocked(room, iteration_id) == []
    assert gate_now(room, iteration_id).label == "Scale to 30 people"


def test_everybody_asks_for_service_verdict_support_forecast_and_costs(
    room: Room,
) -> None:
    improvement_id, first = room.begun()
    room.do(retire_metric, first, reason="Counts participants only")
    service = room.metric(
        improvement_id, "Minutes of all calls", scope=MetricScope.SERVICE
    )
    room.measured(service)
    names = [f"Person {number}" for number in range(26)]
    iteration_id = room.climbed(
        improvement_id, service, *names, size_reason="One house"
    )
    values = {"pulse": 0.9, "incidents_quiet": True, "support_change": 3}
    room.do(change_iteration, iteration_id, values)
    assert blocked(room, iteration_id) == [
        "Show the forecast to the sponsor.",
        "Fill in what it costs.",
    ]
    room.do(change_improvement, improvement_id, {"forecast_shown_on": room.now.date()})
    room.cost(improvement_id, Side.BENEFIT)
    assert blocked(room, iteration_id) == ["Fill in what it costs."]
    room.cost(improvement_id)
    assert blocked(room, iteration_id) == []


def test_aborting_needs_a_reason_and_nobody_switched(
    room: Room, begun: tuple[int, int], database: Database
) -> None:
    iteration_id = room.running(*begun)
    room.everybody(iteration_id, PS.PREPARED, PS.SWITCHED)
    with pytest.raises(Refused) as told:
        room.do(closing.abort, iteration_id, "")
    assert told.value.details == (
        "Say why it is aborted.",
        "1 person uses it; let them say that it works, or undo it first.",
    )
    room.everybody(iteration_id, PS.UNDONE, reason="Ending")
    aborted = room.do(closing.abort, iteration_id, "The supplier left.")
    assert (aborted.state, aborted.open_of, aborted.ended_reason) == (
        "aborted",
        None,
        "The supplier left.",
    )
    [snapshot] = rows(database, select(Snapshot))
    assert json.loads(snapshot.content)["decision"] is None


def test_a_snapshot_never_changes_whatever_happens_later(
    room: Room, begun: tuple[int, int], database: Database
) -> None:
    iteration_id = room.scaled(*begun)
    [before] = rows(database, select(Snapshot))
    [number] = room.people(iteration_id)
    room.do(people_actions.move, number, PS.UNDONE, reason="Later")
    room.do(add_note, begun[0], NoteDraft("learn", "Ask twice"))
    [after] = rows(database, select(Snapshot))
    assert (after.content, after.hash) == (before.content, before.hash)
    assert fingerprint(after.content) == after.hash


@pytest.mark.parametrize("table", ["decision", "iteration_snapshot"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET iteration_id = 2", "DELETE FROM {}"]
)
def test_the_database_itself_keeps_what_was_decided(
    room: Room, begun: tuple[int, int], database: Database, table: str, statement: str
) -> None:
    room.scaled(*begun)
    with (
        pytest.raises(Exception, match=f"{table} is append-only"),
        database.write() as session,
    ):
        session.execute(text(statement.format(table)))


def test_only_what_was_decided_is_carried_over(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun)
    with pytest.raises(Refused, match="Rung 1 is running; decide it first"):
        room.do(carry, iteration_id)


def test_findings_are_fixed_verified_or_accepted_with_a_name(
    room: Room, begun: tuple[int, int]
) -> None:
    finding_id = room.found(begun[0])
    with pytest.raises(Refused, match="Say who verified it"):
        room.do(move_finding, finding_id, FindingState.FIXED)
        room.do(move_finding, finding_id, FindingState.VERIFIED)
    room.do(move_finding, finding_id, "verified", who="Ada")
    found = row(room.database, Finding, finding_id)
    assert (found.state, found.settled_by, found.settled_at) == (
        FindingState.VERIFIED,
        "Ada",
        room.now,
    )
    room.do(move_finding, finding_id, FindingState.OPEN, why="It came back.")
    found = row(room.database, Finding, finding_id)
    assert (found.settled_by, found.settled_at) == ("", None)
    with pytest.raises(Refused, match="Say why the risk is acceptable"):
        room.do(move_finding, finding_id, FindingState.ACCEPTED, who="Ada")


def test_a_finding_becomes_lighter_only_with_a_reason(
    room: Room, begun: tuple[int, int]
) -> None:
    finding_id = room.found(begun[0])
    with pytest.raises(Invalid, match="matters less now"):
        room.do(change_finding, finding_id, {"kind": FindingKind.NOTE})
    room.do(change_finding, finding_id, {"kind": "note"}, reason="One screen only.")
    room.do(change_finding, finding_id, {"kind": "stop"})
    with pytest.raises(Invalid, match="Say in a few words"):
        room.do(change_finding, finding_id, {"title": ""})


def test_a_finding_of_a_participant_belongs_to_their_iteration(
    room: Room, begun: tuple[int, int]
) -> None:
    iteration_id = room.running(*begun)
    [number] = room.people(iteration_id)
    finding_id = room.found(begun[0], participation_id=number)
    assert row(room.database, Finding, finding_id).iteration_id == iteration_id
    with pytest.raises(Invalid, match="a rung of this improvement"):
        room.found(room.raised("Other"), iteration_id=iteration_id)


def test_a_scene_is_loaded_in_a_constant_number_of_queries(
    room: Room, begun: tuple[int, int], database: Database
) -> None:
    def queries() -> int:
        with counted(database) as statements, database.read() as session:
            scene_of(session, session.get_one(Improvement, 1))
        return len(statements)

    room.scaled(*begun)
    first = queries()
    for name in ("Ben", "Cyd", "Dot"):
        room.planned(*begun, name)
        room.found(begun[0])
    assert queries() == first <= 10

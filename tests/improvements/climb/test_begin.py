"""A small rung begins with who, what and until when, from an idea on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.core.errors import Invalid, Refused
from app.improvements.climb.actions import Begin, begin, next_rung
from app.improvements.people import actions as people_actions
from app.improvements.rungs import closing
from app.improvements.rungs.actions import plan_iteration, rehearse_undo, review
from app.improvements.rungs.starting import start
from app.improvements.spread.predictions import prediction_ledger
from app.improvements.tasks.actions import TaskDraft, add_task
from app.improvements.templates.actions import start_from
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.words import (
    DecisionKind,
    ImprovementState,
    IterationState,
    ParticipationState,
)
from tests.improvements.builders import Room, an_operator, row

SOON = date(2026, 3, 16)
CALLS = "Calls go to one number"


@pytest.fixture
def room(room: Room) -> Room:
    an_operator(room.database, "anna")
    return room


def begun(room: Room, improvement_id: int, *names: str, **plan: Any) -> Iteration:
    usual = {"what_changes": CALLS, "ends_on": room.now.date() + timedelta(days=14)}
    told = {name: value for name, value in {**usual, **plan}.items() if value}
    why = told.pop("why", "")
    return room.do(begin, improvement_id, Begin(names or ["Ada"], told, room=why))  # type: ignore[no-any-return]


def climbed(room: Room, iteration_id: int) -> Decision:
    moved = ParticipationState
    room.do(rehearse_undo, iteration_id, 60)
    room.everybody(
        iteration_id, moved.PREPARED, moved.SWITCHED, moved.OBSERVING, moved.ACCEPTED
    )
    room.do(review, iteration_id)
    return room.do(closing.decide, iteration_id, DecisionKind.SCALE)


def test_an_idea_runs_with_who_what_and_until_when(room: Room) -> None:
    number = room.raised()
    rung = begun(room, number)
    assert rung.state is IterationState.RUNNING
    assert (rung.number, rung.what_changes) == (1, "Calls go to one number")
    one = row(room.database, Improvement, number)
    assert one.state is ImprovementState.IN_PROGRESS
    assert one.owner == "anna"
    assert (one.next_what, one.next_due) == ("See how it goes for Ada", SOON)


def test_a_next_step_is_at_most_14_days_away_however_long_the_rung(room: Room) -> None:
    number = room.raised()
    begun(room, number, ends_on=date(2026, 6, 1))
    one = row(room.database, Improvement, number)
    assert one.next_due == room.now.date() + timedelta(days=14)


def test_a_next_step_that_stands_and_an_owner_stay(room: Room) -> None:
    an_operator(room.database, "ben")
    number = room.raised(owner="ben")
    room.next_step(number)
    begun(room, number)
    one = row(room.database, Improvement, number)
    assert (one.owner, one.next_what) == ("ben", "Ask Ada")


def test_a_task_that_lapsed_keeps_its_words_and_gets_a_new_day(room: Room) -> None:
    number = room.raised()
    due = room.now.date() + timedelta(days=1)
    room.do(add_task, number, TaskDraft("Order the cable", "anna", due))
    room.forward(days=3)
    begun(room, number)
    one = row(room.database, Improvement, number)
    assert (one.next_what, one.next_due) == ("Order the cable", date(2026, 3, 19))


def test_a_rung_that_was_planned_is_the_one_that_begins(room: Room) -> None:
    number = room.raised()
    room.do(plan_iteration, number, {"what_changes": "As planned"})
    rung = begun(room, number, what_changes="As said at last")
    assert (rung.number, rung.what_changes) == (1, "As said at last")


def test_the_whole_rung_leads_to_a_decision_without_any_number(room: Room) -> None:
    rung = begun(room, room.raised())
    decision = climbed(room, rung.id)
    assert (decision.verdict, decision.overrides) == (None, [])
    assert decision.next_size == 5
    assert room.ask(prediction_ledger).lines == ()


def test_the_second_rung_is_small_too_and_the_third_asks_for_numbers(
    room: Room,
) -> None:
    number = room.raised()
    climbed(room, begun(room, number).id)
    room.forward(days=1)
    second = begun(room, number, "Ben", "Cleo", "Dan", "Eva", "Fay")
    climbed(room, second.id)
    third = room.do(next_rung, second.id)
    names = [f"Person {place}" for place in range(25)]
    room.do(people_actions.invite, third.id, names)
    with pytest.raises(Refused) as told:
        room.do(start, third.id)
    wanted = {
        "Set the hours the two people may spend on it.",
        "Predict: which metric, which value, how sure.",
        "Answer whether the service desk is involved; no is an answer.",
        "Say how many people it is for in the end.",
    }
    assert wanted <= set(told.value.details)
    assert any("Measure how it is today." in line for line in told.value.details)


def test_a_number_measured_before_the_third_rung_counts_as_before(room: Room) -> None:
    number = room.raised(eligible=80, desk_involved=False, reuses_tool=True)
    climbed(room, begun(room, number).id)
    room.forward(days=20)
    second = begun(room, number, "Ben", "Cleo", "Dan", "Eva", "Fay")
    climbed(room, second.id)
    room.forward(days=20)
    metric = room.metric(number)
    room.measured(metric)
    room.next_step(number)
    names = [f"Person {place}" for place in range(25)]
    third = room.planned(number, metric, *names)
    assert room.do(start, third).baseline == pytest.approx(41.33, abs=0.01)


def test_a_template_offers_its_rungs_one_after_the_other(room: Room) -> None:
    number = room.do(start_from, "chat-with-existing-tool", values={"eligible": 80}).id
    sizes, told = [], []
    names = ["Ada"]
    for _ in range(2):
        rung = begun(room, number, *names, what_changes=None)
        climbed(room, rung.id)
        room.forward(days=15)
        made = room.do(next_rung, rung.id)
        sizes.append(made.planned_size)
        told.append(made.what_changes)
        names = ["Ben", "Cleo", "Dan", "Eva", "Fay"]
    assert sizes == [5, 25]
    assert told == [
        "One team, named, with one agent on chat.",
        "One floor or site, two agents in turns.",
    ]


def test_what_was_held_keeps_its_words_and_people(room: Room) -> None:
    rung = begun(room, room.raised())
    room.do(review, rung.id)
    room.do(closing.decide, rung.id, DecisionKind.HOLD, "Ada was away.")
    made = room.do(next_rung, rung.id)
    assert made.what_changes == "Calls go to one number"
    assert len(room.people(made.id)) == 1


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"ends_on": date(2026, 3, 2)}, "ends_on"),
        ({"expected": 30}, "confidence"),
        ({"confidence": 70}, "expected"),
        ({"expected": 30, "confidence": 70}, "metric_id"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(
    room: Room, plan: dict[str, Any], field: str
) -> None:
    number = room.raised()
    with pytest.raises(Invalid) as told:
        begun(room, number, **plan)
    assert told.value.field == field
    assert row(room.database, Improvement, number).state is ImprovementState.RAISED


def test_three_people_at_once_say_why(room: Room) -> None:
    number = room.raised()
    with pytest.raises(Refused) as told:
        begun(room, number, "Ada", "Ben", "Cleo")
    (line,) = told.value.details
    assert line.startswith("3 people at once; the first rung is 1.")
    assert line.field == "size_reason"  # type: ignore[attr-defined]
    begun(room, number, "Ada", "Ben", "Cleo", size_reason="One office")


def test_a_full_board_says_why_there_is_room(room: Room) -> None:
    for title in ("One", "Two"):
        begun(room, room.raised(title), title)
    third = room.raised("Three")
    with pytest.raises(Refused, match="2 improvements in progress"):
        begun(room, third)
    begun(room, third, why="The first two only wait.")


def test_of_two_who_begin_at_once_the_second_is_told(room: Room) -> None:
    number = room.raised()
    begun(room, number)
    with pytest.raises(Refused, match="Rung 1 is running; one at a time"):
        begun(room, number, "Ben")

"""The business case: from the records, as of any day, frozen, compared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core.db import Database
from app.core.errors import NotFound
from app.improvements.case.actions import freeze_case
from app.improvements.case.queries import (
    business_case,
    compared,
    frozen_case,
    frozen_cases,
)
from app.improvements.case.rules import Case
from app.improvements.case.text import as_markdown
from app.improvements.findings.actions import move_finding
from app.improvements.notes.actions import NoteDraft, add_note, strike_cost
from app.improvements.people.actions import describe
from app.improvements.register.actions import NotSpent, change_improvement, move
from app.improvements.rungs import closing
from app.improvements.rungs.actions import carry
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    FindingState,
    ImprovementNoteKind,
    Side,
)
from tests.improvements.builders import Room, counted


def sentences(case: Case, key: str) -> list[str]:
    return [
        sentence.text
        for section in case.sections
        if section.key == key
        for sentence in section.sentences
    ]


def case_now(room: Room, improvement_id: int) -> Case:
    case: Case = room.ask(business_case, improvement_id, room.now.date(), room.now)
    return case


def test_a_title_alone_makes_a_case_that_says_what_is_missing(room: Room) -> None:
    case = case_now(room, room.raised())
    assert case.title == "Calls are answered faster"
    assert sentences(case, "options") == [
        "Doing nothing: nobody said what it costs or risks."
    ]
    assert sentences(case, "risks") == [
        "Not known yet: how sure we are and the return."
    ]
    assert "A sponsor." in sentences(case, "needs")


def test_a_climbed_rung_stands_in_the_case_with_prediction_result_and_decision(
    room: Room,
) -> None:
    improvement_id, metric_id = room.begun(
        sponsor="Mrs. Chief", nothing_cost="Two hours a day are lost"
    )
    room.cost(improvement_id, planned=12, actual=15)
    room.cost(
        improvement_id,
        Side.NOTHING,
        what="Waiting",
        unit="hours",
        per="week",
        planned=10,
    )
    room.scaled(improvement_id, metric_id)
    case = case_now(room, improvement_id)
    assert sentences(case, "tried") == [
        "Rung 1, 1 person, from 2 Mar 2026: The caller is found before the first question.",
        "Predicted 35 for Minutes to answer, 70 % sure; measured 32.8.",
        "On 10 Mar 2026 verdict pass, decision to scale: It works.",
    ]
    [benefit] = sentences(case, "benefits")
    assert benefit.startswith("Minutes to answer (minutes): From 41.3 to 32.8")
    assert "75.7" in benefit or "76 %" in benefit
    assert sentences(case, "costs") == [
        "Setting it up: 12 hours planned, 15 hours spent (+25 %)."
    ]
    assert sentences(case, "options") == [
        "Doing nothing costs: Two hours a day are lost; Waiting: 10 hours a week planned."
    ]
    assert "Rung 1 was taken at low risk and low cost." in sentences(case, "risks")


def test_every_sentence_names_a_record(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    room.do(
        add_note,
        improvement_id,
        NoteDraft(ImprovementNoteKind.LEARN, "Queues hide in queues"),
    )
    room.scaled(improvement_id, metric_id)
    case = case_now(room, improvement_id)
    records = [
        sentence.record for section in case.sections for sentence in section.sentences
    ]
    assert records
    assert all(
        name.isidentifier() and number.isdigit()
        for name, number in (each.split(":") for each in records)
    )
    assert f"](/r/{records[0]})" in as_markdown(case, lambda record: f"/r/{record}")


def test_an_override_is_printed_in_the_case(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    room.found(improvement_id)
    iteration_id = room.climbed(improvement_id, metric_id)
    room.do(closing.decide, iteration_id, DecisionKind.SCALE, "The pop-up is harmless.")
    shown = sentences(case_now(room, improvement_id), "tried")
    assert (
        shown[-1]
        == "Overridden: “The pop-up hides the number” (fix before scaling) is open."
    )


def test_an_earlier_day_knows_nothing_of_what_came_later(room: Room) -> None:
    improvement_id, metric_id = room.begun(vision="Nobody waits")
    finding_id = room.found(improvement_id)
    cost_id = room.cost(improvement_id)
    first, before = room.now.date(), case_now(room, improvement_id)
    room.forward(days=1)
    room.do(
        change_improvement,
        improvement_id,
        {"vision": "Nobody waits for more than a minute"},
    )
    room.do(move_finding, finding_id, FindingState.FIXED)
    room.do(move_finding, finding_id, FindingState.VERIFIED, who="Ada")
    room.do(strike_cost, cost_id)
    room.found(improvement_id, FindingKind.NOTE)
    room.scaled(improvement_id, metric_id)
    assert room.ask(business_case, improvement_id, first, room.now) == before
    assert case_now(room, improvement_id) != before


def test_a_day_before_it_was_raised_has_no_case(room: Room) -> None:
    improvement_id = room.raised()
    with pytest.raises(NotFound, match="was raised on 2026-03-02"):
        room.ask(
            business_case, improvement_id, room.now.date() - timedelta(days=1), room.now
        )


def test_two_days_are_compared_section_by_section(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    first = room.now.date()
    room.scaled(improvement_id, metric_id)
    titles = [
        each.title
        for each in room.ask(compared, improvement_id, room.now.date(), first, room.now)
    ]
    assert titles == ["In short", "What was tried", "Benefits", "When"]


def test_a_frozen_case_keeps_its_words(room: Room, database: Database) -> None:
    improvement_id = room.raised(vision="Nobody waits")
    made = room.do(freeze_case, improvement_id, room.now.date())
    before = case_now(room, improvement_id)
    room.forward(hours=1)
    room.do(change_improvement, improvement_id, {"vision": "Somebody waits"})
    kept, case = room.ask(frozen_case, made.id)
    assert (case, kept.intact) == (before, True)
    assert [one.id for one in room.ask(frozen_cases, improvement_id)] == [made.id]
    with pytest.raises(Exception, match="append-only"), database.write() as session:
        session.execute(text("UPDATE business_case SET content = '{}'"))


def test_what_participants_save_is_carried_over_with_its_assumptions(
    room: Room,
) -> None:
    improvement_id, metric_id = room.begun(
        saving_unit="minutes a week", saving_assumptions="Everybody calls as often"
    )
    iteration_id = room.running(
        improvement_id, metric_id, "Ada", "Ben", size_reason="They share a desk"
    )
    for person_id, saved in zip(room.people(iteration_id), (20, 30), strict=True):
        room.do(describe, person_id, {"saved": saved})
    shown = sentences(case_now(room, improvement_id), "everyone")
    assert shown[0].startswith(
        "2 people saved 25 minutes a week each (20 to 30); for 80 people that is 2,000 "
        "minutes a week, 95 % interval "
    )
    assert "Everybody calls as often" in shown[1]


def test_stopping_with_learning_says_what_was_not_spent(room: Room) -> None:
    improvement_id = room.raised()
    spared = NotSpent(12000, "EUR")
    room.do(
        move, improvement_id, "stopped", reason="Nobody needs it.", not_spent=spared
    )
    assert sentences(case_now(room, improvement_id), "found") == [
        "Stopped with learning: Nobody needs it; not spent: 12,000 EUR."
    ]


def test_a_case_is_made_in_a_constant_number_of_queries(
    room: Room, database: Database
) -> None:
    improvement_id, metric_id = room.begun()
    room.scaled(improvement_id, metric_id)
    with counted(database) as first:
        case_now(room, improvement_id)
    second = room.do(carry, 1)
    assert second.number == 2
    for _ in range(3):
        room.found(improvement_id, FindingKind.NOTE)
        room.cost(improvement_id)
    with counted(database) as later:
        case_now(room, improvement_id)
    assert len(first) == len(later) <= 17

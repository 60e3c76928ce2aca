"""What the silence of those who have it proves is printed at each gate."""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.gate.queries import standing_of
from app.improvements.queries import get_improvement
from app.improvements.rungs import closing
from app.models.improvements.iteration import Decision
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    ParticipationState,
)
from tests.improvements.builders import Room, row
from tests.pages import Pages

MANY = tuple(f"Person {number}" for number in range(39))


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def told(room: Room, improvement_id: int, iteration_id: int) -> str:
    """The line of the gate about silence, "" without one."""
    with room.database.read() as session:
        one = get_improvement(session, improvement_id)
        iteration = room.iteration(iteration_id)
        gate = standing_of(session, one, iteration, room.now.date()).gate
    lines = [check.sentence for check in gate.checks if check.key == "silence"]
    return lines[0] if lines else ""


def test_thirty_nine_quiet_people_prove_one_in_thirteen(
    room: Room, pages: Pages
) -> None:
    improvement_id, metric_id = room.begun()
    number = room.running(improvement_id, metric_id, *MANY, size_reason="All at once")
    assert told(room, improvement_id, number) == ""
    moved = ParticipationState
    room.everybody(number, moved.PREPARED, moved.SWITCHED)
    line = "39 people quiet: at most about 1 in 13 can still be hit (95 % sure)."
    assert told(room, improvement_id, number) == line
    assert line in pages.get(f"/iterations/{number}").content


def test_who_brings_up_what_has_to_be_fixed_is_not_quiet(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    number = room.running(improvement_id, metric_id, *MANY, size_reason="All at once")
    moved = ParticipationState
    room.everybody(number, moved.PREPARED, moved.SWITCHED)
    ada, ben, *_ = room.people(number)
    for kind in (FindingKind.FIX, FindingKind.NOTE):
        draft = FindingDraft("It hides the number", kind)
        who = ada if kind is FindingKind.FIX else ben
        room.do(
            raise_finding,
            improvement_id,
            draft,
            iteration_id=number,
            participation_id=who,
        )
    line = "1 of 39 people hit: at most about 1 in 8 can be (95 % sure)."
    assert told(room, improvement_id, number) == line


def test_the_line_is_kept_with_the_decision_and_never_in_the_way(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    number = room.climbed(improvement_id, metric_id)
    room.do(closing.decide, number, DecisionKind.SCALE)
    kept = row(room.database, Decision, 1).gate
    [line] = [check for check in kept if check["key"] == "silence"]
    assert line["ok"] is True
    assert line["sentence"].startswith("1 person quiet: up to 95 %")

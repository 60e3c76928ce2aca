"""The ladder as the access room uses it: one person, a decision, the next rung."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.canonical import fingerprint
from app.core.errors import Conflict, Refused
from app.improvements import ladder
from app.improvements.events import Who
from app.improvements.findings.actions import FindingDraft, move_finding
from app.improvements.people.following import StandingTold
from app.improvements.rungs.starting import start
from app.models.improvements.iteration import Decision
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    FindingState,
    Level,
    ParticipationState,
)
from tests.improvements.builders import BETTER, Room, rows

STATES = ParticipationState


def plan(room: Room, metric_id: int, size: int) -> dict[str, object]:
    return {
        "what_changes": "Clerks get their rights by the role",
        "planned_size": size,
        "starts_on": room.now.date(),
        "ends_on": room.now.date() + timedelta(days=14),
        "minimum_points": 8,
        "budget_hours": 4,
        "risk_level": Level.LOW,
        "cost_level": Level.LOW,
        "metric_id": metric_id,
        "expected": 35,
        "confidence": 70,
    }


def moved(room: Room, rung_id: int) -> None:
    """Let a wave move everybody, as the access room tells it."""
    for state in (STATES.PREPARED, STATES.SWITCHED, STATES.OBSERVING):
        told(room, rung_id, StandingTold(state))


def told(room: Room, rung_id: int, standing: StandingTold) -> None:
    people = room.ask(ladder.rung_people, rung_id)
    room.do(ladder.tell_people, {one.id: standing for one in people})


def confirmed(room: Room, rung_id: int) -> None:
    told(room, rung_id, StandingTold(STATES.ACCEPTED, by="Ada"))


def test_one_person_a_decision_and_the_next_rung(room: Room) -> None:
    number, metric_id = room.begun()
    rung = room.do(ladder.open_rung, number, plan(room, metric_id, 1), [Who("Ada")])
    room.do(start, rung)
    moved(room, rung)
    assert not room.ask(ladder.gate_of, rung, room.now.date()).open
    found = room.do(
        ladder.tell_finding, rung, FindingDraft("A right is missing", FindingKind.FIX)
    )
    room.do(ladder.tell_undo, rung, 40)
    room.forward(days=len(BETTER))
    room.measured(metric_id, BETTER)
    confirmed(room, rung)
    with pytest.raises(Refused) as closed:
        room.do(ladder.close_rung, rung, DecisionKind.SCALE)
    assert "A right is missing" in " ".join(closed.value.details)
    room.do(move_finding, found, FindingState.FIXED)
    room.do(move_finding, found, FindingState.VERIFIED, who="Ada")
    assert room.ask(ladder.gate_of, rung, room.now.date()).open
    snapshot = room.do(
        ladder.close_rung, rung, DecisionKind.SCALE, "It works.", ("wave:1",)
    )
    assert fingerprint(snapshot.content) == snapshot.hash
    [decision] = rows(room.database, select(Decision))
    assert "wave:1" in decision.evidence
    with pytest.raises((Conflict, Refused)):
        room.do(ladder.close_rung, rung, DecisionKind.STOP, "Twice")
    second = room.do(
        ladder.open_rung, number, plan(room, metric_id, 2), [Who("Ben"), Who("Carla")]
    )
    room.do(ladder.begin_rung, second)
    assert [one.name for one in room.ask(ladder.rung_people, second)] == [
        "Ben",
        "Carla",
    ]

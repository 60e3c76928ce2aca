"""A whole climb: from a title to the second rung, through the actions only."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.core.canonical import fingerprint
from app.core.db import Database
from app.improvements.rungs import closing
from app.improvements.rungs.actions import carry
from app.models.improvements.iteration import (
    Decision,
    Iteration,
    Participation,
    Snapshot,
)
from app.models.improvements.words import DecisionKind, IterationState, Verdict
from tests.improvements.builders import Room, row, rows


def test_a_first_rung_is_climbed_decided_and_frozen(
    room: Room, database: Database
) -> None:
    improvement_id, metric_id = room.begun()
    iteration_id = room.scaled(improvement_id, metric_id)
    iteration = room.iteration(iteration_id)
    assert (iteration.state, iteration.open_of) == (IterationState.DECIDED, None)
    assert iteration.baseline == pytest.approx(41.3333, abs=1e-4)
    assert iteration.result == pytest.approx(32.75)
    [decision] = rows(database, select(Decision))
    assert (decision.kind, decision.verdict, decision.next_size) == (
        DecisionKind.SCALE,
        Verdict.PASS,
        5,
    )
    assert decision.overrides == []
    assert any(record.startswith("measurement:") for record in decision.evidence)
    [snapshot] = rows(database, select(Snapshot))
    assert snapshot.hash == fingerprint(snapshot.content)
    assert json.loads(snapshot.content)["iteration"]["result"] == pytest.approx(32.75)


def test_the_next_rung_carries_over_all_but_prediction_and_people(
    room: Room, database: Database
) -> None:
    improvement_id, metric_id = room.begun()
    first = room.scaled(improvement_id, metric_id)
    second = room.do(carry, first)
    assert (second.number, second.planned_size, second.carried_from_id) == (2, 5, first)
    assert second.what_changes == room.iteration(first).what_changes
    assert (second.expected, second.confidence) == (None, None)
    assert (
        rows(
            database,
            select(Participation).where(Participation.iteration_id == second.id),
        )
        == []
    )


def test_holding_keeps_the_people(room: Room, database: Database) -> None:
    improvement_id, metric_id = room.begun()
    first = room.climbed(improvement_id, metric_id)
    room.do(closing.decide, first, DecisionKind.HOLD, "Wait for the new month.")
    second = room.do(carry, first)
    [ada] = rows(
        database, select(Participation).where(Participation.iteration_id == second.id)
    )
    assert (ada.name, ada.state) == ("Ada", "observing")
    assert row(database, Iteration, second.id).planned_size >= 1

"""The worker opens an embedded improvement again when its control metric drifts."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from app.core.parts import KEY, Parts
from app.improvements.board.actions import DriftWatch
from app.improvements.metrics.actions import watch
from app.improvements.register.actions import move
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState
from app.upkeep.work import WORKS
from tests.improvements.builders import Room, counted, row
from tests.pages import Pages


def watched(app: Flask, room: Room) -> tuple[Parts, int, int]:
    parts: Parts = app.extensions[KEY]
    improvement_id, metric_id = room.begun()
    room.do(watch, metric_id)
    room.put(improvement_id, state=ImprovementState.EMBEDDED, since=room.now)
    return parts, improvement_id, metric_id


def test_drift_is_found_by_the_worker_itself(app: Flask, room: Room) -> None:
    parts, improvement_id, metric_id = watched(app, room)
    look = DriftWatch()
    assert look(parts) is False
    room.forward(days=8)
    room.measured(metric_id, [60] * 8)
    assert look(replace(parts, now=lambda: room.now)) is True
    found = row(room.database, Improvement, improvement_id)
    assert found.state is ImprovementState.IN_PROGRESS
    assert "drift" in WORKS


def test_without_new_values_nothing_is_worked_out_again(app: Flask, room: Room) -> None:
    parts, _, metric_id = watched(app, room)
    look = DriftWatch()
    look(parts)
    with counted(parts.database) as statements:
        assert look(parts) is False
    assert len(statements) == 1
    room.forward(days=1)
    room.measured(metric_id, [40])
    with counted(parts.database) as statements:
        look(parts)
    assert len(statements) > 1


def test_the_limit_of_what_is_in_progress_is_a_setting(app: Flask, room: Room) -> None:
    app.extensions[KEY] = replace(
        app.extensions[KEY], settings=replace(app.extensions[KEY].settings, wip_limit=1)
    )
    room.begun()
    improvement_id = room.raised("Articles are found", owner="anna", desk_involved=True)
    room.measured(room.metric(improvement_id))
    room.next_step(improvement_id)
    room.do(move, improvement_id, ImprovementState.ACCEPTED)
    browser = Pages(app).as_operator("anna")
    assert "1/1" in browser.get("/improvements").text
    page = browser.post(
        f"/improvements/{improvement_id}/move", {"to": "in progress"}, status=409
    )
    assert "the limit is 1" in page.content

"""Templates bring what is to be done: for the whole, and for each rung of the ladder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.improvements.climb.actions import next_rung
from app.improvements.rungs import closing
from app.improvements.rungs.actions import rehearse_undo, review
from app.improvements.templates.actions import start_from
from app.models.improvements.iteration import Iteration
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import DecisionKind, ParticipationState
from tests.improvements.builders import Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def test_a_template_brings_what_is_to_be_done_for_the_whole_and_for_its_first_rung(
    pages: Pages, room: Room
) -> None:
    made = room.do(start_from, "chat-with-existing-tool").id
    with room.database.read() as session:
        found = [
            (task.what[:12], task.owner, task.due, task.iteration_id)
            for task in session.query(ImprovementTask).order_by(ImprovementTask.id)
        ]
        [rung] = session.query(Iteration).filter_by(improvement_id=made)
    assert found == [
        ("Agree with t", "", None, rung.id),
        ("Ask who woul", "", None, None),
    ]
    shown = pages.get("/improvements/templates/chat-with-existing-tool").text
    assert "Ask the sponsor for the hours" in shown and "within 14 days" in shown


def test_the_next_rung_of_the_ladder_brings_its_own_tasks(room: Room) -> None:
    improvement, metric = room.begun(template="chat-with-existing-tool")
    rung = room.running(improvement, metric, "Ada", planned_size=1)
    room.everybody(rung, ParticipationState.SWITCHED)
    room.everybody(rung, ParticipationState.ACCEPTED)
    room.do(rehearse_undo, rung, 30)
    room.do(review, rung)
    room.do(closing.decide, rung, DecisionKind.SCALE, "It works")
    planned = room.do(next_rung, rung)
    with room.database.read() as session:
        mine = session.query(ImprovementTask).filter_by(iteration_id=planned.id)
        assert [(task.what, task.owner, task.due) for task in mine] == [
            (
                "Say to everybody how to get back to the phone at once",
                "anna",
                room.now.date() + timedelta(days=5),
            )
        ]


def test_a_task_of_no_rung_of_the_ladder_is_refused_at_its_row(pages: Pages) -> None:
    there = "/improvements/templates/inform-button/edit"
    pages.get(there)
    page = pages.submit(there, **{"tasks-0-rung": "9"}, status=422)
    assert page.errors == ["The ladder has no rung 9."]
    pages.submit(there, **{"tasks-0-rung": "2", "tasks-0-days": "0"}, status=422)
    pages.submit(
        there, **{"tasks-0-rung": "2", "tasks-0-days": "", "tasks-0-what": "Ask"}
    )
    shown = pages.get("/improvements/templates/inform-button").text
    assert "Ask rung 2" in shown

"""Notes, costs and benefits beside an improvement."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.auth.rules import NAMES
from app.core.db import Database
from app.core.errors import Invalid, Refused
from app.core.trail import about, history
from app.improvements.notes.actions import (
    NoteDraft,
    add_note,
    change_cost,
    change_note,
    strike_cost,
    strike_note,
)
from app.models.improvements.improvement import CostBenefit, Note
from app.models.improvements.words import ImprovementNoteKind, Per, Side
from tests.improvements.builders import MONDAY, Room, row, rows


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"kind": ImprovementNoteKind.LEARN}, "text"),
        ({"kind": ImprovementNoteKind.PICTURE, "text": "Calm"}, "who"),
        ({"kind": ImprovementNoteKind.STAKEHOLDER, "text": "Fewer calls"}, "who"),
        ({"kind": ImprovementNoteKind.VOLUNTEER}, "who"),
        (
            {"kind": ImprovementNoteKind.PRACTICE, "who": "Kanban", "answer": False},
            "text",
        ),
        ({"kind": ImprovementNoteKind.LINK}, "url"),
        (
            {"kind": ImprovementNoteKind.PRESENTATION, "url": "javascript:alert(1)"},
            "url",
        ),
        ({"kind": "gossip", "text": "x"}, "kind"),
    ],
)
def test_a_note_that_says_too_little_is_refused_by_field(
    room: Room, draft: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        room.do(add_note, room.raised(), NoteDraft(**draft))
    assert told.value.field == field


@pytest.mark.parametrize(
    "draft",
    [
        {"kind": ImprovementNoteKind.UNLEARN, "text": "Faster is better"},
        {"kind": ImprovementNoteKind.VOLUNTEER, "who": "Ada"},
        {
            "kind": ImprovementNoteKind.PRACTICE,
            "who": "Kanban",
            "answer": False,
            "text": "Two people need no board",
        },
        {
            "kind": ImprovementNoteKind.PRESENTATION,
            "url": "\\\\files\\it\\kick-off.pdf",
            "happened_on": MONDAY.date(),
        },
        {"kind": ImprovementNoteKind.ARTICLE, "url": "https://wiki.example/articles/7"},
    ],
)
def test_notes_are_added_changed_and_struck(
    room: Room, database: Database, draft: dict[str, Any]
) -> None:
    improvement_id = room.raised()
    note = room.do(add_note, improvement_id, NoteDraft(**draft))
    room.do(change_note, note.id, {"text": "Said better"})
    room.do(strike_note, note.id)
    room.do(strike_note, note.id)
    found = row(database, Note, note.id)
    assert (found.text, found.struck_at) == ("Said better", room.now)
    told = room.ask(history, about(f"improvement:{improvement_id}"), NAMES)
    assert [event.action for event in told][:3] == [
        "note.strike",
        "note.change",
        "note.add",
    ]


def test_costs_are_planned_then_known_then_perhaps_struck(
    room: Room, database: Database
) -> None:
    cost_id = room.cost(room.raised(), per=Per.MONTH)
    room.do(change_cost, cost_id, {"actual": 15.5})
    assert row(database, CostBenefit, cost_id).actual == 15.5
    with pytest.raises(Invalid, match="from zero up"):
        room.do(change_cost, cost_id, {"planned": -1})
    with pytest.raises(Invalid, match="Say what it is"):
        room.cost(1, what="")
    room.do(strike_cost, cost_id)
    with pytest.raises(Refused, match="was struck out"):
        room.do(change_cost, cost_id, {"actual": 1})


def test_the_side_of_doing_nothing_is_no_cost_of_the_improvement(
    room: Room, database: Database
) -> None:
    room.cost(room.raised(), Side.NOTHING, planned=10)
    [kept] = rows(database, select(CostBenefit))
    assert kept.side is Side.NOTHING

"""Complaints: ranked, answered, worked on, heard again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.db import Database
from app.core.errors import Invalid, NotFound
from app.improvements.complaints.actions import (
    ComplaintSaid,
    answer,
    change_complaint,
    hear,
    improve,
    join,
    register,
)
from app.improvements.complaints.queries import complaint_line, complaint_lines
from app.improvements.complaints.rules import Heard, ranking
from app.models.improvements.complaint import Complaint
from app.models.improvements.words import Defect, ImprovementState
from app.people import actions as places
from tests.improvements.builders import MONDAY, Room, row


def complained(
    room: Room, title: str = "Ping-pong", *sites: int | None, **more: Any
) -> int:
    said = [
        ComplaintSaid("Ada", room.now.date(), "Exact words", site)
        for site in sites or (None,)
    ]
    complaint_id = int(room.do(register, title, said[0], **more).id)
    for again in said[1:]:
        room.do(hear, complaint_id, again)
    return complaint_id


@pytest.fixture
def sites(room: Room) -> tuple[int, int]:
    drafts = (
        places.SiteDraft("Main house", weight=8),
        places.SiteDraft("Workshop", weight=2),
    )
    return tuple(room.do(places.add_site, draft).id for draft in drafts)


def test_the_register_is_ranked_by_severity_voices_and_the_weight_of_sites(
    room: Room, sites: tuple[int, int]
) -> None:
    main, workshop = sites
    complained(room, "Quiet", None, severity=4)
    complained(room, "Loud", main, workshop, severity=2)
    complained(
        room,
        "Often",
        workshop,
        workshop,
        workshop,
        severity=3,
        defect=Defect.EXPLAINING_TWICE,
    )
    lines = room.ask(complaint_lines)
    assert [line.heard.arithmetic for line in lines] == [
        "2 × (8 + 2) = 20",
        "3 × (2 + 2 + 2) = 18",
        "4 × 1 = 4",
    ]
    assert [
        line.title for line in room.ask(complaint_lines, defect="explaining twice")
    ] == ["Often"]
    assert [line.title for line in room.ask(complaint_lines, text="quie")] == ["Quiet"]
    assert room.ask(complaint_lines, state="answered") == []
    assert lines[0].voices[0].site == "Main house"


def test_equal_complaints_stand_in_the_order_in_which_they_were_first_said() -> None:
    older = Heard(2, 2, (1,), MONDAY.date() - timedelta(days=1))
    assert ranking([Heard(1, 2, (1,), MONDAY.date()), older])[0] is older


@pytest.mark.parametrize(
    ("title", "said", "more", "field"),
    [
        ("", ("Ada", MONDAY.date()), {}, "title"),
        ("x", (" ", MONDAY.date()), {}, "who"),
        ("x", ("Ada", MONDAY.date() + timedelta(days=1)), {}, "on"),
        ("x", ("Ada", MONDAY.date()), {"severity": 5}, "severity"),
        ("x", ("Ada", MONDAY.date()), {"defect": "rude"}, "defect"),
    ],
)
def test_a_complaint_that_cannot_be_used_is_refused_by_field(
    room: Room, title: str, said: tuple[Any, ...], more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        room.do(register, title, ComplaintSaid(*said), **more)
    assert told.value.field == field


def test_a_complaint_is_answered_or_worked_on_by_one_improvement(
    room: Room, database: Database
) -> None:
    complaint_id = complained(room)
    room.do(answer, complaint_id, "We call back.")
    improvement = room.do(improve, complaint_id, "Owners")
    with pytest.raises(Invalid, match="works on this complaint already"):
        room.do(improve, complaint_id)
    line = room.ask(complaint_line, complaint_id)
    assert (line.answer, line.state, line.improvement, line.improvement_id) == (
        "We call back.",
        "in improvement",
        "Owners",
        improvement.id,
    )
    other = complained(room, "Forwarded again")
    room.do(join, other, improvement.id)
    assert len(room.ask(complaint_lines, improvement_id=improvement.id)) == 2
    room.do(change_complaint, other, {"severity": 4})
    assert row(database, Complaint, other).severity == 4
    with pytest.raises(Invalid, match="Write the answer"):
        room.do(answer, other, " ")


def test_what_is_still_heard_after_the_improvement_was_embedded_is_counted(
    room: Room,
) -> None:
    complaint_id = complained(room)
    improvement = room.do(improve, complaint_id)
    room.put(improvement.id, state=ImprovementState.EMBEDDED, since=room.now)
    assert room.ask(complaint_line, complaint_id).remaining == 0
    room.forward(days=3)
    room.do(hear, complaint_id, ComplaintSaid("Ben", room.now.date(), "Still"))
    assert room.ask(complaint_line, complaint_id).remaining == 1


def test_complaints_and_sites_that_are_not_there_are_told(room: Room) -> None:
    with pytest.raises(NotFound, match="There is no complaint 3"):
        room.do(answer, 3, "x")
    with pytest.raises(NotFound, match="There is no complaint 3"):
        room.ask(complaint_line, 3)
    with pytest.raises(NotFound, match="There is no site 3"):
        complained(room, "x", 3)

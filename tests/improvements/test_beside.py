"""Notes, costs and benefits, complaints, sites and teams."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.auth.rules import NAMES
from app.core.audit import AuditEvent
from app.core.db import Database
from app.core.errors import Invalid, NotFound, Refused
from app.core.trail import about, history
from app.improvements.actions import beside, complaints
from app.improvements.queries.complaints import complaint_line, complaint_lines
from app.improvements.rules.complaint import Heard, ranking
from app.models.improvements.complaint import Complaint
from app.models.improvements.improvement import CostBenefit, Note
from app.models.improvements.words import Defect, ImprovementNoteKind, ImprovementState, Per, Side
from app.models.people import DeskType, Site, TeamKind
from app.people import actions as places
from tests.improvements.builders import MONDAY, Room, row, rows


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"kind": ImprovementNoteKind.LEARN}, "text"),
        ({"kind": ImprovementNoteKind.PICTURE, "text": "Calm"}, "who"),
        ({"kind": ImprovementNoteKind.STAKEHOLDER, "text": "Fewer calls"}, "who"),
        ({"kind": ImprovementNoteKind.VOLUNTEER}, "who"),
        ({"kind": ImprovementNoteKind.PRACTICE, "who": "Kanban", "answer": False}, "text"),
        ({"kind": ImprovementNoteKind.LINK}, "url"),
        ({"kind": ImprovementNoteKind.PRESENTATION, "url": "javascript:alert(1)"}, "url"),
        ({"kind": "gossip", "text": "x"}, "kind"),
    ],
)
def test_a_note_that_says_too_little_is_refused_by_field(
    room: Room, draft: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        room.do(beside.add_note, room.raised(), beside.NoteDraft(**draft))
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
    note = room.do(beside.add_note, improvement_id, beside.NoteDraft(**draft))
    room.do(beside.change_note, note.id, {"text": "Said better"})
    room.do(beside.strike_note, note.id)
    room.do(beside.strike_note, note.id)
    found = row(database, Note, note.id)
    assert (found.text, found.struck_at) == ("Said better", room.now)
    told = room.ask(history, about(f"improvement:{improvement_id}"), NAMES)
    assert [event.action for event in told][:3] == [
        "note.strike",
        "note.change",
        "note.add",
    ]


def test_costs_are_planned_then_known_then_perhaps_struck(room: Room, database: Database) -> None:
    cost_id = room.cost(room.raised(), per=Per.MONTH)
    room.do(beside.change_cost, cost_id, {"actual": 15.5})
    assert row(database, CostBenefit, cost_id).actual == 15.5
    with pytest.raises(Invalid, match="from zero up"):
        room.do(beside.change_cost, cost_id, {"planned": -1})
    with pytest.raises(Invalid, match="Say what it is"):
        room.cost(1, what="")
    room.do(beside.strike_cost, cost_id)
    with pytest.raises(Refused, match="was struck out"):
        room.do(beside.change_cost, cost_id, {"actual": 1})


def complained(room: Room, title: str = "Ping-pong", *sites: int | None, **more: Any) -> int:
    said = [
        complaints.ComplaintSaid("Ada", room.now.date(), "Exact words", site)
        for site in sites or (None,)
    ]
    complaint_id = int(room.do(complaints.register, title, said[0], **more).id)
    for again in said[1:]:
        room.do(complaints.hear, complaint_id, again)
    return complaint_id


@pytest.fixture
def sites(room: Room) -> tuple[int, int]:
    drafts = (places.SiteDraft("Main house", weight=8), places.SiteDraft("Workshop", weight=2))
    return tuple(room.do(places.add_site, draft).id for draft in drafts)


def test_the_register_is_ranked_by_severity_voices_and_the_weight_of_sites(
    room: Room, sites: tuple[int, int]
) -> None:
    main, workshop = sites
    complained(room, "Quiet", None, severity=4)
    complained(room, "Loud", main, workshop, severity=2)
    complained(
        room, "Often", workshop, workshop, workshop, severity=3, defect=Defect.EXPLAINING_TWICE
    )
    lines = room.ask(complaint_lines)
    assert [line.heard.arithmetic for line in lines] == [
        "2 × (8 + 2) = 20",
        "3 × (2 + 2 + 2) = 18",
        "4 × 1 = 4",
    ]
    assert [line.title for line in room.ask(complaint_lines, defect="explaining twice")] == [
        "Often"
    ]
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
        room.do(complaints.register, title, complaints.ComplaintSaid(*said), **more)
    assert told.value.field == field


def test_a_complaint_is_answered_or_worked_on_by_one_improvement(
    room: Room, database: Database
) -> None:
    complaint_id = complained(room)
    room.do(complaints.answer, complaint_id, "We call back.")
    improvement = room.do(complaints.improve, complaint_id, "Owners")
    with pytest.raises(Invalid, match="works on this complaint already"):
        room.do(complaints.improve, complaint_id)
    line = room.ask(complaint_line, complaint_id)
    assert (line.answer, line.state, line.improvement, line.improvement_id) == (
        "We call back.",
        "in improvement",
        "Owners",
        improvement.id,
    )
    other = complained(room, "Forwarded again")
    room.do(complaints.join, other, improvement.id)
    assert len(room.ask(complaint_lines, improvement_id=improvement.id)) == 2
    room.do(complaints.change_complaint, other, {"severity": 4})
    assert row(database, Complaint, other).severity == 4
    with pytest.raises(Invalid, match="Write the answer"):
        room.do(complaints.answer, other, " ")


def test_what_is_still_heard_after_the_improvement_was_embedded_is_counted(room: Room) -> None:
    complaint_id = complained(room)
    improvement = room.do(complaints.improve, complaint_id)
    room.put(improvement.id, state=ImprovementState.EMBEDDED, since=room.now)
    assert room.ask(complaint_line, complaint_id).remaining == 0
    room.forward(days=3)
    room.do(
        complaints.hear, complaint_id, complaints.ComplaintSaid("Ben", room.now.date(), "Still")
    )
    assert room.ask(complaint_line, complaint_id).remaining == 1


def test_complaints_and_sites_that_are_not_there_are_told(room: Room) -> None:
    with pytest.raises(NotFound, match="There is no complaint 3"):
        room.do(complaints.answer, 3, "x")
    with pytest.raises(NotFound, match="There is no complaint 3"):
        room.ask(complaint_line, 3)
    with pytest.raises(NotFound, match="There is no site 3"):
        complained(room, "x", 3)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "main HOUSE"}, "name"),
        ({"weight": 0}, "weight"),
        ({"weight": 11}, "weight"),
        ({"timezone": "Mars/North"}, "timezone"),
    ],
)
def test_a_site_has_a_name_of_its_own_a_weight_and_a_zone(
    room: Room, sites: tuple[int, int], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        room.do(places.add_site, places.SiteDraft(**{"name": "New", **values}))
    assert told.value.field == field


def test_sites_are_changed_and_taken_out_of_use(
    room: Room, sites: tuple[int, int], database: Database
) -> None:
    room.do(
        places.change_site,
        sites[0],
        places.SiteDraft("Main House", "1 Harbour Street", 9, "Europe/Lisbon", "pt"),
    )
    room.do(
        places.change_site,
        sites[0],
        places.SiteDraft("Main House", "1 Harbour Street", 9, "Europe/Lisbon", "pt"),
    )
    found = row(database, Site, sites[0])
    assert (found.weight, found.timezone, found.language) == (9, "Europe/Lisbon", "pt")
    with pytest.raises(Invalid, match="There is a site Workshop already"):
        room.do(places.change_site, sites[0], places.SiteDraft("Workshop"))
    with database.write() as session:
        places.retire(session, session.get_one(Site, sites[1]), by="anna", now=room.now)
    assert [site.name for site in room.ask(places.all_sites)] == ["Main House"]
    assert len(room.ask(places.all_sites, retired=True)) == 2
    events = rows(database, select(AuditEvent).where(AuditEvent.subject == f"site:{sites[0]}"))
    assert [event.action for event in events] == ["site.add", "site.change"]
    with pytest.raises(NotFound):
        room.do(places.change_site, 99, places.SiteDraft("x"))


def test_teams_are_internal_or_external_and_some_are_desks(
    room: Room, sites: tuple[int, int]
) -> None:
    draft = places.TeamDraft("Desk", TeamKind.EXTERNAL, sites[0], DeskType.DISPATCH)
    team = room.do(places.add_team, draft)
    with pytest.raises(Invalid, match="There is a team desk already"):
        room.do(places.add_team, places.TeamDraft("desk"))
    with pytest.raises(Invalid, match="Choose a site that is there"):
        room.do(places.add_team, places.TeamDraft("Other", site_id=99))
    room.do(places.change_team, team.id, places.TeamDraft("Desk", desk=DeskType.FIRST_LEVEL))
    [found] = room.ask(places.all_teams)
    assert (found.kind, found.site_id, found.desk) == (
        TeamKind.INTERNAL,
        None,
        DeskType.FIRST_LEVEL,
    )
    with pytest.raises(NotFound):
        room.do(places.change_team, 99, places.TeamDraft("x"))
    with room.database.write() as session:
        places.retire(session, session.merge(found), by="anna", now=room.now)
    assert room.ask(places.all_teams) == []


def test_the_side_of_doing_nothing_is_no_cost_of_the_improvement(
    room: Room, database: Database
) -> None:
    room.cost(room.raised(), Side.NOTHING, planned=10)
    [kept] = rows(database, select(CostBenefit))
    assert kept.side is Side.NOTHING

"""Meetings: sessions of a kick-off, who came, what was said, what came of it, invitations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEvent
from app.core.errors import Invalid, Refused
from app.models.improvements.iteration import Finding
from app.models.improvements.task import ImprovementTask
from app.models.messages import Delivery
from app.models.sponsors.meeting import Meeting, MeetingGuest
from app.models.sponsors.words import MeetingKind, OutcomeKind, Presence, Stance
from app.sponsors.meetings import actions
from app.sponsors.meetings.actions import CameDraft, OutcomeDraft
from app.sponsors.meetings.queries import meeting_page, messages_of
from app.sponsors.stakeholders.actions import Stood, add_stakeholder
from app.sponsors.stakeholders.queries import stakeholder_page
from tests.conftest import Rung
from tests.directory.builders import a_directory, a_person
from tests.improvements.builders import MONDAY, Room
from tests.improvements.crowd.builders import mailing
from tests.pages import Pages

WORDS = "Dora fears for her budget"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def planned(room: Room, number: int, *guests: str, **values: object) -> int:
    usual = {
        "kind": MeetingKind.KICK_OFF,
        "title": "Kick-off",
        "begins_at": room.now - timedelta(hours=2),
        "minutes": 60,
    }
    made = room.do(actions.plan_meeting, number, {**usual, **values}, guests)
    return int(made.id)


def test_a_kick_off_of_two_sessions_is_planned_held_and_followed_up_in_the_browser(
    pages: Pages, room: Room
) -> None:
    number = room.raised("Calls", vision="Nobody waits", objective="Loyal customers")
    page = pages.get(f"/improvements/{number}/meetings")
    page = pages.submit(
        f"/improvements/{number}/messages", text="We restore first", audience=""
    )
    assert "We restore first" in page.root.one(id="messages").text
    page = pages.get(f"/improvements/{number}/meetings/new?kind=kick-off")
    assert "Goal: Nobody waits" in page.root.one("textarea", name="agenda").text
    page = pages.submit(
        begins_at="2026-03-02T07:00",
        audience="Managers",
        impact="Service desk: asks three questions",
        guests="Dora\nBen",
        link="https://call.example/1",
    )
    assert page.h1 == "Calls" and "2 on the list." in page.content
    assert "Service desk: asks three questions" in page.root.one(id="impact").text
    page = pages.post("/meetings/1/hold", {"there": ["1"], "message": ["1"]})
    assert "1 of 2 came." in page.content and "1 was missing: Ben." in page.content
    pages.get("/meetings/guests/1")
    came = {"presence": "was there", "feedback": "Straighten that up"}
    page = pages.submit("/meetings/guests/1?", **came)
    assert "“Straighten that up”" in page.content
    for kind, text in (("task", "Write it down"), ("finding", "Too loud")):
        pages.get("/meetings/1")
        page = pages.submit("/meetings/1/outcomes", kind=kind, text=text)
    pages.get("/meetings/1")
    page = pages.submit("/meetings/1/outcomes", kind="decision", text="We go on")
    assert "We go on" in page.root.one(id="outcomes").text
    assert "Write it down" in pages.get(f"/improvements/{number}").content
    assert "Too loud" in pages.get(f"/improvements/{number}/findings").content
    page = pages.get(f"/improvements/{number}/meetings/new?like=1")
    page = pages.submit(begins_at="2026-03-09T07:00", audience="Analysts")
    listed = pages.get(f"/improvements/{number}/meetings")
    assert [row[3] for row in listed.rows("Meetings")] == ["Analysts", "Managers"]
    assert "said in 1 meeting" in listed.root.one(id="messages").text
    assert "Analysts" in pages.get("/meetings?text=analysts").content
    ical = pages.get("/meetings/2.ics").html
    assert "BEGIN:VCALENDAR" in ical and "UID:meeting-2@" in ical
    pages.get("/meetings/2/edit")
    assert "Room 1" in pages.submit(place="Room 1").content
    assert "cancelled" in pages.post("/meetings/2/cancel", {}).content
    assert pages.post("/meetings/2/delete", {}).told.startswith("Deleted for good")


def test_who_may_not_know_sees_no_meeting(app: Flask, room: Room) -> None:
    number = room.raised()
    planned(room, number, "Dora", title="Talk with Dora")
    reader = Pages(app).as_operator("rita", permissions=("read", "improve"))
    for address in ("/meetings", "/meetings/1", "/meetings/1.ics"):
        reader.get(address, status=403)
    reader.get(f"/improvements/{number}/meetings", status=403)
    assert "Talk with Dora" not in reader.get(f"/improvements/{number}").html


def test_who_was_there_winds_the_clock_of_a_sponsor_and_excuses_are_kept(
    room: Room,
) -> None:
    number = room.raised()
    values = {"name": "Dora", "is_sponsor": True}
    dora = room.do(add_stakeholder, number, values, Stood(Stance.NEUTRAL)).id
    meeting = planned(room, number, "Dora", "dora", "Ben", "Eva")
    guests = room.ask(meeting_page, meeting).guests
    assert [guest.name for guest in guests] == ["Dora", "Ben", "Eva"]
    room.do(actions.note_presence, guests[1].id, CameDraft(Presence.EXCUSED))
    room.do(actions.hold_meeting, meeting, {guests[0].id}, ())
    came = [one.presence for one in room.ask(meeting_page, meeting).guests]
    assert came == [Presence.THERE, Presence.EXCUSED, Presence.MISSING]
    page = room.ask(stakeholder_page, dora, MONDAY.date())
    assert page.line.clock.words == "heard today"
    room.do(actions.hold_meeting, meeting, {guests[0].id}, ())
    assert len(room.ask(stakeholder_page, dora, MONDAY.date()).contacts) == 1


def test_an_invitation_goes_over_the_board_and_says_who_was_told(
    pages: Pages, room: Room
) -> None:
    mailing(room, pages)
    with pages.parts.database.write() as session:
        a_person(session, a_directory(session), "ada", name="Ada", mail="ada@x.example")
    number = room.raised()
    soon = pages.parts.now() + timedelta(days=2)
    meeting = planned(room, number, "Ada", "Ben", begins_at=soon, agenda="Goal")
    page = pages.post(f"/meetings/{meeting}/invite", {})
    assert page.told == "The invitation is on its way."
    assert "told 0 of 2" in page.content
    rows = room.ask(lambda session: session.scalars(select(Delivery)).all())
    assert {row.address for row in rows} >= {"ada@x.example"}
    assert {row.name for row in rows} == {"Ada", "Ben"}
    with pytest.raises(Refused):
        room.do(actions.hold_meeting, meeting, (), ())


def test_outcomes_become_findings_and_tasks_that_outlive_the_meeting(
    room: Room,
) -> None:
    number = room.raised()
    meeting = planned(room, number, "Dora", notes=WORDS)
    for kind in OutcomeKind:
        room.do(actions.add_outcome, meeting, OutcomeDraft(kind, f"A {kind}", "anna"))
    with pytest.raises(Invalid):
        room.do(actions.add_outcome, meeting, OutcomeDraft(OutcomeKind.TASK, " "))
    said = room.do(actions.add_message, number, "We restore first").id
    room.do(actions.hold_meeting, meeting, (), {said, 99})
    assert [line.said for line in room.ask(messages_of, number)] == [1]
    room.do(actions.delete_meeting, meeting)
    for kind, left in (
        (Meeting, 0),
        (MeetingGuest, 0),
        (Finding, 1),
        (ImprovementTask, 1),
    ):
        assert room.ask(lambda s, k=kind: s.scalar(select(func.count(k.id)))) == left
    trail = room.ask(lambda session: session.scalars(select(AuditEvent)).all())
    told = " ".join(f"{e.label} {e.before} {e.after}" for e in trail)
    assert WORDS not in told and "Dora" not in told


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"begins_at": None}, "begins_at"),
        ({"minutes": 5000}, "minutes"),
    ],
)
def test_a_meeting_without_title_or_time_is_refused(
    room: Room, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        planned(room, room.raised(), **values)
    assert refused.value.field == field


def test_meetings_on_the_command_line(rung: Rung, room: Room) -> None:
    number = room.raised()
    planned(room, number, "Dora")
    (one,) = rung("meeting", "list", str(number), "--json").json["meetings"]
    assert (one["kind"], one["invited"], one["state"]) == ("kick-off", 1, "planned")
    assert "kick-off: Kick-off (planned)" in rung("meeting", "list").out
    assert "BEGIN:VEVENT" in rung("meeting", "ical", "1").out
    assert rung("meeting", "list", "99").code == 1

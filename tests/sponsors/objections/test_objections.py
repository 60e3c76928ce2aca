"""Objections are kept in their words, followed up, and closed by an answer that holds alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEvent
from app.core.errors import Invalid, Refused
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.merging.actions import merge
from app.models.sponsors.objection import Objection
from app.models.sponsors.words import (
    AnsweredWith,
    Barrier,
    ObjectionState,
    SponsorAnswerKind,
    Stance,
)
from app.sponsors.objections import actions
from app.sponsors.objections.actions import ObjectionDraft
from app.sponsors.objections.queries import objections_of, open_objections
from app.sponsors.objections.rules import Rests, rests_on
from app.sponsors.said.actions import SponsorReader, SponsorSays, say
from app.sponsors.stakeholders.actions import Stood, add_stakeholder
from app.sponsors.stakeholders.queries import stakeholder_page
from tests.conftest import Rung
from tests.improvements.builders import MONDAY, Room, rows
from tests.pages import Pages

MAIL = "You could just send an e-mail"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def said(room: Room, number: int, words: str = MAIL, **more: object) -> int:
    return int(room.do(actions.add_objection, number, ObjectionDraft(words, **more)).id)


def test_an_objection_is_written_down_and_answered_by_a_finding_in_the_browser(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    finding = room.do(raise_finding, number, FindingDraft("Nobody read the mail")).id
    pages.get(f"/improvements/{number}/objections/new")
    page = pages.submit(words=MAIL, who="Ben", barrier="awareness")
    assert MAIL in page.h1 and "missing first: awareness" in page.content
    page = pages.submit("/objections/1/answer", status=422)
    assert page.errors
    pages.get("/objections/1")
    page = pages.submit(
        "/objections/1/answer",
        record=f"finding:{finding}",
        answer="We did; three of 300 changed",
    )
    assert "We did; three of 300 changed" in page.content
    assert page.root.all("a", href=f"/findings/{finding}")
    listed = pages.get(f"/improvements/{number}/objections")
    assert "answered" in listed.rows("Objections")[0][4]
    assert MAIL in pages.get("/objections?text=send").content
    assert MAIL not in pages.get("/objections?state=open").content
    assert MAIL in pages.get(f"/objections.csv?improvement={number}").html
    assert "to be taken up on" in pages.post("/objections/1/reopen", {}).content
    pages.get("/objections/1/edit")
    assert "Carla" in pages.submit(who="Carla").content
    assert pages.post("/objections/1/delete", {}).told.startswith("Deleted for good")


def test_nothing_is_closed_without_an_answer_of_its_own_improvement(room: Room) -> None:
    number, other = room.raised(), room.raised("Chat")
    foreign = room.do(raise_finding, other, FindingDraft("Chat is slow")).id
    there = said(room, number)
    for rests, answer in (
        (Rests(), " "),
        (None, "Because"),
        (Rests(AnsweredWith.FINDING, foreign), "Because"),
    ):
        with pytest.raises(Invalid):
            room.do(actions.answer_objection, there, rests, answer)
    assert room.ask(open_objections, number) == 1
    metric = room.metric(number)
    rests = Rests(AnsweredWith.MEASUREMENT, metric)
    row = room.do(actions.answer_objection, there, rests, "It fell to 30 minutes")
    assert (row.state, row.metric_id) == (ObjectionState.ANSWERED, metric)
    with pytest.raises(Refused):
        room.do(actions.answer_objection, there, rests, "Again")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("", Rests()),
        ("finding:7", Rests(AnsweredWith.FINDING, 7)),
        ("metric:1", Rests(AnsweredWith.MEASUREMENT, 1)),
        ("decision:2", Rests(AnsweredWith.DECISION, 2)),
        ("conversation:2", None),
        ("finding:x", None),
    ],
)
def test_what_an_answer_rests_on_is_read(record: str, expected: Rests | None) -> None:
    assert rests_on(record) == expected


def test_a_conversation_winds_the_clock_of_the_stakeholder(room: Room) -> None:
    number = room.raised()
    values = {"name": "Dora Director"}
    dora = room.do(add_stakeholder, number, values, Stood(Stance.RESISTANT)).id
    there = said(room, number, stakeholder_id=dora, barrier=Barrier.DESIRE)
    row = room.do(actions.answer_objection, there, Rests(), "She wants figures")
    assert row.who == "Dora Director" and row.contact_id
    page = room.ask(stakeholder_page, dora, MONDAY.date())
    assert page.contacts[0].result == "She wants figures"


def test_an_objection_on_the_status_page_is_written_down_and_twice_counts_once(
    app: Flask, pages: Pages, room: Room
) -> None:
    room.now = pages.parts.now()
    number = room.raised()
    for _ in range(2):
        reader = SponsorReader("Dora", decides=False, link_id=None)
        objects = SponsorSays(SponsorAnswerKind.OBJECTS, number, MAIL)
        room.do(say, reader, objects)
    assert room.ask(open_objections, number) == 1
    (line,) = room.ask(objections_of, number)
    assert line.row.by_link and (line.row.who, line.row.words) == ("Dora", MAIL)
    assert "written by themselves" in pages.get(f"/objections/{line.row.id}").content
    other = Pages(app).as_operator("rita", permissions=("read", "improve"))
    other.get(f"/objections/{line.row.id}", status=403)
    other.get("/objections", status=403)


def test_an_objection_waits_on_today_when_it_is_to_be_taken_up(
    pages: Pages, room: Room
) -> None:
    room.now = pages.parts.now() - timedelta(days=3)
    number = room.raised()
    soon = pages.parts.now().date() + timedelta(days=1)
    said(room, number, "Too dear", follow_up=soon, owner="olga")
    said(room, number, MAIL, follow_up=soon - timedelta(days=1), owner="olga")
    waits = pages.get("/").root.one(id="waits").text
    assert MAIL in waits and "Too dear" not in waits


def test_a_deleted_objection_is_gone_and_the_trail_never_held_it(room: Room) -> None:
    number = room.raised()
    there = said(room, number, who="Dora")
    room.do(actions.answer_objection, there, Rests(), "Her budget is safe")
    room.do(actions.delete_objection, there)
    assert not room.ask(lambda s: s.scalar(select(func.count(Objection.id))))
    trail = room.ask(lambda session: session.scalars(select(AuditEvent)).all())
    told = " ".join(f"{e.label} {e.before} {e.after} {e.reason}" for e in trail)
    assert not any(words in told for words in (MAIL, "Dora", "budget"))


def test_objections_on_the_command_line(rung: Rung, room: Room) -> None:
    number = room.raised()
    there = said(room, number, who="Ben")
    (one,) = rung("objection", "list", str(number), "--json").json["objections"]
    assert (one["who"], one["words"], one["state"]) == ("Ben", MAIL, "open")
    assert rung("objection", "list").out == (
        f"1 Ben: “{MAIL}” (open, taken up on 2026-03-09)\n"
    )
    room.do(actions.answer_objection, there, Rests(), "We did")
    assert rung("objection", "list").out == "Nothing is open.\n"
    assert rung("objection", "list", "--all", "--json").json["objections"]
    assert rung("objection", "list", "99").code == 1


def test_who_said_what_goes_along_when_an_improvement_goes_into_another(
    room: Room,
) -> None:
    one, into = room.raised("Chat"), room.raised("A chat for all")
    room.do(actions.add_objection, one, ObjectionDraft(MAIL, "Renate Vogt"))
    stood = Stood(Stance.RESISTANT)
    room.do(add_stakeholder, one, {"name": "Renate Vogt"}, stood)
    room.do(merge, one, into)
    assert [row.row.words for row in room.ask(objections_of, into)] == [MAIL]
    assert room.ask(objections_of, one) == []
    event = select(AuditEvent).where(AuditEvent.action == "stakeholder.merge")
    [told] = rows(room.database, event)
    assert MAIL not in str(vars(told)) and "Renate" not in str(vars(told))

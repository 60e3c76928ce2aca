"""Visits: planned, due on Today, held; what was heard becomes something; known to few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEvent
from app.core.errors import Invalid, Refused
from app.models.improvements.iteration import Finding
from app.models.people import Site
from app.models.sponsors.objection import Objection
from app.models.sponsors.visit import Visit, VisitHeard
from app.models.sponsors.words import HeardKind, Stance, VisitState
from app.sponsors.stakeholders.actions import Stood, add_stakeholder
from app.sponsors.stakeholders.queries import stakeholder_page
from app.sponsors.visits import actions
from app.sponsors.visits.actions import HeardDraft, VisitDraft
from app.sponsors.visits.queries import not_visited
from tests.conftest import Rung
from tests.improvements.builders import Room, row, rows
from tests.pages import Pages

HEARD = "The form takes us ten minutes"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def planned(room: Room, whom: str = "Accounting", **more: object) -> int:
    """Plan a visit for today; its number."""
    made: Visit = room.do(actions.plan_visit, VisitDraft(room.now.date(), whom, **more))
    return made.id


def a_site(room: Room, name: str) -> int:
    with room.database.write() as session:
        made = Site(name=name, created_at=room.now)
        made.audited = False  # a test's own site needs no event
        session.add(made)
        session.flush()
        return made.id


def test_a_visit_is_planned_held_and_what_was_heard_becomes_something(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    today = f"{pages.parts.now().date()}"
    pages.get("/visits/new")
    page = pages.submit("/visits/new", whom="Accounting", day=today, why="To listen")
    assert page.told == "Planned. It stands on Today when it is due."
    assert "Go to Accounting" in pages.get("/").content
    pages.get("/visits/1")
    page = pages.submit("/visits/1/hold", **{"held-heard": HEARD})
    assert HEARD in page.content
    assert "Go to Accounting" not in pages.get("/").content
    for kind in HeardKind:
        draft = HeardDraft(kind, f"{HEARD}: {kind}", number)
        room.do(actions.add_heard, 1, draft)
    for became in (Finding, Objection, VisitHeard):
        count = select(func.count()).select_from(became)
        assert room.ask(lambda session, one=count: session.scalar(one))
    assert f"{HEARD}: objection" in pages.get("/visits/1").content


def test_a_stakeholder_who_was_visited_counts_as_heard(room: Room) -> None:
    number = room.raised()
    dora = room.do(add_stakeholder, number, {"name": "Dora"}, Stood(Stance.NEUTRAL)).id
    there = planned(room, "", stakeholder_id=dora)
    assert row(room.database, Visit, there).whom == "Dora"
    room.do(actions.hold_visit, there, None, HEARD)
    page = room.ask(stakeholder_page, dora, room.now.date())
    assert [one.result for one in page.contacts] == [HEARD]
    with pytest.raises(Refused):
        room.do(actions.hold_visit, there, None, HEARD)


def test_sites_nobody_went_to_for_long_are_listed_the_longest_first(room: Room) -> None:
    bern, lyon = a_site(room, "Bern"), a_site(room, "Lyon")
    there = planned(room, "", site_id=bern)
    room.do(actions.hold_visit, there, room.now.date() - timedelta(days=40), HEARD)
    today = room.now.date()
    assert [one.id for one in room.ask(not_visited, today, 90)] == [lyon]
    assert [one.name for one in room.ask(not_visited, today, 30)] == ["Lyon", "Bern"]


def test_what_is_missing_is_said_at_the_field(pages: Pages, room: Room) -> None:
    pages.get("/visits/new")
    page = pages.submit("/visits/new", why="To listen", status=422)
    assert page.errors and "To listen" in page.content
    with pytest.raises(Invalid):
        planned(room, " ")
    there = planned(room)
    with pytest.raises(Invalid):
        room.do(actions.hold_visit, there, None, " ")
    with pytest.raises(Refused):
        room.do(actions.add_heard, there, HeardDraft(HeardKind.TASK, HEARD, 1))


def test_a_visit_is_known_to_few_and_deleted_for_good(
    app: Flask, pages: Pages, room: Room
) -> None:
    there = planned(room)
    room.do(actions.hold_visit, there, None, HEARD)
    other = Pages(app).as_operator("rita", permissions=("read", "improve", "desk"))
    for way in ("/visits", f"/visits/{there}", "/visits/new"):
        other.get(way, status=403)
    pages.get(f"/visits/{there}")
    page = pages.post(f"/visits/{there}/delete")
    assert page.told == "Deleted for good, with everything that was noted."
    assert not rows(room.database, select(Visit))
    told = " ".join(
        f"{one.label} {one.before} {one.after}"
        for one in rows(room.database, select(AuditEvent))
    )
    assert "visit" in told and HEARD not in told and "Accounting" not in told


def test_visits_at_the_terminal(rung: Rung, room: Room) -> None:
    a_site(room, "Lyon")
    there = planned(room)
    found = rung("visit", "list", "--json").json
    assert [one["whom"] for one in found["visits"]] == ["Accounting"]
    assert found["not visited"] == [{"site": "Lyon", "last": None}]
    assert "not visited: Lyon, last never" in rung("visit", "list").out
    room.do(actions.cancel_visit, there)
    assert rung("visit", "list", "--json").json["visits"] == []
    (one,) = rung("visit", "list", "--all", "--json").json["visits"]
    assert one["state"] == VisitState.CANCELLED
    assert rung("visit", "list", "--days", "0").code == 2

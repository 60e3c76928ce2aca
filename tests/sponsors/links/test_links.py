"""Links to the status: given, listed, taken back; what opens one changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.errors import Invalid
from app.messages.requester_links import status_address
from app.models.sponsors.link import StatusLink
from app.sponsors.links.actions import StatusLinkDraft, give_status_link
from tests.conftest import Rung
from tests.improvements.builders import Room, row, rows
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def address(pages: Pages, number: int = 1) -> str:
    link = row(pages.parts.database, StatusLink, number)
    whole = status_address(pages.parts.settings, link)
    return whole[whole.index("/s/") :]


def test_a_link_is_given_copied_and_taken_back_and_says_so_kindly(pages: Pages) -> None:
    pages.get("/status/links/new")
    page = pages.submit("/status/links/new", for_whom="Sam Sponsor")
    assert page.told == "There is a link to give; copy it here."
    there = address(pages)
    assert there in page.content
    visitor = Pages(pages.app)
    page = visitor.get(there)
    assert page.h1 == "How it stands"
    assert "Nobody counts who opens this page" in page.content
    pages.get("/status/links")
    pages.post("/status/links/1/revoke")
    pages.post("/status/links/1/revoke")
    page = visitor.get(there, status=410)
    assert page.h1 == "This link has ended"
    assert "It was taken back." in page.content
    assert "Nothing you answered is lost." in page.content
    labels = [one.action for one in rows(pages.parts.database, select(AuditEvent))]
    assert labels.count("status-link.revoke") == 1


def test_a_link_closes_when_its_giver_may_read_no_more(pages: Pages) -> None:
    pages.get("/status/links/new")
    pages.submit("/status/links/new", for_whom="Sam")
    there, visitor = address(pages), Pages(pages.app)
    assert visitor.get(there).h1 == "How it stands"
    pages.as_operator(permissions=())
    page = visitor.get(there, status=410)
    assert "does not look after this any more" in page.content


@pytest.mark.parametrize("days", [-1, 400])
def test_a_link_opens_to_a_day_that_comes_within_a_year(room: Room, days: int) -> None:
    day = room.now.date() + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        room.do(give_status_link, StatusLinkDraft("Sam", until=day))
    assert refused.value.field == "until"


def test_whoever_opens_or_scans_a_link_leaves_no_trace(pages: Pages) -> None:
    pages.get("/status/links/new")
    pages.submit("/status/links/new", for_whom="Sam")
    there, visitor = address(pages), Pages(pages.app)
    before = len(rows(pages.parts.database, select(AuditEvent)))
    for ask in (visitor.client.get, visitor.client.head, visitor.client.options):
        assert ask(there).status_code == 200
    assert visitor.client.get(there.replace(".", ".A", 1)).status_code == 404
    assert len(rows(pages.parts.database, select(AuditEvent))) == before


def test_the_secret_of_a_link_stands_in_no_trail(pages: Pages) -> None:
    pages.get("/status/links/new")
    pages.submit("/status/links/new", for_whom="Sam")
    mark = row(pages.parts.database, StatusLink, 1).mark
    events = rows(pages.parts.database, select(AuditEvent))
    assert all(mark not in f"{one.before}{one.after}{one.label}" for one in events)


def test_a_link_begins_in_the_language_of_who_gives_it(pages: Pages) -> None:
    chosen = pages.get("/status/links/new").root.one(id="language")
    marked = [one.attrs for one in chosen.all("option") if "selected" in one.attrs]
    assert [one["value"] for one in marked] == ["en_GB"]


def test_a_link_is_given_and_taken_back_at_the_terminal(rung: Rung, app: Flask) -> None:
    made = rung("status", "link", "Sam Sponsor", "--only-reads", "--json").json
    assert (made["link"], made["for"], made["decides"]) == (1, "Sam Sponsor", False)
    there = made["address"][made["address"].index("/s/") :]
    assert Pages(app).get(there).h1 == "How it stands"
    (one,) = rung("status", "links", "--json").json["links"]
    assert (one["for"], one["shows"]) == ("Sam Sponsor", "everything")
    assert rung("status", "revoke", "1", "--json").json == {"link": 1, "revoked": True}
    Pages(app).get(there, status=410)
    assert rung("status", "revoke", "99").code == 1
    assert rung("status", "link", "Sam", "--improvement", "99").code == 1
    assert rung("status", "link", " ").code == 1
    assert rung("status", "link").code == 2
    assert rung("status", "link", "Sam", "--until", "soon").code == 2


def test_the_status_is_said_at_the_terminal(rung: Rung, room: Room) -> None:
    number, metric = room.begun("Chat for all")
    room.scaled(number, metric, "Ada")
    shown = rung("status", "show", "--json").json
    assert [one["title"] for one in shown["improvements"]] == ["Chat for all"]
    assert "Chat for all: " in rung("status", "show", "--improvement", str(number)).out
    assert rung("status", "show", "--improvement", "99").code == 1
    assert rung("status", "show", "--improvement", "none").code == 2

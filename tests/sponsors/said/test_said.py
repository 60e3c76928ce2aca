"""What is answered on the status page: once, under a name, and replied to."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.waiting import Wait, Waiter, waiting_for
from app.improvements.case.queries import asked_now
from app.models.improvements.improvement import CaseAsk
from app.models.sponsors.link import SponsorAnswer
from tests.acting import USUAL
from tests.improvements.builders import Room, rows
from tests.pages import Page, Pages
from tests.sponsors.builders import a_link, asks


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna", permissions=("read", "improve"))


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def number(room: Room) -> int:
    found, _metric = room.begun(owner="anna")
    asks(room, found)
    return found


def tap(visitor: Pages, there: str, kind: str, words: str = "") -> Page:
    visitor.get(there)
    return visitor.submit(there, kind=kind, words=words)


def seal_on(page: Page) -> str:
    """Return what stands for the words that were read."""
    found: str = page.form().one("input", name="seal").attrs["value"]
    return found


def answers(room: Room) -> list[SponsorAnswer]:
    return rows(room.database, select(SponsorAnswer).order_by(SponsorAnswer.id))


def test_one_tap_decides_what_was_read_once_and_under_a_name(
    app: Flask, pages: Pages, room: Room, number: int
) -> None:
    there, visitor = a_link(app, room), Pages(app)
    page = visitor.get(there)
    assert "Shall all 300 get it?" in page.content
    seal = seal_on(page)
    page = tap(visitor, there, "yes", "From May on.")
    assert page.told == "Thank you. It is passed on under your name."
    [asked] = rows(room.database, select(CaseAsk))
    assert (asked.answer, asked.answered_by) == (
        "Yes. From May on.",
        "Sam Sponsor (by link)",
    )
    sent = {"kind": "yes", "about": number, "seal": seal}
    visitor.post(there, sent)
    assert len(answers(room)) == 1
    page = visitor.post(there, sent | {"kind": "no"}, status=409)
    assert "What is asked changed meanwhile" in page.content
    assert "you said yes. “From May on.”" in visitor.get(there).text


def test_a_yes_counts_for_the_words_that_were_read(
    app: Flask, room: Room, number: int
) -> None:
    there, visitor = a_link(app, room), Pages(app)
    seal = seal_on(visitor.get(there))
    asks(room, number, "Shall all 3,000 get it?")
    sent = {"kind": "yes", "about": number, "seal": seal}
    page = visitor.post(there, sent, status=409)
    assert "please read it again" in page.content
    assert room.ask(asked_now, number) is not None


def test_who_only_reads_decides_nothing_but_may_object(
    app: Flask, room: Room, number: int
) -> None:
    there, visitor = a_link(app, room, decides=False), Pages(app)
    page = visitor.get(there)
    seal = seal_on(page)
    assert not page.root.all("button", value="yes")
    visitor.post(there, {"kind": "yes", "about": number, "seal": seal}, status=409)
    tap(visitor, there, "objects", "You could just send an e-mail.")
    [one] = answers(room)
    assert (one.kind, one.words) == ("objects", "You could just send an e-mail.")


def test_an_objection_counts_once_waits_for_the_owner_and_is_replied_to(
    app: Flask, pages: Pages, room: Room, number: int
) -> None:
    there, visitor = a_link(app, room), Pages(app)
    tap(visitor, there, "objects", "Too early.")
    tap(visitor, there, "objects", "Too early.")
    tap(visitor, there, "objects", "And too dear.")
    [one] = answers(room)
    assert one.words == "Too early.\n\nAnd too dear."
    with room.database.read() as session:
        who = Waiter(1, "anna", ("read", "improve"), room.now, USUAL)
        lines = list(waiting_for(session, who).lines)
    [line] = [line for line in lines if line.wait is Wait.SPONSOR]
    assert str(line.what) == "Sam Sponsor objects"
    pages.get(line.page)
    assert pages.submit(line.page, reply="", status=422).errors
    page = pages.submit(line.page, reply="It starts in May, with five people.")
    assert "It starts in May, with five people." in page.content
    assert "It starts in May, with five people." in visitor.get(there).content
    tap(visitor, there, "objects", "Still.")
    assert len(answers(room)) == 2


def test_what_one_sponsor_said_no_other_reads(
    app: Flask, room: Room, number: int
) -> None:
    mine, other = a_link(app, room), a_link(app, room, "Olga Other")
    tap(Pages(app), mine, "asks", "Is my own team touched?")
    assert "Is my own team touched?" not in Pages(app).get(other).content


def test_a_link_to_one_improvement_answers_about_no_other(
    app: Flask, room: Room, number: int
) -> None:
    there, visitor = a_link(app, room, improvement_id=number), Pages(app)
    other = room.raised("Something secret")
    page = visitor.get(there)
    assert "Something secret" not in page.content
    visitor.post(there, {"kind": "objects", "about": other}, status=404)
    visitor.post(there, {"kind": "shouts", "about": number}, status=422)
    assert not answers(room)


def test_what_opens_or_scans_an_answer_changes_nothing(
    app: Flask, room: Room, number: int
) -> None:
    there, visitor = a_link(app, room), Pages(app)
    before = len(rows(room.database, select(AuditEvent)))
    for ask in (visitor.client.get, visitor.client.head, visitor.client.options):
        for query in ("", "?kind=yes", "?kind=objects&about=1"):
            assert ask(there + query).status_code == 200
    assert len(rows(room.database, select(AuditEvent))) == before
    assert room.ask(asked_now, number) is not None

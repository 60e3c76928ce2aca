"""Links of people in a rung: who answers what, once, and what becomes of it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Select, select

from app.core.audit import AuditEvent
from app.core.errors import Invalid, NotFound, Refused
from app.improvements.answers.actions import (
    LinkLetter,
    give_links,
    revoke_link,
    says_not,
    says_works,
    send_links,
)
from app.improvements.answers.queries import answer_page
from app.improvements.answers.rules import LINK_LASTS
from app.improvements.people import actions as people_actions
from app.improvements.rungs import closing
from app.messages.requester_links import answer_token, with_answer_link
from app.models.improvements.iteration import Finding, Participation
from app.models.improvements.words import FindingKind, FindingState, ParticipationState
from app.models.messages import Delivery, Message
from tests.acting import USUAL
from tests.improvements.builders import Room, row, rows
from tests.improvements.crowd.builders import a_crowd, leave, mailing, rows_of
from tests.pages import Pages

PS = ParticipationState
SECRET = "of the test"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def rung(room: Room) -> int:
    return room.running(*room.begun(), "Ada")


@pytest.fixture
def ada(room: Room, rung: int) -> int:
    [number] = room.people(rung)
    room.do(give_links, rung, [number])
    room.do(people_actions.move, number, PS.SWITCHED)
    return number


def link(room: Room, pages: Pages, number: int) -> str:
    person = row(room.database, Participation, number)
    return f"/p/{answer_token(pages.parts.settings.secret_key, person)}"


def as_visitor(pages: Pages) -> Pages:
    return Pages(pages.app)


def findings(room: Room) -> list[Finding]:
    with room.database.read() as session:
        return list(session.query(Finding).order_by(Finding.id))


def test_one_tap_says_that_it_works_and_twice_counts_once(
    pages: Pages, room: Room, ada: int
) -> None:
    visitor, there = as_visitor(pages), link(room, pages, ada)
    page = visitor.get(there)
    assert "The caller is found before the first question" in page.content
    page = visitor.submit(f"{there}/works")
    assert page.told == "Thank you: it works for you."
    before = row(room.database, Participation, ada)
    assert (before.state, before.accepted_by) == (PS.ACCEPTED, "Ada (by link)")
    visitor.post(f"{there}/works")
    assert row(room.database, Participation, ada).accepted_at == before.accepted_at
    events = [
        (one.actor, one.label)
        for one in rows(room.database, _events())
        if one.action == "participation.says-works"
    ]
    assert events == [("Ada (by link)", "Ada in rung 1: it works")]


def _events() -> Select[AuditEvent]:
    return select(AuditEvent)


def test_what_opens_or_scans_the_link_changes_nothing(
    pages: Pages, room: Room, ada: int
) -> None:
    there, visitor = link(room, pages, ada), as_visitor(pages)
    before = len(rows(room.database, _events()))
    for address in (there, f"{there}/works", f"{there}/not"):
        for ask in (visitor.client.get, visitor.client.head, visitor.client.options):
            assert ask(address).status_code in (200, 405)
    assert row(room.database, Participation, ada).state is PS.SWITCHED
    assert len(rows(room.database, _events())) == before


def test_it_does_not_becomes_one_finding_with_their_words(
    pages: Pages, room: Room, ada: int
) -> None:
    visitor, there = as_visitor(pages), link(room, pages, ada)
    visitor.get(there)
    page = visitor.submit(f"{there}/not", words="The pop-up hides the number.")
    assert page.told == "Thank you: somebody looks at it."
    visitor.post(f"{there}/not", {"words": "The pop-up hides the number."})
    visitor.post(f"{there}/not", {"words": "And it is slow."})
    [found] = findings(room)
    assert (found.title, found.kind) == ("It does not work for Ada", FindingKind.FIX)
    assert found.text == "The pop-up hides the number.\n\nAnd it is slow."
    assert found.participation_id == ada and found.state is FindingState.OPEN
    assert row(room.database, Participation, ada).says_works is False


def test_who_said_that_it_works_may_think_again(room: Room, ada: int) -> None:
    room.do(says_works, ada)
    room.do(says_not, ada, "It broke on Tuesday")
    person = row(room.database, Participation, ada)
    assert (person.state, person.accepted_at) == (PS.SWITCHED, None)
    room.do(says_works, ada)
    assert row(room.database, Participation, ada).state is PS.ACCEPTED


def test_an_answer_while_somebody_is_observed_is_kept_and_waits(room: Room) -> None:
    rung = room.running(*room.begun(), "Ada", observe_days=5)
    [number] = room.people(rung)
    room.do(people_actions.move, number, PS.SWITCHED)
    room.do(give_links, rung, [number])
    room.do(says_works, number)
    person = row(room.database, Participation, number)
    assert (person.state, person.says_works) == (PS.SWITCHED, True)
    room.forward(days=6)
    room.do(says_works, number)
    assert row(room.database, Participation, number).state is PS.ACCEPTED


@pytest.mark.parametrize("why", ["forged", "revoked", "expired", "left out"])
def test_a_link_that_leads_nowhere_says_so_kindly(
    pages: Pages, room: Room, rung: int, clock, why: str
) -> None:
    [number] = room.people(rung)
    room.do(give_links, rung, [number])
    there = link(room, pages, number)
    if why == "forged":
        there = f"{there[:-6]}forged"
    elif why == "revoked":
        room.do(revoke_link, number)
    elif why == "left out":
        room.do(people_actions.leave_out, number, "No")
    else:
        clock.forward(days=LINK_LASTS.days + 1)
    visitor = as_visitor(pages)
    page = visitor.get(there, status=404)
    assert "This link leads nowhere any more." in page.text


def test_a_rung_that_has_not_begun_or_is_over_takes_no_answer(
    pages: Pages, room: Room
) -> None:
    rung = room.planned(*room.begun(), "Ada")
    [number] = room.people(rung)
    room.do(give_links, rung, [number])
    with pytest.raises(Refused, match="not begun yet"):
        room.do(says_works, number)
    assert "has not begun yet" in as_visitor(pages).get(link(room, pages, number)).text
    room.do(closing.abort, rung, "Enough")
    with pytest.raises(Refused, match="This is over"):
        room.do(says_not, number, "x")
    with pytest.raises(Refused, match="nobody is asked any more"):
        room.do(give_links, rung, [number])


def test_too_many_words_are_refused_and_nothing_is_lost(
    pages: Pages, room: Room, ada: int
) -> None:
    visitor, there = as_visitor(pages), link(room, pages, ada)
    visitor.get(there)
    page = visitor.post(f"{there}/not", {"words": "x" * 4001}, status=422)
    assert "At most 4000 characters" in page.content
    assert page.root.one("textarea").text == "x" * 4001


def test_the_page_speaks_the_language_of_the_visitor(
    pages: Pages, room: Room, ada: int
) -> None:
    client = pages.app.test_client()
    found = client.get(
        link(room, pages, ada), headers={"Accept-Language": "de-DE,de;q=0.9"}
    )
    assert "Es funktioniert bei mir" in found.text


def letter(text: str = "Does it work?\n{link}") -> LinkLetter:
    return LinkLetter("Does it work?", text, "Anna Berg")


def test_everybody_who_has_not_answered_gets_a_link_of_their_own(
    pages: Pages, room: Room
) -> None:
    mailing(room, pages)
    rung = a_crowd(room, 4)
    leave(room, "lyon0003")
    room.everybody(rung, PS.SWITCHED)
    done = rows_of(room, rung)[1]
    room.do(people_actions.move, done.id, PS.ACCEPTED, confirmed_by="Ada")
    sent = room.do(send_links, rung, letter())
    assert sent.asked == 3
    with room.database.read() as session:
        [message] = session.query(Message)
        found = list(session.query(Delivery).order_by(Delivery.id))
        texts = {
            with_answer_link(session, one.recipient, message.text, USUAL)
            for one in found
        }
    assert "{link}" in message.text and "/p/" not in message.text
    assert len(texts) == 3 and all("/p/" in text for text in texts)
    assert all(one.link_sent_at == room.now for one in rows_of(room, rung)[2:4])


def test_links_are_not_sent_where_no_channel_reaches_people(
    room: Room, rung: int
) -> None:
    with pytest.raises(Invalid, match="No channel reaches people one by one"):
        room.do(send_links, rung, letter())
    assert rows_of(room, rung)[0].link_mark == ""


def test_the_letter_is_read_before_it_is_sent(
    pages: Pages, room: Room, rung: int
) -> None:
    mailing(room, pages)
    page = pages.get(f"/iterations/{rung}/people/letter")
    assert "1 person has not said yet whether it works." in page.content
    page = pages.submit()
    assert page.told.startswith("The link goes to 1 person.")


def test_one_link_is_made_copied_and_revoked(
    pages: Pages, room: Room, rung: int
) -> None:
    [number] = room.people(rung)
    pages.get(f"/participants/{number}")
    page = pages.submit(f"/participants/{number}/link")
    address = page.root.one("code", id="participant-link").text
    visitor = as_visitor(pages)
    assert visitor.get(urlsplit(address).path).status == 200
    pages.submit(f"/participants/{number}/link/revoke")
    visitor.get(urlsplit(address).path, status=404)


def test_a_link_opens_for_nobody_else(room: Room, pages: Pages, ada: int) -> None:
    with pytest.raises(NotFound):
        room.ask(
            answer_page, SECRET, link(room, pages, ada).removeprefix("/p/"), room.now
        )

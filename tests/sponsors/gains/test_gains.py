"""What each audience gains, said once and used in meetings, letters and the status."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid
from app.models.messages import Message
from app.models.sponsors.stakeholder import StakeholderContact
from app.models.sponsors.words import ContactKind, Stance, WhomFor
from app.sponsors.gains import actions
from app.sponsors.gains.queries import gains_page
from app.sponsors.gains.rules import WrittenFacts, WrittenForm
from app.sponsors.meetings.queries import messages_of
from app.sponsors.primers.actions import LinkDraft, add_link
from app.sponsors.stakeholders.actions import Stood, add_stakeholder
from tests.directory.builders import a_directory, a_person
from tests.improvements.builders import Room
from tests.improvements.crowd.builders import mailing
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def test_a_gain_said_once_stands_in_meetings_letters_and_the_status(
    pages: Pages, room: Room
) -> None:
    number, _metric = room.begun()
    pages.get(f"/improvements/{number}/gains/edit")
    page = pages.submit(top="A third less time on the phone", desk="No spelling")
    assert "A third less time on the phone" in page.text
    assert "not said yet" in page.text
    assert "No spelling" in pages.get(f"/improvements/{number}/meetings").text
    assert "A third less" in pages.get(f"/status/{number}").text
    assert "No spelling" not in pages.get(f"/status/{number}").text
    at = f"/improvements/{number}/write?form=mail&whom=service+desk"
    assert "What you gain: No spelling" in pages.get(at).text


def test_said_better_it_is_one_message_still_and_empty_it_is_none(room: Room) -> None:
    number = room.raised()
    for text in ("Less", "Less work", "Less work"):
        room.do(actions.say_gains, number, {WhomFor.DESK: text})
    (one,) = room.ask(messages_of, number)
    assert (one.row.text, one.row.gain_of) == ("Less work", WhomFor.DESK)
    assert room.do(actions.say_gains, number, {WhomFor.DESK: " "}) == 1
    assert room.ask(messages_of, number) == []
    with pytest.raises(Invalid) as refused:
        room.do(actions.say_gains, number, {WhomFor.TOP: "x" * 1001})
    assert refused.value.field == "top"


def test_a_letter_says_why_a_note_only_asks() -> None:
    links = [("A film", "https://example.com/f")]
    facts = WrittenFacts("Calls", "Nobody waits", "Less to spell", links)
    letter, note = facts.text(WrittenForm.LETTER), facts.text(WrittenForm.NOTE)
    assert "What it is for: Nobody waits" in letter
    assert "A film: https://example.com/f" in letter
    assert "Nobody waits" not in note and "Less to spell" in note
    assert len(note) < len(facts.text(WrittenForm.MAIL)) < len(letter)
    assert "What you gain" not in WrittenFacts("Calls").text(WrittenForm.LETTER)


def test_who_is_written_to_counts_as_written_to_and_not_as_heard(
    pages: Pages, room: Room
) -> None:
    mailing(room, pages)
    with pages.parts.database.write() as session:
        acme = a_directory(session)
        a_person(session, acme, "dora", name="Dora", mail="dora@example.com")
    number = room.raised()
    holder = room.do(add_stakeholder, number, {"name": "Dora"}, Stood(Stance.NEUTRAL))
    words = ("About the calls", "Two lines back are enough.")
    room.do(actions.write_to, number, words, ["Dora"])
    asked = select(StakeholderContact)
    contact = room.ask(lambda session: session.scalars(asked).one())
    assert (contact.stakeholder_id, contact.kind) == (holder.id, ContactKind.WRITTEN)
    assert not contact.heard
    sent = room.ask(lambda session: session.scalars(select(Message)).one())
    assert sent.subject == "About the calls"
    with pytest.raises(Invalid) as refused:
        room.do(actions.write_to, number, words, [])
    assert refused.value.field == "people"


def test_only_links_for_them_or_everybody_go_along(room: Room) -> None:
    number = room.raised()
    for title, whom in (("All", None), ("Bosses", WhomFor.TOP), ("Nerds", WhomFor.IT)):
        room.do(add_link, number, LinkDraft(title, "https://example.com", whom))
    facts = room.ask(gains_page, number).facts(WhomFor.TOP)
    assert [title for title, _address in facts.links] == ["All", "Bosses"]


def test_a_session_in_a_small_group_begins_with_its_own_agenda(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    page = pages.get(f"/improvements/{number}/meetings/new?kind=workshop&small=yes")
    assert "Everybody writes down" in page.text and 'value="30"' in page.html


def test_who_may_not_know_of_stakeholders_reads_gains_and_writes_to_nobody(
    app: Flask, room: Room
) -> None:
    number = room.raised()
    reader = Pages(app).as_operator("rita", permissions=("read", "improve"))
    assert "In writing" not in reader.get(f"/improvements/{number}/gains").text
    reader.get(f"/improvements/{number}/write", status=403)

"""Nobody is found out: not by subtraction, time, order, export, the audit trail or the tables."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text

from app.core.audit import AuditEvent
from app.core.db import Base
from app.models.sponsors.pulse import (
    Pulse,
    PulseAnswer,
    PulseBallot,
    PulseInvitation,
)
from app.sponsors.pulses.actions import PulseAbout
from app.sponsors.pulses.closing import close_pulse
from app.sponsors.pulses.queries import pulse_page
from app.sponsors.pulses.rules import Ballot, released
from app.sponsors.pulses.sealing import Unsealable, seal, unseal
from tests.improvements.builders import Room, rows
from tests.improvements.crowd.builders import mailing
from tests.pages import Pages
from tests.sponsors.pulses.builders import a_pulse, invitations, people, say


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    made = Room(pages.parts.database)
    mailing(made, pages)
    return made


PARTS = st.sampled_from(["", "A", "B", "C", "D"])


@given(st.lists(PARTS, max_size=30), st.integers(2, 6))
def test_no_hidden_part_follows_by_subtraction(parts: list[str], least: int):
    ballots = [Ballot(part, "", {1: 3}) for part in parts]
    kept = released(ballots, named=False, threshold=least)
    if len(parts) < least:
        assert kept == []
        return
    shown = {one.part for one in kept if one.part}
    assert all(parts.count(part) >= least for part in shown)
    left = sum(part not in shown for part in parts)
    assert len(kept) == len(parts)
    assert left == 0 or left >= least or not shown


@given(st.lists(PARTS, min_size=5, max_size=30))
def test_words_belong_to_no_part_and_names_stand_nowhere(parts: list[str]):
    ballots = [Ballot(part, "Ada", {1: 3}, {2: "Slow"}) for part in parts]
    kept = released(ballots, named=False, threshold=5)
    assert not any(one.name for one in kept)
    assert not any(one.part for one in kept if one.words)


@given(st.dictionaries(st.text(), st.text()))
def test_what_is_sealed_is_opened_by_the_same_secret_alone(values: dict[str, str]):
    sealed = seal("secret", values)
    assert unseal("secret", sealed) == values
    with pytest.raises(Unsealable):
        unseal("another", sealed)


def test_the_length_of_a_sealed_answer_tells_nothing():
    assert len(seal("s", {"words": ""})) == len(seal("s", {"words": "x" * 2000}))


def _told(room: Room) -> str:
    """Everything the audit trail holds."""
    events = rows(room.database, select(AuditEvent).order_by(AuditEvent.id))
    return json.dumps(
        [
            [one.actor, one.action, one.subject, one.label, one.before, one.after]
            for one in events
        ],
        default=str,
    )


def test_nothing_leads_from_an_answer_to_who_gave_it(room: Room, pages: Pages):
    pulse_id = a_pulse(room, [*people(6), *people(3, "Oslo")])
    asked = invitations(room, pulse_id)
    before = _told(room)
    for place, one in enumerate(reversed(asked)):
        room.forward(hours=1)
        assert say(room, one, 1 + place % 5, f"words {place}")
    # By audit: answering left no event at all.
    assert _told(room) == before
    # While it is open: nothing can be read, by a page, a file or the tables.
    assert pages.get(f"/pulses/{pulse_id}").text.count("words ") == 0
    assert "words" not in pages.client.get(f"/pulses/{pulse_id}/answers.csv").text
    assert room.ask(pulse_page, pulse_id).results == ()
    assert "words" not in "".join(
        one.sealed for one in rows(room.database, select(PulseBallot))
    )
    room.do(close_pulse, pulse_id)
    # Nobody is told from anybody by an invitation, nothing sealed is left.
    assert {one.answered for one in invitations(room, pulse_id)} == {None}
    assert rows(room.database, select(PulseBallot)) == []
    # By difference: of the 9 the 3 of Oslo are hidden, and so Lyon too.
    [scale, free] = room.ask(pulse_page, pulse_id).results
    assert scale.whole.answers == 9 and scale.parts == ()
    # By order: neither numbers nor the way rows lie there are those of answering.
    with room.database.read() as session:
        stored = session.execute(text("select words from pulse_answer")).scalars()
        by_number = [
            one.words
            for one in session.scalars(select(PulseAnswer).order_by(PulseAnswer.id))
        ]
        assert sorted(filter(None, stored)) == sorted(filter(None, by_number))
    given_in_order = [f"words {place}" for place in range(9)]
    assert sorted(free.words) == given_in_order
    # By export: counts and means, no row is a person.
    lines = pages.client.get(f"/pulses/{pulse_id}/answers.csv").text.splitlines()
    assert len([line for line in lines if "makes my work" in line]) == 1
    assert not any(one.name in _told(room).split("pulse.close")[1] for one in asked)


SECRET_TABLES = (PulseBallot, PulseAnswer, PulseInvitation)


@pytest.mark.parametrize("kind", SECRET_TABLES)
def test_the_tables_of_answers_hold_no_time_and_no_way_to_each_other(kind: type[Base]):
    columns = inspect(kind).columns
    assert not [one.name for one in columns if "DATE" in f"{one.type}".upper()]
    leads = {key.target_fullname for one in columns for key in one.foreign_keys}
    assert leads <= {"pulse.id", "pulse_question.id", "person.id"}
    assert ("person.id" in leads) is (kind is PulseInvitation)
    assert not getattr(kind, "audited", True)


def test_numbers_of_answers_are_drawn(room: Room):
    pulse_id = a_pulse(room, people(30))
    for one in invitations(room, pulse_id):
        say(room, one, 4, "so")
    sealed = [one.id for one in rows(room.database, select(PulseBallot))]
    assert max(sealed) - min(sealed) > 1000
    room.do(close_pulse, pulse_id)
    answers = rows(room.database, select(PulseAnswer))
    assert max(one.id for one in answers) > 1000 and len(answers) == 60


def test_too_few_answers_are_destroyed_unseen(room: Room, pages: Pages):
    pulse_id = a_pulse(room, people(8))
    for one in invitations(room, pulse_id)[:4]:
        say(room, one, 1, "Only four of us")
    room.do(close_pulse, pulse_id)
    assert rows(room.database, select(PulseAnswer)) == []
    page = pages.get(f"/pulses/{pulse_id}")
    assert "Only 4 answered" in page.content and "four of us" not in page.text


def test_a_threshold_is_locked_when_the_pulse_begins(room: Room):
    named, hidden = a_pulse(room, people(4)), None
    [first] = rows(room.database, select(Pulse))
    assert (first.named, first.threshold, first.split) == (True, 5, "not at all")
    hidden = a_pulse(room, people(5), about=_about("participants:2"))
    found = {one.id: one for one in rows(room.database, select(Pulse))}
    assert (found[hidden].named, found[hidden].asked) == (False, 5)
    # Who leaves afterwards changes nothing of the promise.
    with room.database.write() as session:
        session.delete(session.get_one(PulseInvitation, _last(room, hidden)))
    assert rows(room.database, select(Pulse))[-1].named is False
    assert named != hidden


def _about(mark: str) -> Any:
    return PulseAbout(mark)


def _last(room: Room, pulse_id: int) -> int:
    return invitations(room, pulse_id)[-1].id


def test_answers_sealed_with_another_secret_are_counted_and_nobody_is_harmed(
    room: Room,
):
    pulse_id = a_pulse(room, people(6))
    for one in invitations(room, pulse_id):
        say(room, one, 5)
    with room.database.write() as session:
        ballot = session.scalars(select(PulseBallot)).first()
        ballot.sealed = seal("of last year", {})
    room.forward(days=1)
    room.do(close_pulse, pulse_id)
    [closed] = rows(room.database, select(Pulse))
    assert (closed.answered, closed.unread) == (5, 1)
    assert room.now - closed.closed_at == timedelta()

"""What is sent from the people's side is known to those only who may know of that room."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.rooms import ROOMS
from app.messages.rules.recipients import Recipient
from app.models.messages import ChannelKind, MessageKind
from tests.improvements.builders import Room, rows
from tests.pages import Pages


@pytest.fixture
def desk(app: Flask) -> Pages:
    return Pages(app).as_operator("dora", permissions=("read", "desk"))


@pytest.fixture
def room(desk: Pages) -> Room:
    return Room(desk.parts.database)


def sent(room: Room, kind: MessageKind) -> int:
    """Send a message of a kind to one person; its number."""
    url = "mailto://mail.acme.example?to={address}&from=rung@acme.example"
    channel = room.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, url))
    draft = MessageDraft(kind, "The closing of Bern", "Come on Friday.", "Anna Berg")
    whom = [Recipient("guest:1", "Ben Critic", mail="ben@acme.example")]
    return room.do(send, draft, whom, [channel.id]).id


@pytest.mark.parametrize("kind", ROOMS)
def test_the_desk_reads_no_message_of_a_room_it_may_not_know_of(
    app: Flask, desk: Pages, room: Room, kind: MessageKind
) -> None:
    number = sent(room, kind)
    for way in ("", "/board.csv", "/call-list"):
        desk.get(f"/messages/{number}{way}", status=404)
    desk.post("/messages/deliveries/1/told", status=404)
    both = Pages(app).as_operator("olga", permissions=("read", "desk", ROOMS[kind]))
    assert "Ben Critic" in both.get(f"/messages/{number}").content
    trail = rows(room.database, select(AuditEvent))
    told = " ".join(f"{one.label} {one.after}" for one in trail)
    assert "The closing of Bern" not in told


def test_what_is_told_of_the_desk_s_own_work_stays_open_to_the_desk(
    desk: Pages, room: Room
) -> None:
    number = sent(room, MessageKind.PLANNED)
    assert "Ben Critic" in desk.get(f"/messages/{number}").content

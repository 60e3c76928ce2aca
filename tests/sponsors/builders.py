"""Links to the status and what is asked, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from app.core.parts import KEY, Parts
from app.improvements.case.actions import AskDraft, ask
from app.messages.requester_links import status_address
from app.models.improvements.words import AskKind
from app.models.sponsors.link import StatusLink
from app.sponsors.links.actions import StatusLinkDraft, give_status_link
from tests.improvements.builders import Room, row


def address_of(app: Flask, number: int) -> str:
    """Return the path of a link to the status."""
    parts: Parts = app.extensions[KEY]
    whole = status_address(parts.settings, row(parts.database, StatusLink, number))
    return whole[whole.index("/s/") :]


def a_link(app: Flask, room: Room, whom: str = "Sam Sponsor", **more: Any) -> str:
    """Give somebody a link and return its path."""
    made = room.do(give_status_link, StatusLinkDraft(whom, **more))
    return address_of(app, made.id)


def asks(room: Room, improvement_id: int, text: str = "Shall all 300 get it?") -> None:
    """Ask for a decision."""
    due = room.now.date() + timedelta(days=10)
    room.do(ask, improvement_id, AskDraft(AskKind.DECIDE, text, due))

"""What the tests of this room share: receivers, and a post room over the parts of the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.messages.actions import post
from tests.messages.builders import PostRoom
from tests.messages.receivers import MailServer, Receiver, http_receiver, mail_server


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def web() -> Iterator[Receiver]:
    with http_receiver() as receiver:
        yield receiver


@pytest.fixture
def room(app: Flask) -> PostRoom:
    return PostRoom(app)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a provider half a second only."""
    monkeypatch.setattr(post, "ANSWER_SECONDS", 0.5)

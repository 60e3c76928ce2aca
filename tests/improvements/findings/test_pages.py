"""A finding in the browser: fixed and verified by name."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.improvements.builders import Room
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def alert(page: Page) -> str:
    """Return what was refused."""
    return page.root.one(role="alert").text


def test_a_finding_is_fixed_and_verified_by_name(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    pages.get(f"/improvements/{begun[0]}/findings/new")
    pages.submit(title="The screen is too small", kind="fix before scaling")
    page = pages.get("/findings/1")
    page = pages.post("/findings/1/move", {"to": "fixed", "fix": "A larger font"})
    page = pages.post("/findings/1/move", {"to": "verified"}, status=409)
    assert "Say who verified it." in alert(page)
    page = pages.post("/findings/1/move", {"to": "verified", "who": "Ada"})
    assert "Settled by Ada" in page.content

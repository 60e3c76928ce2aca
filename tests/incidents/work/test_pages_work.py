"""Waiting and presence in the browser, without script."""

from __future__ import annotations

import pytest
from flask import Flask

from app.models.incidents.words import EventKind, IncidentState, WaitingOn
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_waiting_names_whose_turn_it_is_and_until_when(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    pages.get(f"/desk/{number}/do/wait")
    page = pages.submit(
        on="provider", why="A spare part", until="2026-03-01T09:00", status=422
    )
    assert page.errors == ["Say until when; that moment has passed."]
    page = pages.submit(until="2026-03-03T09:00")
    assert "Waits for the provider until 3 Mar 2026, 09:00." in page.content
    found = desk.incident(number)
    assert (found.waiting_on, found.state) == (
        WaitingOn.PROVIDER,
        IncidentState.WAITING,
    )
    assert pages.submit(f"/desk/{number}/now/start").told == "You work on it now."
    assert desk.events(number)[-1].kind is EventKind.RESUMED


def test_who_else_is_here_is_told_and_forgotten_when_the_page_closes(
    app: Flask, pages: Pages, desk: Desk, clock
) -> None:  # type: ignore[no-untyped-def]
    number = desk.reported()
    ben = Pages(app).as_operator("ben")
    ben.post(f"/desk/{number}/presence", {"doing": "answering"}, fragment=True)
    assert "ben is answering" in pages.get(f"/desk/{number}").content
    piece = pages.post(f"/desk/{number}/presence", {"doing": "viewing"}, fragment=True)
    assert "ben is answering" in piece.text and "dora" not in piece.text
    clock.forward(seconds=41)
    assert "ben" not in pages.get(f"/desk/{number}").root.one(id="presence").text

"""Notes beside an improvement in the browser: a slip is corrected where it stands."""

from __future__ import annotations

import pytest
from flask import Flask

from app.auth.rules import NAMES
from app.core.trail import about, history
from app.improvements.notes.actions import NoteDraft, add_note, strike_note
from app.models.improvements.words import ImprovementNoteKind
from tests.improvements.builders import Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def noted(room: Room) -> str:
    """The address of an improvement that has note 1."""
    number = room.raised()
    room.do(
        add_note, number, NoteDraft(ImprovementNoteKind.LEARN, "Weeks are too long")
    )
    return f"/improvements/{number}/beside"


def test_a_note_is_corrected_and_the_history_keeps_what_it_said(
    pages: Pages, room: Room, noted: str
) -> None:
    assert pages.get(noted).root.one("a", href="/notes/1")
    pages.get("/notes/1")
    page = pages.submit(text="Days are too long")
    assert page.told == "The note is corrected."
    shown = page.root.one(id="lessons").text
    assert "Days are too long" in shown and "Weeks are too long" not in shown
    [event] = [
        one
        for one in room.ask(
            history,
            about(noted.split("/beside")[0].strip("/").replace("s/", ":")),
            NAMES,
        )
        if one.action == "note.change"
    ]
    assert event.actor == "olga"


def test_a_correction_that_says_too_little_keeps_what_was_typed(
    pages: Pages, noted: str
) -> None:
    pages.get("/notes/1")
    page = pages.submit(text="", happened_on="2026-03-01", status=422)
    assert page.errors == ["Say what it is."]
    assert page.root.one("input", id="happened_on").attrs["value"] == "2026-03-01"
    assert "Weeks are too long" in pages.get(noted).content


def test_a_note_that_was_struck_out_is_not_corrected(
    pages: Pages, room: Room, noted: str
) -> None:
    pages.get("/notes/1")
    room.do(strike_note, 1)
    page = pages.submit(text="Days are too long", status=422)
    assert "“Weeks are too long” was struck out; add it anew." in page.content
    pages.get("/notes/2", status=404)


def test_who_may_only_read_corrects_no_note(app: Flask, noted: str) -> None:
    rita = Pages(app).as_operator("rita", permissions=("read",))
    assert not rita.get(noted).root.all("a", href="/notes/1")
    rita.get("/notes/1", status=403)
    rita.post("/notes/1", {"kind": "learn", "text": "No"}, status=403)

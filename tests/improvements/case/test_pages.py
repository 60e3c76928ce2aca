"""The business case in the browser: as of a day, compared, frozen."""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvements.notes.actions import NoteDraft, add_note
from app.models.improvements.words import (
    ImprovementNoteKind,
)
from tests.improvements.builders import Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


@pytest.fixture
def begun(room: Room) -> tuple[int, int]:
    return room.begun()


def test_the_case_is_shown_as_of_a_day_compared_and_frozen(
    pages: Pages, room: Room, begun: tuple[int, int], clock
) -> None:
    number, before = begun[0], room.now.date()
    clock.time = room.forward(days=2)
    room.do(
        add_note,
        number,
        NoteDraft(ImprovementNoteKind.LEARN, "Callers say their name anyway"),
    )
    browser = pages.as_operator()
    assert (
        "Callers say their name"
        not in browser.get(f"/improvements/{number}/case?as-of={before}").content
    )
    page = browser.get(f"/improvements/{number}/case?against={before}")
    assert "Learned: Callers say their name anyway." in page.root.one(id="changes").text
    link = next(node for node in page.root.all("a") if node.text == "note 1")
    assert browser.get(link.attrs["href"]).h1 == "Calls are answered faster"
    assert (
        "Callers say their name anyway"
        in browser.get(f"/improvements/{number}/case.md").response.text
    )
    browser.get(f"/improvements/{number}/case")
    page = browser.submit(f"/improvements/{number}/case/freeze")
    assert "These words do not change any more." in page.content

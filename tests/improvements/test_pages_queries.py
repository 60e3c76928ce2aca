"""Pages of improvements ask the database as often for one as for fifty."""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.notes.actions import NoteDraft, add_note
from app.improvements.people.actions import invite
from app.models.improvements.words import (
    ImprovementNoteKind,
)
from tests.improvements.builders import Room, counted
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


QUERIES = {
    "/improvements": 11,
    "/improvements/list": 14,
    "/improvements/1": 30,
    "/improvements/1/sheet": 14,
    "/improvements/1/measures": 12,
    "/improvements/1/findings": 7,
    "/improvements/1/money": 6,
    "/improvements/1/history": 8,
    "/iterations/1": 19,
    "/improvements/1/case": 24,
    "/improvements/progress": 18,
    "/improvements/predictions": 4,
}


def test_pages_ask_the_database_as_often_for_one_as_for_fifty(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    room.planned(*begun)
    pages.get("/improvements")  # counts what waits, which the rail keeps a while
    one = {url: asks(pages, room, url) for url in QUERIES}
    grow(room, begun, 3)
    three = {url: asks(pages, room, url) for url in QUERIES}
    grow(room, begun, 50)
    assert {url: asks(pages, room, url) for url in QUERIES} == three
    assert [url for url, most in QUERIES.items() if three[url] > most] == [], three
    assert all(one[url] <= three[url] <= most for url, most in QUERIES.items()), three


def asks(pages: Pages, room: Room, url: str) -> int:
    """Return how many queries a page takes."""
    with counted(room.database) as queries:
        pages.get(url)
    return len(queries)


def grow(room: Room, begun: tuple[int, int], count: int) -> None:
    """Add improvements, parts, notes, findings, participants: so many of each."""
    for place in range(count):
        room.raised(f"Idea {count}-{place}")
        room.raised(f"Part {count}-{place}", parent_id=begun[0])
        room.do(
            add_note,
            begun[0],
            NoteDraft(ImprovementNoteKind.LEARN, f"Lesson {place}"),
        )
        room.do(raise_finding, begun[0], FindingDraft(f"Finding {count}-{place}"))
    room.do(invite, 1, [f"Person {count}-{place}" for place in range(count)])

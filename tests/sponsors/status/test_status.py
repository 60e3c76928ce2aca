"""How things stand, on one page."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.improvements.builders import Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator(permissions=("read",))


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def test_where_nothing_began_the_page_says_so(pages: Pages) -> None:
    assert "Nothing has started yet." in pages.get("/status").content


def test_an_improvement_stands_there_with_its_ladder_and_words(
    pages: Pages, room: Room
) -> None:
    room.running(*room.begun(), "Ada")
    page = pages.get("/status")
    assert "1 improvement is on its way, 0 embedded." in page.content
    assert "Rung 1" in page.content

"""Predictions beside their results in the browser."""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvements.rungs import closing
from app.models.improvements.words import (
    DecisionKind,
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


def test_predictions_stand_beside_their_results(
    pages: Pages, room: Room, begun: tuple[int, int]
) -> None:
    number = room.climbed(*begun)
    room.do(closing.decide, number, DecisionKind.SCALE)
    page = pages.get("/improvements/predictions")
    assert page.rows()[0][2:6] == ["35 minutes", "32.8 minutes", "70 %", "yes"]

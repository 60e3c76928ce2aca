"""Counts are exact as far as anybody needs them, and cost no more above that."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core import counting
from app.core.counting import up_to_most
from app.core.web.words import so_many
from app.models.incidents.incident import Incident
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def desk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk where three are the most anybody counts."""
    monkeypatch.setattr(counting, "MORE", 4)
    here = Pages(app).parts
    return Desk(here.database, now=here.now())


@pytest.mark.parametrize(("there", "counted"), [(0, 0), (3, 3), (4, 4), (6, 4)])
def test_a_count_is_exact_up_to_the_most_and_then_says_more(
    desk: Desk, there: int, counted: int
) -> None:
    for number in range(there):
        desk.reported(f"Number {number}")
    with desk.database.read() as session:
        asked = up_to_most(Incident.id, Incident.is_open.is_(True))
        assert session.scalar(asked) == counted


def test_what_is_more_is_written_with_a_plus(app: Flask) -> None:
    with app.test_request_context():
        assert so_many(counting.MOST_EXACT) == "10,000"
        assert so_many(counting.MORE) == "10,000+"

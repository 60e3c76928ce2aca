"""How often a key may ask: counted in one place for the whole interface, refused with the wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.auth.tokens import give_token
from app.core.pace import Pace
from app.core.parts import KEY as PARTS
from app.core.parts import parts
from tests.improvements.builders import Room
from tests.pages import Pages

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STEPS = st.lists(st.floats(0, 30), max_size=60)


@given(STEPS, st.integers(1, 20))
def test_in_no_minute_more_than_twice_as_many_are_let_in(
    steps: list[float], most: int
) -> None:
    pace, now, taken = Pace(), NOW, []
    for step in steps:
        now += timedelta(seconds=step)
        if not pace.wait(1, now, most):
            taken.append(now)
    for first in taken:
        within = [at for at in taken if first <= at < first + timedelta(minutes=1)]
        assert len(within) <= 2 * most


def test_after_the_wait_that_was_told_the_next_one_is_taken() -> None:
    pace = Pace()
    assert [pace.wait(1, NOW, 3) for _ in range(4)] == [0, 0, 0, 20]
    assert pace.wait(2, NOW, 3) == 0, "another key has its own"
    assert pace.wait(1, NOW + timedelta(seconds=19), 3) == 1
    assert pace.wait(1, NOW + timedelta(seconds=20), 3) == 0
    assert pace.wait(1, NOW - timedelta(days=1), 3) > 0, "a clock put back gives none"
    assert [pace.wait(3, NOW, 0) for _ in range(50)] == [0] * 50


@pytest.mark.parametrize("path", ["improvements", "services"])
def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    app: Flask, clock, path: str
) -> None:
    browser = Pages(app).as_operator("anna")
    room = Room(browser.parts.database, browser.parts.now())
    _, secret = room.do(give_token, "anna", "import", ("read",), None)
    with app.app_context():
        slow = replace(parts().settings, api_per_minute=2)
    app.extensions[PARTS] = replace(app.extensions[PARTS], settings=slow)
    client = app.test_client()
    key = {"Authorization": f"Bearer {secret}"}
    asked = [client.get(f"/api/v1/{path}", headers=key) for _ in range(3)]
    assert [one.status_code for one in asked] == [200, 200, 429]
    refused = asked[2]
    assert refused.headers["Retry-After"] == "30"
    assert refused.mimetype == "application/problem+json"
    assert "at most 2 times a minute" in refused.json["detail"]
    clock.forward(seconds=30)
    assert client.get(f"/api/v1/{path}", headers=key).status_code == 200

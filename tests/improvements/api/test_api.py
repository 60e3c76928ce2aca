"""Improvements for programs: read, raised, and measured by key."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.tokens import give_token
from app.models.improvements.metric import Measurement
from app.models.improvements.words import DecisionKind, ImprovementState, Tally
from tests.improvements.builders import Room, rows
from tests.pages import Pages
from tests.serving import served

ALLOWED = ("read", "improve")


class Sender:
    """A program with a key of the operator anna."""

    def __init__(self, app: Flask, scopes: tuple[str, ...] = ALLOWED) -> None:
        browser = Pages(app).as_operator("anna", permissions=ALLOWED)
        self.room = Room(browser.parts.database, browser.parts.now())
        self.client = app.test_client()
        _, self.secret = self.room.do(give_token, "anna", "monitoring", scopes, None)

    def ask(
        self, method: str, path: str, sent: Any = None, **headers: str
    ) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.secret}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(
            f"/api/v1{path}", method=method, json=sent, headers=given
        )
        return answer.status_code, answer.json

    def values(self, metric_id: int) -> list[tuple[str, float, int]]:
        found = self.ask("GET", f"/metrics/{metric_id}/values")[1]["values"]
        return [(one["day"], one["value"], one["corrections"]) for one in found]


@pytest.fixture
def program(app: Flask) -> Sender:
    return Sender(app)


def test_improvements_are_listed_with_owner_step_ladder_and_verdict(
    program: Sender,
) -> None:
    improvement_id, metric_id = program.room.begun()
    program.room.scaled(improvement_id, metric_id)
    program.room.raised("Another")
    status, found = program.ask("GET", "/improvements?state=in progress")
    assert (status, found["total"]) == (200, 1)
    [one] = found["improvements"]
    assert (one["owner"], one["next_step"]["what"]) == ("anna", "Ask Ada")
    assert (one["ladder"]["rungs_done"], one["ladder"]["people_in_all"]) == (1, 80)
    assert (one["verdict"], one["decision"]) == ("pass", DecisionKind.SCALE)


def test_one_improvement_has_its_rungs_and_metrics(program: Sender) -> None:
    improvement_id, metric_id = program.room.begun()
    program.room.scaled(improvement_id, metric_id)
    program.room.running(improvement_id, metric_id, "Ben", "Carla")
    _, one = program.ask("GET", f"/improvements/{improvement_id}")
    first, second = one["rungs"]
    assert (first["verdict"], first["people"]) == ("pass", {"accepted": 1})
    assert (second["decision"], second["people"]) == (None, {"invited": 2})
    assert (second["verdict"], bool(second["why"])) == ("no data", True)
    assert [each["id"] for each in one["metrics"]] == [metric_id]


def test_an_idea_is_raised_once_for_the_same_key(program: Sender) -> None:
    sent = {"title": "Calls are found by number", "source_who": "Ada"}
    status, made = program.ask("POST", "/improvements", sent, Idempotency_Key="k")
    assert (status, made["state"]) == (201, ImprovementState.RAISED)
    again = program.ask("POST", "/improvements", sent, Idempotency_Key="k")
    assert (again[0], again[1]["id"]) == (200, made["id"])
    assert program.ask("POST", "/improvements", sent)[1]["id"] != made["id"]


def test_a_value_is_added_repeated_and_corrected_only_when_asked(
    program: Sender,
) -> None:
    metric_id = program.room.metric(program.room.raised())
    path = f"/metrics/{metric_id}/values"
    sent = {"day": "2026-03-01", "value": 30}
    assert program.ask("POST", path, sent)[0] == 201
    assert program.ask("POST", path, sent)[0] == 200
    status, problem = program.ask("POST", path, {**sent, "value": 31})
    assert (status, problem["field"]) == (409, "value")
    assert "30" in problem["detail"]
    other = {**sent, "value": 31, "correct": True}
    assert program.ask("POST", path, other)[1]["field"] == "reason"
    assert program.ask("POST", path, {**other, "reason": "Typed twice"})[0] == 201
    assert program.values(metric_id) == [("2026-03-01", 31, 1)]
    assert len(rows(program.room.database, select(Measurement))) == 2


def test_a_share_comes_with_its_denominator(program: Sender) -> None:
    metric_id = program.room.metric(
        program.room.raised(), tally=Tally.SHARE, unit="%", target=90
    )
    path = f"/metrics/{metric_id}/values"
    sent = {"day": "2026-03-01", "count": 12, "of": 40}
    status, told = program.ask("POST", path, sent)
    assert (status, told["value"], told["count"], told["of"]) == (201, 30, 12, 40)
    assert program.ask("POST", path, sent)[0] == 200
    assert program.ask("POST", path, {**sent, "of": 41})[0] == 409


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"value": 3}, "day"),
        ({"day": "2026-03-01"}, "value"),
        ({"day": "2026-03-01", "value": 1, "count": 1}, "count"),
        ({"day": "2026-03-01", "value": "3"}, "value"),
        ({"day": "2026-03-01", "value": True}, "value"),
        ({"day": "soon", "value": 3}, "day"),
        ({"day": "2027-03-01", "value": 3}, "day"),
        ({"day": "2026-03-01", "worth": 3}, "worth"),
    ],
)
def test_a_field_of_a_value_that_cannot_be_used_is_named(
    program: Sender, sent: Any, field: str
) -> None:
    metric_id = program.room.metric(program.room.raised())
    status, problem = program.ask("POST", f"/metrics/{metric_id}/values", sent)
    assert (status, problem.get("field")) == (422, field)
    assert program.values(metric_id) == []


def test_reading_and_changing_are_scopes_of_their_own(app: Flask) -> None:
    reader = Sender(app, scopes=("read",))
    assert reader.ask("GET", "/improvements")[0] == 200
    assert reader.ask("POST", "/improvements", {"title": "x"})[0] == 403
    assert reader.ask("GET", "/improvements?sate=raised")[1]["field"] == "sate"
    assert reader.ask("GET", "/improvements?state=going")[1]["field"] == "state"
    assert reader.ask("GET", "/improvements/9")[0] == 404


GUIDE = Path(__file__).parents[3] / "docs/reference/api.md"
OF_ACCESS = re.compile(r"/api/v1/(roles|waves)")
"""These lines are run in the room of roles."""
CURL = re.compile(r"^curl (?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_lines_of_the_guide_run(app: Flask, program: Sender) -> None:
    program.room.metric(program.room.raised())
    guide = GUIDE.read_text(encoding="utf-8")
    lines = [line for line in CURL.findall(guide) if not OF_ACCESS.search(line)]
    assert len(lines) >= 4
    with served(app) as url:
        for line in lines:
            done = subprocess.run(
                ["/bin/sh", "-c", line],
                env={**os.environ, "RUNG": url, "KEY": program.secret},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, (line, done.stdout, done.stderr)

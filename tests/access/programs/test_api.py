"""What programs read of differences and exceptions: the same as the command line, with the key of
somebody who may.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.auth.tokens import give_token
from app.core import audit
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.drift import Drift
from app.models.access.kept import AccessException
from app.models.access.words import DriftKind, DriftState, SwitchState, WaveState
from tests.access.builders import MONDAY, World, a_world
from tests.acting import acting
from tests.conftest import runner_for
from tests.pages import Pages


class Reading:
    """A program of the operator anna, and a company with a difference and an exception of Cyd."""

    def __init__(self, app: Flask, world: World, scopes: tuple[str, ...]) -> None:
        Pages(app).as_operator("anna", permissions=("read", "desk"))
        self.client, self.world = app.test_client(), world
        with world.database.write() as session:
            act = acting(session, "anna", MONDAY)
            _, self.secret = give_token(act, "anna", "monitoring", scopes, None)

    def ask(self, path: str) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.secret}"}
        answer = self.client.get(f"/api/v1{path}", headers=given)
        return answer.status_code, answer.json


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    made = a_world(app.extensions[KEY].database, plans=settings.plans)
    role = made.role()
    wave = made.wave(role, "cyd")
    made.put(wave, SwitchState.SOAKING, WaveState.SOAKING, "cyd")
    cyd, wiki = made.people["cyd"], made.rights["wiki"]
    with made.database.write() as session:
        session.add(
            AccessException(
                switch_id=1,
                person_id=cyd,
                entitlement_id=wiki,
                owner="anna",
                reason="Writes the handbook",
                until=date(2026, 3, 6),
            )
        )
        session.add(
            Drift(
                role_id=role,
                wave_id=wave,
                switch_id=1,
                person_id=cyd,
                mark="one",
                kind=DriftKind.CAME_BACK,
                state=DriftState.OPEN,
                right="mail",
                who="Cyd",
                first_seen=MONDAY,
                last_seen=MONDAY,
                asked_at=MONDAY,
                by_whom="cn=admin,dc=acme",
                told_by="access log",
                done_at=MONDAY,
            )
        )
        audit.record(session, "t", "test.put", "exception:1", "Kept", at=MONDAY)
    return made


def test_programs_read_differences_and_exceptions_as_the_command_line_tells_them(
    app: Flask, world: World
):
    program, rung = Reading(app, world, ("read",)), runner_for(app)
    for name in ("drift", "exceptions"):
        status, told = program.ask(f"/{name}")
        assert status == 200
        assert (told[name], told["total"]) == (
            rung(name, "list", "--json").json[name],
            1,
        )
        [one] = told[name]
        number = one[{"drift": "drift", "exceptions": "exception"}[name]]
        assert program.ask(f"/{name}/{number}") == (200, one)
    assert program.ask("/drift")[1]["drift"][0]["who_did"] == (
        "cn=admin,dc=acme at 2026-03-02 09:00 (access log)"
    )


NARROWED = {
    "/drift?state=all": 1,
    "/drift?state=accepted": 0,
    "/drift?kind=right+lost": 0,
    "/drift?text=cyd&wave_id=1": 1,
    "/drift?person_id=999": 0,
    "/drift?offset=1": 1,
    "/exceptions?state=ends+soon&owner=anna": 1,
    "/exceptions?owner=tom": 0,
}
REFUSED = {
    "/drift?state=odd": (422, "state"),
    "/drift?role_id=x": (422, "role_id"),
    "/drift?colour=red": (422, "colour"),
    "/drift/99": (404, None),
    "/exceptions?state=odd": (422, "state"),
    "/exceptions/99": (404, None),
}


def test_lists_are_narrowed_and_what_is_not_known_is_refused_with_the_field_to_blame(
    app: Flask, world: World
):
    program = Reading(app, world, ("read",))
    counted = {path: program.ask(path)[1]["total"] for path in NARROWED}
    assert counted == NARROWED
    answers = {path: program.ask(path) for path in REFUSED}
    refused = {
        path: (code, told.get("field")) for path, (code, told) in answers.items()
    }
    assert refused == REFUSED


def test_a_key_for_something_else_reads_neither(app: Flask, world: World):
    program = Reading(app, world, ("desk",))
    for path in ("/drift", "/drift/1", "/exceptions", "/exceptions/1"):
        assert program.ask(path)[0] == 403

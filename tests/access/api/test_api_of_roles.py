"""Roles and waves for programs: read and planned by key, never approved."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.access.duties.actions import name_duty, says_no_go
from app.auth.tokens import give_token
from app.core.settings import Settings
from app.shell.interface import document
from tests.access.builders import DemoWorld, demo_world
from tests.acting import acting
from tests.conftest import Clock
from tests.pages import Pages
from tests.serving import served

ALLOWED = ("read", "plan")


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


class Planner:
    """A program with a key of the operator anna."""

    def __init__(self, world: DemoWorld, scopes: tuple[str, ...] = ALLOWED) -> None:
        Pages(world.app).as_operator("anna", permissions=(*ALLOWED, "approve"))
        self.client = world.app.test_client()
        with world.parts.acting("anna") as act:
            _, self.secret = give_token(act, "anna", f"by {scopes}", scopes, None)

    def ask(
        self, method: str, path: str, sent: Any = None, **headers: str
    ) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.secret}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(
            f"/api/v1{path}", method=method, json=sent, headers=given
        )
        return answer.status_code, answer.json


def test_a_program_reads_roles_and_plans_the_next_rung_once(world: DemoWorld) -> None:
    role, program = world.role(), Planner(world)
    [line] = program.ask("GET", "/roles")[1]["roles"]
    assert (line["name"], line["rights"], line["zero_change"]) == ("Clerk", 2, 2)
    shown = program.ask("GET", f"/roles/{role}")[1]
    assert shown["rights"] == ["mail", "post"]
    assert (shown["rung"], shown["next"]) == (1, ["ada"])
    asked = {"next": True}
    code, made = program.ask(
        "POST", f"/roles/{role}/waves", asked, Idempotency_Key="k1"
    )
    assert (code, made["state"], made["author"]) == (201, "planned", "anna")
    assert [one["person"] for one in made["people"]] == ["ada"]
    assert made["gate"]["outcome"] == "inconclusive"
    again = program.ask("POST", f"/roles/{role}/waves", asked, Idempotency_Key="k1")
    assert (again[0], again[1]["id"]) == (200, made["id"])
    listed = program.ask("GET", f"/waves?role_id={role}&state=planned")[1]
    assert (listed["total"], listed["waves"][0]["people"]) == (1, 1)
    assert program.ask("GET", "/waves?state=applying")[1]["total"] == 0
    assert program.ask("GET", "/waves?state=nonsense")[0] == 422
    assert program.ask("GET", "/waves?colour=red")[0] == 422


def test_what_the_page_refuses_is_refused_to_a_program_with_its_reason(
    world: DemoWorld,
) -> None:
    role, program = world.role(), Planner(world)
    plan = f"/roles/{role}/waves"
    code, told = program.ask("POST", plan, {"people": "eve"})
    assert code == 409 and "Nobody can be moved" in told["detail"]
    assert program.ask("POST", plan, {"people": "eve", "accept_gain": True})[0] == 201
    assert program.ask("POST", plan, {"people": "nobody at all"})[0] == 404
    assert program.ask("POST", plan, {})[0] == 422
    assert program.ask("POST", plan, {"people": "ada", "next": True})[0] == 422


def test_a_program_reads_who_was_named_for_go_and_what_they_said(
    world: DemoWorld,
) -> None:
    role, reader = world.role(), Planner(world, ("read",))
    wave = world.wave(role, "ada")
    assert reader.ask("GET", f"/waves/{wave}")[1]["duties"] == []
    with world.database.write() as session:
        act = acting(session, "anna", world.now())
        duty = name_duty(act, wave, "Head of sales", world.people["eve"])
        says_no_go(act, duty.id, "The fair is next week.")
    for place in (f"/waves/{wave}", f"/roles/{role}"):
        [told] = reader.ask("GET", place)[1]["duties"]
        assert (told["wave_id"], told["duty"]) == (wave, "Head of sales")
        assert (told["person"], told["answer"]) == ("eve", "no-go")
        assert told["words"] == "The fair is next week." and not told["lets_go"]
        assert "link" not in " ".join(told), "a link is for its duty alone"


def test_no_key_approves_and_a_key_to_read_plans_nothing(world: DemoWorld) -> None:
    role, reader = world.role(), Planner(world, ("read",))
    assert reader.ask("POST", f"/roles/{role}/waves", {"next": True})[0] == 403
    changing = {
        path
        for path, methods in document()["paths"].items()
        if ("/roles" in path or "/waves" in path) and "post" in methods
    }
    assert changing == {"/api/v1/roles/{role_id}/waves"}
    wave = world.wave(role, "ada")
    program = Planner(world)
    assert program.ask("POST", f"/waves/{wave}/approve", {})[0] == 404


GUIDE = Path(__file__).parents[3] / "docs/reference/api.md"
CURL = re.compile(r"^curl (?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_lines_of_the_guide_about_roles_run(world: DemoWorld) -> None:
    world.role()
    program = Planner(world)
    lines = CURL.findall(GUIDE.read_text(encoding="utf-8"))
    mine = [line for line in lines if re.search(r"/api/v1/(roles|waves)", line)]
    assert len(mine) == 5
    with served(world.app) as url:
        for line in mine:
            done = subprocess.run(
                ["/bin/sh", "-c", line],
                env={**os.environ, "RUNG": url, "KEY": program.secret},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, (line, done.stdout, done.stderr)

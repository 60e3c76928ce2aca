"""The main job from an empty data folder to the way back, by commands alone; processes are real
where it matters.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.core.jobs import Bell
from app.core.settings import PROJECT, Settings
from tests.access.engine.slapd_world import (
    COMPANY,
    PLACEHOLDER,
    SlapdWorld,
    company,
    company_ldif,
    groups_of,
    role_dn,
)
from tests.conftest import Clock, Rung
from tests.ldap_sync.servers import (
    GROUPS,
    PASSWORD,
    PEOPLE,
    READER,
    ROLES,
    SUFFIX,
    WRITER,
    Slapd,
)

LEASE_SECONDS = 5


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock) as world:
        yield world


@pytest.fixture
def password(settings: Settings) -> Path:
    file = settings.secrets / "password"
    file.write_text(PASSWORD)
    return file


def connect(url: str, password: Path) -> list[str]:
    """Return the line with which an administrator connects the test server."""
    bases = [
        "--base",
        SUFFIX,
        "--people-base",
        PEOPLE,
        "--group-base",
        GROUPS,
        "--role-base",
        ROLES,
    ]
    reading = ["--bind-dn", READER, "--bind-password-file", str(password)]
    writing = ["--write-dn", WRITER, "--write-password-file", str(password)]
    return [
        "directory",
        "add",
        "Acme",
        url,
        *bases,
        *reading,
        *writing,
        "--plaintext",
        "--placeholder",
        PLACEHOLDER,
    ]


def test_the_whole_journey_by_commands(
    rung: Rung, clock: Clock, password: Path, tmp_path: Path
):
    def done(*words: str) -> Any:
        said = rung(*words, "--json")
        assert said.code == 0, said
        return said.json

    secret = tmp_path / "olga"
    secret.write_text("four short words here")
    with Slapd() as server:
        server.add(company_ldif(COMPANY))
        before = groups_of(server)
        may = ("--permission", "approve", "--person", "-")
        done("operator", "add", "olga", *may, "--password-file", str(secret))
        done(*connect(server.url, password))
        done("directory", "check", "Acme")
        read = done("sync", "Acme")
        assert [read[key] for key in ("people", "groups", "grants", "complete")] == [
            5,
            3,
            9,
            True,
        ]
        assert done("report")
        done(
            "role",
            "new",
            "clerk",
            "--from-person",
            "ada",
            "--realise",
            "nested",
            "--owner",
            "eve",
        )
        assert [
            p["person"]
            for p in done("role", "fit", "clerk")["people"]
            if p["zero_change"]
        ] == ["ada", "ben"]
        wave = str(done("wave", "plan", "clerk", "--person", "ada")["wave"])
        done("wave", "approve", wave, "--as", "olga")
        assert done("wave", "apply", wave)["state"] == "soaking"
        sentences = {
            right["right"]: right["sentence"]
            for right in done("explain", "ada")["rights"]
        }
        assert (
            sentences["mail"]
            == "Through role clerk v1 via group clerk since 2026-03-02; before: direct."
        )
        assert done("sync")["complete"]
        assert {right["right"] for right in done("explain", "ada")["rights"]} == {
            "mail",
            "post",
        }
        told = rung("wave", "confirm", wave, "--person", "ada", "--json")
        assert told.code == 1 and "Nobody is confirmed" in told.json["error"]
        assert told.json["details"] == ["ada was seen on 1 of 5 days."]
        seen = done("wave", "confirm", wave, "--person", "ada", "--note", "Seen")
        assert seen["state"] == "confirmed"
        preview = done("wave", "undo", wave, "--preview")["people"][0]["steps"]
        assert [(step["right"], step["gives"], step["found"]) for step in preview] == [
            ("post", True, "ready"),
            ("mail", True, "ready"),
            ("clerk", False, "ready"),
        ]
        assert [each["state"] for each in done("wave", "undo", wave)["people"]] == [
            "undone"
        ]
        assert groups_of(server) == before | {role_dn("clerk"): (PLACEHOLDER,)}
        assert done("audit", "verify")["whole"]


def test_progress_goes_to_stderr_and_the_result_to_stdout(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.approved("ada")
    applied = world.rung("wave", "apply", wave)
    assert "Add ada to clerk (the role).\n" in applied.err
    assert applied.out.startswith(
        "Wave 1 of clerk is soaking: 1 of 1 person is there.\n"
    )
    assert applied.out.splitlines()[-1].split() == ["ada", "ada", "soaking", "3/3"]
    undone = world.rung("wave", "undo", wave)
    assert undone.out == "1 of 1 person is back.\nada (ada): undone.\n"


def test_a_plan_is_applied_once(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada")
    before = world.state()
    refused = world.rung("wave", "apply", wave)
    assert (refused.code, refused.err) == (
        1,
        "rung: Wave 1 of clerk was applied already (it is soaking).\n",
    )
    assert world.state() == before
    world.undone(wave)
    refused = world.rung("wave", "undo", wave)
    assert (refused.code, refused.err.count("\n")) == (1, 1)


def test_detached_the_worker_has_it(world: SlapdWorld):
    from_here = world.state()
    world.role("mail", "post")
    wave = world.approved("ada")
    assert world.done("wave", "apply", wave, "--detach") == {
        "wave": 1,
        "detached": True,
    }
    assert (world.states(wave), world.state()) == ({"ada": "approved"}, from_here)
    world.done("wave", "apply", wave)  # goes on instead of refusing
    world.done("wave", "undo", wave, "--detach")
    assert world.states(wave) == {"ada": "undoing"}
    world.done("wave", "undo", wave)
    assert world.states(wave) == {"ada": "undone"}


def test_the_preview_of_an_undo_writes_nothing_and_names_what_others_did(
    world: SlapdWorld,
):
    world.role("mail", "post")
    wave = world.applied("ada", "cyd")
    world.server.put(f"cn=wiki,{GROUPS}", f"uid=ada,{PEOPLE}")
    world.server.delete(f"cn=post,{GROUPS}")
    before = world.server.everything()
    shown = world.rung("wave", "undo", wave, "--person", "ada", "--preview")
    assert shown.out.splitlines() == [
        "3 values of 1 person would be taken back; 1 to be decided.",
        "ada (ada):",
        "  back into post: the group is gone",
        "  back into mail",
        "  out of clerk",
        "  Changed by others meanwhile: now in wiki.",
    ]
    assert world.server.everything() == before


def test_a_preview_needs_the_directory(world: SlapdWorld):
    world.role("mail", "post")
    wave = world.applied("ada")
    world.server.kill()
    assert world.rung("wave", "undo", wave, "--preview").code == 4


# Real processes.


@pytest.fixture
def process(settings: Settings) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start ``rung`` as a process of its own on the database of the test."""
    mine = {
        "RUNG_HOME": str(settings.home),
        "RUNG_DATABASE_URL": settings.database,
        "RUNG_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    environ = {
        name: text for name, text in os.environ.items() if not name.startswith("RUNG_")
    } | mine
    with ExitStack() as stack:

        def start(*words: str) -> subprocess.Popen[str]:
            command, pipe = [sys.executable, "-m", "app.cli", *words], subprocess.PIPE
            process = subprocess.Popen(
                command, env=environ, cwd=PROJECT, stdout=pipe, stderr=pipe, text=True
            )
            stack.callback(process.communicate)
            stack.callback(process.kill)
            return process

        yield start


def test_a_command_killed_in_the_middle_is_taken_up_by_the_next(
    settings: Settings, process: Callable[..., subprocess.Popen[str]]
):
    with company(settings, _now) as world:
        world.role("mail", "post")
        before, wave = world.rights(), world.approved("ada", "ben", "cyd")
        first = process("wave", "apply", wave)
        assert first.stderr is not None and "clerk" in first.stderr.readline()
        first.kill()
        second = process("wave", "apply", wave, "--json")
        out, err = second.communicate(timeout=60)
        assert second.returncode == 0, err
        assert [person["state"] for person in json.loads(out)["people"]] == [
            "soaking"
        ] * 3
        proofs = {step["proof"] for step in world.done("wave", "steps", wave)["steps"]}
        assert proofs <= {"acked", "reconciled"}
        world.undone(wave)
        assert world.rights() == before


def test_a_worker_killed_in_the_middle_is_followed_by_the_next_which_hears_the_bell(
    settings: Settings, process: Callable[..., subprocess.Popen[str]]
):
    with company(settings, _now) as world:
        world.role("mail", "post")
        before, wave = world.state(), world.approved("ada", "ben", "cyd")
        world.done("wave", "apply", wave, "--detach")
        worker = process("worker")
        until(lambda: world.state() != before)
        worker.kill()
        time.sleep(
            LEASE_SECONDS
        )  # a worker that came sooner would look again only a sweep later
        process("worker")
        until(lambda: set(world.states(wave).values()) == {"soaking"})
        world.done("wave", "undo", wave, "--detach")
        Bell(settings).ring()
        until(lambda: world.done("wave", "show", wave)["state"] == "undone")
        assert world.state() == before | {role_dn("clerk"): (PLACEHOLDER,)}


def until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, at most a minute."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def _now() -> datetime:
    return datetime.now(UTC)

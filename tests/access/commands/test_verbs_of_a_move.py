"""Each verb of a move and of the time after it, in its order; each of them answers in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.settings import PROJECT, Settings
from tests.access.engine.slapd_world import COMPANY, SlapdWorld, company
from tests.conftest import Clock

VERBS = {
    *(f"wave {verb}" for verb in ("arm", "run", "pause", "resume", "cancel", "status")),
    *("drift list", "exceptions list", "leftovers", "undo-health", "drill"),
    *("review start", "rehearse", "evidence", "who"),
}
"""What the change to roles is done with on the command line."""


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock, COMPANY | {"test": "mail"}, kind="demo") as world:
        yield world


def test_a_move_is_armed_run_halted_and_looked_after_by_its_verbs(
    world: SlapdWorld, tmp_path: Path
) -> None:
    done = dict[str, object]()

    def say(verb: str, *more: str, code: int = 0) -> dict[str, object]:
        told = world.done(*verb.split(), *more, code=code)
        done[verb] = told
        assert isinstance(told, dict) and told
        return dict(told)

    assert told_of() >= VERBS, "each has its heading in the reference"
    world.role("mail", "post")
    world.done("right", "owner", "mail", "eve")
    wave = world.approved("ada", "ben")
    say("rehearse", wave)
    say("wave run", wave, "--detach")
    say("wave pause", wave, "--reason", "on leave")
    say("wave resume", wave)
    assert world.member_of("ada") == {"clerk"}
    world.sync()
    assert say("drift list")["drift"] == []
    say("exceptions list")
    say("leftovers")
    assert say("undo-health")
    say("review start", "eve")
    say("who", "mail")
    say("evidence", "--since", "2026-01-01", "--out", str(tmp_path / "pack"))
    other = world.approved("cyd")
    world.done("wave", "run", other, "--detach")
    world.done("wave", "pause", other)
    say("wave cancel", other, "--reason", "enough")
    assert world.member_of("cyd") == {"mail", "post", "wiki"}
    armed = world.approved("dot", more=("--accept-gain",))
    say("wave arm", armed, "--opens", "2027-01-01 09:00")
    assert say("wave status", armed)["state"] == "armed"
    home = world.done("directory", "list")["directories"][0]["name"]
    assert say("drill", home, "--person", "test")["trouble"] == ""
    assert VERBS - done.keys() == set()


def told_of() -> set[str]:
    """Return the commands that the reference has a heading for, as they are typed."""
    page = PROJECT / "docs" / "reference" / "command-line.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    heads = {
        line.removeprefix("### rung ") for line in lines if line.startswith("### ")
    }
    return heads | {"evidence"}

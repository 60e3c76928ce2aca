"""A test account is moved up and down through the same engine, and how long it took is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.access.arm.drill import drill_told, last_drill
from app.core.settings import Settings
from tests.access.engine.slapd_world import SlapdWorld, company
from tests.conftest import Clock

RIGHTS = ("mail", "post")


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    held = {"p0": "mail post", "p1": "mail post", "test": "mail"}
    with company(settings, clock, held) as world:
        world.role(*RIGHTS)
        yield world


def test_the_way_back_is_proven_on_a_test_account(world: SlapdWorld, clock: Clock):
    home = world.done("directory", "list")["directories"][0]["name"]
    assert world.rung("drill", home, "--person", "test").code == 1
    world.done("wave", "apply", world.approved("p0"))
    rights = world.rights()
    assert world.rung("drill", home).code == 1
    told = world.done("drill", home, "--person", "test")
    assert told["trouble"] == "" and told["down_seconds"] > 0
    assert world.rights() == rights
    assert world.states(str(told["wave"])) == {"test": "undone"}
    clock.forward(days=2)
    assert world.done("drill", home)["wave"] != told["wave"]
    clock.forward(days=2)
    with world.parts.database.read() as session:
        drill = last_drill(session, 1)
        assert drill_told(drill, clock()).startswith("Last proven undo: 2 days ago, ")
        assert drill_told(None, clock()).startswith("No undo was drilled")

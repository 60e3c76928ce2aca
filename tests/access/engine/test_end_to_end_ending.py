"""A right until a day is given, ends by itself and comes back, in a real directory."""

from __future__ import annotations

import pytest

from app.access.exceptions.ending import run_due_endings
from app.access.waves.running import run_due_waves
from app.core.settings import Settings
from tests.access.engine.slapd_world import SlapdWorld, company
from tests.conftest import Clock


def sweep(world: SlapdWorld) -> None:
    for _ in range(3):
        run_due_endings(world.parts)
        run_due_waves(world.parts)
    run_due_endings(world.parts)


@pytest.mark.parametrize("kind", ["memberof and refint", "plain"])
def test_a_right_until_a_day_is_taken_off_after_it_and_can_come_back(
    settings: Settings, clock: Clock, kind: str
) -> None:
    with company(settings, clock, kind=kind) as world:
        before = world.state()
        until = f"{clock.forward(days=0).date().replace(day=9)}"
        given = world.done(
            *("right", "give", "dot", "wiki", "--reason", "Covers for Eve"),
            *("--until", until),
        )
        wave = str(given["wave"])
        world.done("wave", "approve", wave, "--as", "olga")
        world.done("wave", "apply", wave)
        assert world.member_of("dot") == {"mail", "wiki"}
        clock.forward(days=7)
        sweep(world)
        assert world.member_of("dot") == {"mail", "wiki"}, "the last day counts"
        clock.forward(days=1)
        sweep(world)
        assert world.state() == before
        (kept,) = world.done("exceptions", "list")["exceptions"]
        assert kept["state"] == "ended"
        world.undone(str(kept["ending_wave"]))
        sweep(world)
        assert world.member_of("dot") == {"mail", "wiki"}
        (kept,) = world.done("exceptions", "list")["exceptions"]
        assert kept["ended_at"] is None

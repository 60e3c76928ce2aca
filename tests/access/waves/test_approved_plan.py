"""What was approved is what is applied: a plan that was changed afterwards goes nowhere, whoever
changed what.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from app.access.undo.actions import undo
from app.core.canonical import fingerprint
from app.core.errors import Conflict
from app.core.settings import Settings
from app.models.access.wave import Wave
from app.models.access.words import WaveState
from app.upkeep.trail_state import untold
from tests.access.builders import DemoWorld, demo_world
from tests.acting import acting
from tests.conftest import Clock, runner_for


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


@pytest.fixture
def approved(world: DemoWorld, settings: Settings) -> int:
    wave = world.wave(world.role(), "ada")
    world.approve(wave, settings)
    return wave


def forged(world: DemoWorld, wave_id: int, *, hashes: bool = False) -> None:
    """Let the owner of the database take a step out of the plan, and set the hashes right again if
    wanted.
    """
    with world.database.read() as session:
        plan = json.loads(
            session.scalars(select(Wave.plan).where(Wave.id == wave_id)).one()
        )
    plan["people"][0]["steps"].pop()
    changed = json.dumps(plan)
    to = ", plan_hash = :hash, approved_hash = :hash" if hashes else ""
    values = {"plan": changed, "hash": fingerprint(changed), "id": wave_id}
    with world.database.engine.begin() as connection:
        connection.execute(
            text(f"UPDATE wave SET plan = :plan{to} WHERE id = :id"), values
        )


def state_of(world: DemoWorld, wave_id: int) -> WaveState:
    with world.database.read() as session:
        return session.get_one(Wave, wave_id).state


def test_a_plan_changed_after_its_approval_is_not_applied(
    world: DemoWorld, approved: int, settings: Settings
):
    forged(world, approved)
    with pytest.raises(Conflict, match="not what its hash says"):
        world.apply(approved, settings)
    assert state_of(world, approved) is WaveState.APPROVED


def test_a_plan_changed_after_it_was_handed_over_is_held_by_the_worker_before_its_first_change(
    world: DemoWorld, approved: int, settings: Settings
) -> None:
    before = world.everything()
    world.apply(approved, settings)
    forged(world, approved)
    world.run()
    assert world.everything() == before
    with world.database.read() as session:
        wave = session.get_one(Wave, approved)
        assert (wave.state, "not what its hash says" in wave.message) == (
            WaveState.STOPPED,
            True,
        )


def test_a_plan_changed_together_with_its_hashes_is_named_by_the_trail(
    world: DemoWorld, approved: int
) -> None:
    rung = runner_for(world.app)
    assert rung("audit", "verify").code == 0
    forged(world, approved, hashes=True)
    sentence = f"no event approved the plan that wave:{approved} holds"
    with world.database.read() as session:
        assert untold(session) == [sentence]
    assert sentence in rung("audit", "verify").out
    assert sentence in " ".join(rung("doctor").out.split())


def test_who_was_moved_is_undone_although_the_plan_was_changed_since(
    world: DemoWorld, approved: int, settings: Settings
) -> None:
    before = world.everything()
    world.apply(approved, settings)
    world.run()
    forged(world, approved)
    with world.database.write() as session:
        undo(acting(session, "anna", world.now()), approved)
    world.run()
    left = world.everything()
    assert {group: left[group] for group in before} == before

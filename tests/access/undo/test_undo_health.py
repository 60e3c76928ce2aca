"""Every open undo is tried without writing; what is in the way is told, decided for all of a kind
at once, and said forwards.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.access.undo.health import run_undo_looks, undo_health
from app.access.waves.page import WaveAsked, wave_page
from app.core.settings import Settings
from tests.access.engine.slapd_world import SlapdWorld, company, right_dn
from tests.conftest import Clock

RIGHTS = ("mail", "post", "wiki")
PEOPLE = ("p0", "p1", "p2")
MANY = dict.fromkeys((*PEOPLE, "stays"), " ".join(RIGHTS))


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock, MANY) as world:
        world.role(*RIGHTS)
        yield world


def moved(world: SlapdWorld) -> str:
    wave = world.approved(*PEOPLE)
    world.done("wave", "apply", wave)
    return wave


def test_what_could_not_come_back_is_told_each_night(world: SlapdWorld, clock: Clock):
    empty = world.done("undo-health")
    assert (empty["open"], empty["undos"]) == (0, [])
    moved(world)
    before = world.state()
    assert world.done("undo-health")["unknown"] == 3
    assert run_undo_looks(world.parts)
    told = world.done("undo-health")
    assert (told["open"], told["clean"], told["unknown"]) == (3, 3, 0)
    assert not run_undo_looks(world.parts)
    world.server.delete(right_dn("wiki"))
    assert not run_undo_looks(world.parts)
    clock.forward(hours=21)
    assert run_undo_looks(world.parts)
    told = world.done("undo-health", code=3)
    assert told["impossible"] == 3
    assert {one["why"] for one in told["undos"]} == {
        "Could not come back into wiki: gone."
    }
    assert {*before} - {*world.state()} == {right_dn("wiki")}
    with world.parts.database.read() as session:
        assert undo_health(session, role_id=1).impossible == 3
        assert undo_health(session, wave_id=99).open == 0


def test_how_long_an_undo_took_is_measured(world: SlapdWorld):
    wave = moved(world)
    world.done("wave", "undo", wave)
    asked = WaveAsked("olga", world.parts.now(), world.parts.settings)
    with world.parts.database.read() as session:
        page = wave_page(session, int(wave), asked)
    assert page.undo_seconds is not None and page.undo_seconds >= 0
    assert all(one.undo_seconds is not None for one in page.people)


def test_what_an_undo_could_not_do_is_said_forwards(world: SlapdWorld):
    wave = moved(world)
    world.server.delete(right_dn("wiki"))
    told = world.done("wave", "undo", wave, "--person", "p0", code=3)
    [person] = told["people"]
    [conflict] = person["conflicts"]
    assert conflict["sentence"] == "Put p0 back into wiki."
    assert person["reason"].startswith("Could not put p0 back into wiki: the group is")

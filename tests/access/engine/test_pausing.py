"""Pause, resume and cancel in the middle of the work: whoever is between two places is brought to
rest, nobody else begins, nobody loses anything, and the undo is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from app.access.waves import halting
from app.access.waves.running import run_due_waves
from app.core.acting import Acting
from app.core.settings import Settings
from app.models.access.words import HELD
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    never_less,
    one_packet_a_window,
)
from tests.acting import acting
from tests.conftest import Clock

RIGHTS = ("mail", "post", "wiki")
PEOPLE = tuple(f"p{number}" for number in range(7))
MANY = dict.fromkeys(PEOPLE, " ".join(RIGHTS))
MOMENTS = (5, 6, 8, 9, 10, 12)
"""Changes of the directory at which somebody asks for something: in each phase, and between."""


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(replace(settings, batch_size=2), clock, MANY) as world:
        world.role(*RIGHTS)
        yield world


def ask(world: SlapdWorld, deed: Callable[[Acting], object]) -> None:
    with world.parts.database.write() as session:
        deed(acting(session, "olga", world.parts.now(), world.parts.settings))


def at_rest(world: SlapdWorld, wave: str) -> dict[str, str]:
    states = world.states(wave)
    assert not {*states.values()}.intersection(HELD), states
    return states


@pytest.mark.parametrize("number", MOMENTS)
def test_a_pause_in_the_middle_of_a_wave_brings_everybody_to_rest(
    world: SlapdWorld, number: int, monkeypatch: pytest.MonkeyPatch
):
    one_packet_a_window(monkeypatch)
    before, rights, wave = world.state(), world.rights(), world.approved(*PEOPLE)
    moments = [before]
    world.doors.meanwhile = lambda _number: moments.append(world.state())
    pause = partial(halting.pause, wave_id=int(wave), reason="The printer is odd")
    world.doors.then(number, lambda: ask(world, pause))
    told = world.done("wave", "run", wave, code=3)
    assert (told["state"], told["paused"]["by"]) == ("paused", "olga")
    assert told["message"] == "Paused by olga: The printer is odd"
    states = at_rest(world, wave)
    assert {*states.values()} == {"soaking", "approved"}
    waiting = [name for name, state in states.items() if state == "approved"]
    moment = world.state()
    assert all(world.member_of(name) >= set(RIGHTS) for name in waiting)
    run_due_waves(world.parts)
    assert world.state() == moment
    assert world.done("wave", "resume", wave)["state"] == "soaking"
    assert {*at_rest(world, wave).values()} == {"soaking"}
    never_less(moments, MANY, before, world.state(), ("recursive",))
    world.undone(wave)
    assert world.rights() == rights


@pytest.mark.parametrize("number", MOMENTS[1::2])
def test_a_cancelled_wave_leaves_the_rest_as_they_are(
    world: SlapdWorld, number: int, monkeypatch: pytest.MonkeyPatch
):
    one_packet_a_window(monkeypatch)
    rights, wave = world.rights(), world.approved(*PEOPLE)
    cancel = partial(halting.cancel, wave_id=int(wave), reason="Enough for now")
    world.doors.then(number, lambda: ask(world, cancel))
    assert world.done("wave", "run", wave)["state"] == "soaking"
    states = at_rest(world, wave)
    assert {*states.values()} == {"soaking", "undone"}
    left = [name for name, state in states.items() if state == "undone"]
    assert left and all(world.member_of(name) >= set(RIGHTS) for name in left)
    assert world.rung("wave", "run", wave).code == 1
    world.undone(wave)
    assert world.rights() == rights


def test_a_paused_person_is_passed_by_and_goes_on_later(world: SlapdWorld):
    rights, wave = world.rights(), world.approved(*PEOPLE[:3])
    world.done("wave", "pause", wave, "--person", "p1", "--reason", "On holiday")
    told = world.done("wave", "run", wave, code=3)
    assert told["state"] == "soaking"
    one = next(person for person in told["people"] if person["person"] == "p1")
    assert (one["state"], one["paused"]["why"]) == ("approved", "On holiday")
    assert world.member_of("p1") >= set(RIGHTS)
    status = world.done("wave", "status", wave)
    assert status["lanes"] == {"soaking": 2, "paused": 1}
    world.done("wave", "pause", wave, "--person", "p0", "--reason", "No mail")
    refused = world.rung("wave", "confirm", wave, "--person", "p0")
    assert refused.code == 1 and "paused by" in refused.err
    world.done("wave", "resume", wave, "--person", "p0")
    world.done("wave", "confirm", wave, "--person", "p0", "--note", "Seen")
    world.undone(wave)
    assert world.rights() == rights


def test_a_pause_before_anybody_was_begun_leaves_nothing_behind(world: SlapdWorld):
    rights, wave = world.rights(), world.approved(*PEOPLE)
    world.rung("wave", "apply", wave, "--detach")
    world.done("wave", "pause", wave)
    run_due_waves(world.parts)
    assert {*world.states(wave).values()} == {"approved"}
    assert world.rights() == rights
    told = world.done("wave", "cancel", wave)
    assert told["state"] == "undone"
    assert world.rights() == rights

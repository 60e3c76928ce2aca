"""An armed wave begins by itself within its window, its first person alone; rules stop it with
their arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.access.arm.actions import take_back_stopped
from app.access.waves.running import run_due_waves
from app.core.settings import Settings
from tests.access.engine.slapd_world import SlapdWorld, company, person_dn, right_dn
from tests.conftest import Clock

RIGHTS = ("mail", "post", "wiki")
PEOPLE = tuple(f"p{number}" for number in range(6))
MANY = dict.fromkeys(PEOPLE, " ".join(RIGHTS))


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(replace(settings, batch_size=2), clock, MANY) as world:
        world.role(*RIGHTS)
        yield world


def at(clock: Clock, **later: float) -> str:
    return f"{clock() + timedelta(**later):%Y-%m-%d %H:%M}"


def state(world: SlapdWorld, wave: str) -> str:
    return str(world.done("wave", "status", wave)["state"])


def test_it_begins_within_its_window_and_the_others_wait_for_the_first(
    world: SlapdWorld, clock: Clock
):
    rights, wave = world.rights(), world.approved(*PEOPLE)
    opens, closes = at(clock, hours=1), at(clock, hours=5)
    told = world.done("wave", "arm", wave, "--opens", opens, "--closes", closes)
    assert (told["state"], told["armed"]["by"] != "") == ("armed", True)
    assert world.rung("wave", "run", wave).code == 1
    run_due_waves(world.parts)
    assert world.rights() == rights
    clock.forward(hours=1, minutes=1)
    run_due_waves(world.parts)
    assert state(world, wave) == "canary"
    assert world.done("wave", "status", wave)["lanes"] == {"approved": 5, "soaking": 1}
    run_due_waves(world.parts)
    assert state(world, wave) == "canary"
    world.done("wave", "confirm", wave, "--person", "p0", "--note", "Seen at work")
    run_due_waves(world.parts)
    assert state(world, wave) == "soaking"
    world.undone(wave)
    assert world.rights() == rights


def test_the_first_is_watched_for_hours(world: SlapdWorld, clock: Clock):
    wave = world.approved(*PEOPLE)
    world.done("wave", "arm", wave, "--canary", "hours", "--hours", "2")
    run_due_waves(world.parts)
    assert state(world, wave) == "canary"
    clock.forward(hours=1)
    run_due_waves(world.parts)
    assert state(world, wave) == "canary"
    clock.forward(hours=1, minutes=1)
    run_due_waves(world.parts)
    assert state(world, wave) == "soaking"


def test_a_window_that_closes_leaves_the_rest_where_they_are(
    world: SlapdWorld, clock: Clock
):
    wave = world.approved(*PEOPLE)
    world.done("wave", "arm", wave, "--closes", at(clock, hours=1))
    run_due_waves(world.parts)
    assert state(world, wave) == "canary"
    clock.forward(hours=2)
    world.done("wave", "confirm", wave, "--person", "p0", "--note", "Seen")
    run_due_waves(world.parts)
    told = world.done("wave", "status", wave)
    assert told["state"] == "paused" and "The window closed" in told["message"]
    assert told["lanes"] == {"approved": 5, "confirmed": 1}


def test_an_unopened_window_that_is_over_leaves_the_plan_approved(
    world: SlapdWorld, clock: Clock
):
    rights, wave = world.rights(), world.approved(*PEOPLE)
    opens, closes = at(clock, hours=1), at(clock, hours=2)
    world.done("wave", "arm", wave, "--opens", opens, "--closes", closes)
    clock.forward(hours=3)
    run_due_waves(world.parts)
    assert state(world, wave) == "approved"
    assert world.rights() == rights


def test_it_waits_for_office_hours(world: SlapdWorld, clock: Clock):
    wave = world.approved(*PEOPLE)
    clock.forward(hours=12)
    world.done("wave", "arm", wave, "--office", "--canary", "nothing")
    run_due_waves(world.parts)
    assert state(world, wave) == "armed"
    clock.forward(hours=12)
    run_due_waves(world.parts)
    assert state(world, wave) == "soaking"


@pytest.mark.parametrize("undo", [False, True])
def test_a_rule_stops_it_with_its_arithmetic(
    world: SlapdWorld, clock: Clock, undo: bool
):
    rights, wave = world.rights(), world.approved(*PEOPLE)
    words = ["--stop-failed", "2", *(["--undo"] if undo else [])]
    world.done("wave", "arm", wave, "--canary", "nothing", *words)
    for name in ("p1", "p2"):
        world.server.take(right_dn("wiki"), person_dn(name))
    run_due_waves(world.parts)
    told = world.done("wave", "status", wave)
    assert told["state"] == "paused"
    assert "2 of 6 could not be moved; stops at 2." in told["message"]
    assert told["paused"]["by"] == "Rung"
    assert {"rule": told["rules"][0]["rule"], "stops": True} in told["rules"]
    assert take_back_stopped(world.parts) is undo
    run_due_waves(world.parts)
    for name in ("p1", "p2"):
        world.server.put(right_dn("wiki"), person_dn(name))
    assert (world.rights() == rights) is undo


def test_disarmed_it_does_not_begin(world: SlapdWorld):
    rights, wave = world.rights(), world.approved(*PEOPLE)
    world.done("wave", "arm", wave)
    assert world.done("wave", "disarm", wave)["state"] == "approved"
    run_due_waves(world.parts)
    assert world.rights() == rights
    refused = world.rung("wave", "arm", wave, "--closes", "2020-01-01 09:00")
    assert refused.code == 1 and "over" in refused.err


def test_a_disarmed_wave_started_by_hand_is_not_armed_again_by_its_old_window(
    world: SlapdWorld, clock: Clock
):
    wave = world.approved(*PEOPLE)
    opens, closes = at(clock, hours=5), at(clock, hours=8)
    world.done("wave", "arm", wave, "--opens", opens, "--closes", closes)
    world.done("wave", "disarm", wave)
    told = world.done("wave", "status", wave)
    assert told["armed"] is None
    world.done("wave", "run", wave, "--detach")
    world.done("wave", "pause", wave, "--reason", "Lunch")
    world.done("wave", "resume", wave)
    run_due_waves(world.parts)
    assert state(world, wave) == "soaking"
    assert set(world.states(wave).values()) == {"soaking"}


def test_after_its_window_closed_a_wave_can_be_started_or_resumed_by_hand(
    world: SlapdWorld, clock: Clock
):
    wave = world.approved(*PEOPLE)
    opens, closes = at(clock, hours=1), at(clock, hours=2)
    world.done("wave", "arm", wave, "--opens", opens, "--closes", closes)
    clock.forward(hours=3)
    run_due_waves(world.parts)
    world.done("wave", "arm", wave, "--closes", at(clock, hours=1))
    run_due_waves(world.parts)
    clock.forward(hours=2)
    world.done("wave", "confirm", wave, "--person", "p0", "--note", "Seen")
    run_due_waves(world.parts)
    assert state(world, wave) == "paused"
    world.done("wave", "resume", wave)
    run_due_waves(world.parts)
    assert set(world.states(wave).values()) == {"soaking", "confirmed"}

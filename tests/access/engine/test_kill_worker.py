"""A worker killed at any point of an apply or an undo loses nothing and does nothing twice (design
5.2, 5.3).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from app.access.undo.actions import undo
from app.access.waves.actions import apply
from app.access.waves.halting import pause, resume
from app.core.acting import Acting
from app.core.settings import Settings
from app.models.access.words import HELD
from tests.access.engine.killing import Workers
from tests.access.engine.slapd_world import (
    COMPANY,
    SlapdWorld,
    State,
    company,
    never_less,
)
from tests.acting import acting
from tests.conftest import Clock

LENSES = {"nested": ("recursive",), "materialised": ("direct", "recursive")}
"""What the applications of a role look at, by the way it is realised."""


@pytest.fixture
def world(
    request: pytest.FixtureRequest, settings: Settings, clock: Clock
) -> Iterator[SlapdWorld]:
    with company(settings, clock, kind=getattr(request, "param", "plain")) as world:
        yield world


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as running:
        yield running


@pytest.fixture
def reaper(world: SlapdWorld, workers: Workers, clock: Clock) -> Reaper:
    return Reaper(world, workers, clock)


class Reaper:
    """Starts worker after worker and kills each of them, until the work is done; looks in after
    every death.
    """

    def __init__(self, world: SlapdWorld, workers: Workers, clock: Clock) -> None:
        self.world, self.workers, self.clock = world, workers, clock
        self.chance = random.Random(20260302)
        self.kills = 0
        self.moments: list[State] = []

    def reap(self, points: Callable[[], int]) -> None:
        """Let workers die after so many points until one of them has come to the end."""
        while self.reap_once(points()):
            assert self.kills < 100, "no worker gets anywhere"

    def reap_once(self, points: int) -> bool:
        """Let one worker die after so many points; tell whether it did."""
        died = self._one_more(points)
        if died:
            self.kills += 1
            self.moments.append(self.world.state())
        return died

    def at_random(self) -> int:
        """Return some number of points; some twenty are needed to get anywhere."""
        return self.chance.randint(1, 36)

    def _one_more(self, points: int) -> bool:
        settings = self.world.parts.settings
        self.clock.forward(
            seconds=settings.lease_seconds + 1
        )  # the lease of the dead one has run out
        return self.workers.dies(points, settings, self.clock())


def hand_over(world: SlapdWorld, wave: str, what: str) -> None:
    with world.parts.database.write() as session:
        if what == "apply":
            apply(
                acting(session, "olga", world.parts.now(), world.parts.settings),
                int(wave),
            )
        else:
            undo(acting(session, "olga", world.parts.now()), int(wave))


@pytest.mark.parametrize(
    ("world", "realise"),
    [("plain", "nested"), ("refint", "nested"), ("memberof", "materialised")],
    indirect=["world"],
)
def test_a_worker_killed_again_and_again_loses_nothing(
    world: SlapdWorld, reaper: Reaper, realise: str
):
    world.role("mail", "post", realise=realise)
    before, rights = world.state(), world.rights()
    more = [
        "--accept-gain",
        "--accept-loss",
        "wiki",
        "--reason",
        "The wiki is gone soon.",
    ]
    wave = world.approved("ada", "cyd", "dot", more=more)
    hand_over(world, wave, "apply")
    reaper.reap(reaper.at_random)
    after = world.state()
    assert set(world.states(wave).values()) == {"soaking"}
    never_less(reaper.moments, COMPANY, before, after, LENSES[realise])
    reaper.moments.clear()
    hand_over(world, wave, "undo")
    reaper.reap(reaper.at_random)
    assert set(world.states(wave).values()) == {"undone"}
    never_less(reaper.moments, COMPANY, after, before, LENSES[realise])
    assert world.rights() == rights
    steps = world.done("wave", "steps", wave)["steps"]
    assert {step["proof"] for step in steps} <= {
        "acked",
        "reconciled",
    }  # never taken for somebody else's
    assert world.done("audit", "verify")["whole"]
    assert reaper.kills >= 10


@pytest.mark.parametrize("what", ["apply", "undo"])
def test_no_point_is_a_bad_one_to_be_killed_at(
    world: SlapdWorld, reaper: Reaper, what: str
):
    world.role("mail")
    rights = world.rights()
    wave = world.approved("ada")
    if what == "undo":
        world.done("wave", "apply", wave)
    hand_over(world, wave, what)
    before, further = world.state(), count(1)
    reaper.reap(lambda: next(further))
    never_less(reaper.moments, COMPANY, before, world.state(), LENSES["nested"])
    assert set(world.states(wave).values()) == {
        "soaking" if what == "apply" else "undone"
    }
    if what == "apply":
        world.undone(wave)
    assert world.rights() == rights


def test_a_worker_killed_again_and_again_while_a_pause_brings_people_to_rest_loses_nothing(
    world: SlapdWorld, reaper: Reaper
):
    world.role("mail", "post")
    before, rights = world.state(), world.rights()
    wave = world.approved("ada", "ben")
    hand_over(world, wave, "apply")
    while not {*world.states(wave).values()}.intersection(HELD):
        assert reaper.reap_once(reaper.at_random())
    asked(world, lambda act: pause(act, int(wave), reason="The printer is odd"))
    further = count(1, 2)
    reaper.reap(lambda: next(further))
    states = world.states(wave)
    assert not {*states.values()}.intersection(HELD), states
    assert world.done("wave", "status", wave)["paused"]["by"] == "olga"
    never_less(reaper.moments, COMPANY, before, world.state(), LENSES["nested"])
    asked(world, lambda act: resume(act, int(wave)))
    reaper.reap(reaper.at_random)
    world.undone(wave)
    assert world.rights() == rights
    assert world.done("audit", "verify")["whole"]
    assert reaper.kills >= 5


def asked(world: SlapdWorld, deed: Callable[[Acting], object]) -> None:
    with world.parts.database.write() as session:
        deed(acting(session, "olga", world.parts.now(), world.parts.settings))

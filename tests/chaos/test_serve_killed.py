"""The real ``rung serve`` loses its worker, its answering processes or all of itself by ``kill -9``
while people are moved: nobody ever lacks a right, and the work comes to its end and back.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.access.undo.actions import undo
from app.access.waves.actions import apply
from app.core import audit
from app.core.settings import Settings
from app.models.access.wave import Switch
from app.models.access.words import SwitchState
from ldap_sync.dn import fold_or_self
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company_ldif,
    on_server,
    person_dn,
    right_dn,
)
from tests.chaos.lives import LIMITS
from tests.chaos.places import reached
from tests.foundation.test_serving import Served, eventually, free_port
from tests.ldap_sync.servers import Slapd

RIGHTS = ("mail", "post", "wiki")
PEOPLE = tuple(f"p{number:02}" for number in range(40))
LEASE = 5  # seconds; the least that is allowed, as it has to run out after each worker
SEED = 20261130


def now() -> datetime:
    """Tell the real time: the processes that are killed live in it."""
    return datetime.now(UTC)


@dataclass
class Killed:
    """A company whose wave is carried out by a real ``rung serve`` that is killed again and
    again.
    """

    world: SlapdWorld
    served: Served
    wave: int
    chance: random.Random
    struck: int = 0
    """How many kills came while people were on the way."""

    def through(self, end: SwitchState, *whom: str) -> None:
        """Kill one after the other, each when so and so many people are at the end, and look,
        until all are.
        """
        times = sorted(self.chance.sample(range(1, len(PEOPLE) - 1), len(whom)))
        for many, one in zip(times, whom, strict=True):
            assert eventually(lambda: self.there(end) >= many)  # noqa: B023
            self.struck += self.there(end) < len(PEOPLE)
            self.kill(one)
            self.nobody_lost_anything()
        assert eventually(lambda: self.there(end) == len(PEOPLE)), self.there(end)
        self.nobody_lost_anything()

    def kill(self, whom: str) -> None:
        """Kill the worker, one that answers, or the one that watches; then all of them end."""
        if whom == "watcher":
            self.served.end(signal.SIGKILL)
            self.served = Served(self.served.settings, free_port())
            return
        working = self.served.worker
        others = self.served.children - {working}
        killed = working if whom == "worker" else next(iter(others), 0)
        with suppress(ProcessLookupError):
            if killed:
                os.kill(killed, signal.SIGKILL)

    def there(self, end: SwitchState) -> int:
        """Return how many people of the wave stand at the end."""
        asked = select(func.count()).where(
            Switch.wave_id == self.wave, Switch.state == end
        )
        with self.world.parts.database.read() as session:
            return session.scalar(asked) or 0

    def nobody_lost_anything(self) -> None:
        """Look as the directory's administrator."""
        state = {
            fold_or_self(dn): tuple(map(fold_or_self, values))
            for dn, values in self.world.state().items()
        }
        held = {fold_or_self(right_dn(right)) for right in RIGHTS}
        for person in PEOPLE:
            lacking = held - reached(state, fold_or_self(person_dn(person)))
            assert not lacking, f"{person} lacks {lacking}"


@contextmanager
def killed_serve(settings: Settings) -> Iterator[Killed]:
    """Have a wave approved, and a real server that will carry it out."""
    ours = replace(settings, **{**LIMITS, "batch_size": 1, "lease_seconds": LEASE})
    held = {person: " ".join(RIGHTS) for person in PEOPLE}
    with Slapd(overlays=("memberof", "refint")) as server:
        server.add(company_ldif(held))
        with on_server(server, ours, now) as world:
            world.role(*RIGHTS)
            wave = int(world.approved(*PEOPLE))
            served = Served(ours, free_port())
            killed = Killed(world, served, wave, random.Random(SEED))
            try:
                yield killed
            finally:
                if killed.served.process.poll() is None:
                    killed.served.end(signal.SIGTERM)


def test_nobody_loses_anything_when_the_real_server_is_killed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("max_people_per_wave", "max_share_of_group", "max_deletions_per_hour"):
        monkeypatch.setenv(f"RUNG_{name.upper()}", str(LIMITS[name]))
    monkeypatch.setenv("RUNG_BATCH_SIZE", "1")
    monkeypatch.setenv("RUNG_LEASE_SECONDS", str(LEASE))
    with killed_serve(settings) as killed:
        before = killed.world.rights()
        assert eventually(killed.served.answers)
        with killed.world.parts.acting("olga") as act:
            apply(act, killed.wave)
        killed.through(SwitchState.SOAKING, "worker", "watcher")
        with killed.world.parts.acting("olga") as act:
            undo(act, killed.wave)
        killed.through(SwitchState.UNDONE, "web", "worker")
        assert killed.struck > 2
        # After the last person the role's group leaves the rights' groups, which a kill may delay.
        assert eventually(lambda: killed.world.rights() == before)
        with killed.world.parts.database.read() as session:
            assert not audit.verify(session)

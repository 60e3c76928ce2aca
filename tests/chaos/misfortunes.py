"""What befalls a worker that stands at a point of its work, drawn by a seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from app.access.waves.halting import cancel, pause, resume
from app.core.errors import Refused
from app.directory.actions import freeze, unfreeze
from app.models.access.wave import Wave
from app.models.access.words import WaveState
from tests.acting import acting
from tests.chaos.lives import Halt, Lives, kill
from tests.chaos.places import MOVING, RIGHTS, STAYING, Place
from tests.ldap_sync.proxy import MODIFY, SEARCH

WORKER = "worker killed"
ORDER = "process that takes the order killed"
SERVER = "server killed"
REQUEST, ANSWER = "request lost", "answer lost"
OTHERS = "others wrote"
SECOND = "second worker took over"
FULL = "journal disk full"
FREEZE = "writing frozen"
PAUSE = "wave paused, then resumed"
CANCEL = "rest of the wave cancelled"
ODD = "odd answer of the server"
KINDS = (
    WORKER,
    ORDER,
    SERVER,
    REQUEST,
    ANSWER,
    OTHERS,
    SECOND,
    FULL,
    FREEZE,
    PAUSE,
    CANCEL,
    ODD,
)

WEIGHTS = {
    WORKER: 10,
    SERVER: 6,
    REQUEST: 14,
    ANSWER: 18,
    OTHERS: 16,
    SECOND: 3,
    FULL: 5,
    FREEZE: 3,
    PAUSE: 6,
    CANCEL: 1,
}
SLOW_TO_START = {"389": 2, "samba": 3}
"""How rarely servers are killed that take long to come back."""

CODES = (51, 52, 80, 53, 50, 16654)
"""Answers to a change: busy, unavailable, other, unwilling, no access, and one nobody knows."""


@dataclass
class Misfortunes:
    """Draws what happens and does it; ``happened`` counts, ``touched`` holds the pairs of group and
    person that others changed, ``theirs`` those of people who are in no wave, with what they left.
    """

    place: Place
    second: Lives
    chance: random.Random
    happened: Counter[str] = field(default_factory=Counter)
    touched: set[tuple[str, str]] = field(default_factory=set)
    theirs: dict[tuple[str, str], bool] = field(default_factory=dict)
    server_away: bool = False
    look_in: Callable[[], None] = lambda: None
    """What is looked at while the worker stands still."""

    def halts(self, longest: int) -> list[int]:
        """Draw at which points of a life something happens."""
        points, at = [], self.chance.randint(1, longest)
        for _ in range(self.chance.randint(1, 9)):
            points.append(at)
            at += self.chance.randint(1, 12)
        return points

    def befall(self, halt: Halt) -> str:
        """Do to a worker that stands still what was drawn; say how it goes on."""
        if not self.server_away:
            self.look_in()
        kind = self._drawn(halt)
        return self._done(kind, halt)

    def after_life(self) -> None:
        """Set right, once a worker has ended, what would keep the next one from working."""
        if self.server_away:
            self._server_back()
        self.place.proxy.spare()
        if self.place.family == "demo":
            self.place.server.faults.clear()  # type: ignore[attr-defined]

    def __post_init__(self) -> None:
        """Begin to count anew what the proxy loses."""
        self.place.proxy.lost.clear()

    def counted(self) -> Counter[str]:
        """Return what happened so far, with what the proxy lost."""
        lost = self.place.proxy.lost
        at_the_proxy = {REQUEST: lost["request"], ANSWER: lost["answer"]}
        return self.happened + Counter(at_the_proxy)

    def thaw(self) -> None:
        """Lift a freeze, if there is one."""
        world = self.place.world
        try:
            with world.parts.database.write() as session:
                unfreeze(acting(session, "olga", world.parts.now()))
        except Refused:
            return

    def _drawn(self, halt: Halt) -> str:
        weights = dict(WEIGHTS)
        family = self.place.family
        weights[SERVER] = SLOW_TO_START.get(family, weights[SERVER])
        if family == "demo":
            weights[SERVER], weights[ODD] = 0, 16
        if halt.holds_journal:
            weights |= dict.fromkeys((SECOND, FREEZE, PAUSE, CANCEL), 0)
        if self.happened[CANCEL]:
            weights[CANCEL] = 0
        if not self.place.world.parts.database.is_sqlite:
            weights[FULL] = 0
        if self.server_away:
            weights = {WORKER: 1, REQUEST: 1}
        kinds = sorted(weights)
        [kind] = self.chance.choices(kinds, [weights[one] for one in kinds])
        return kind

    def _done(self, kind: str, halt: Halt) -> str:
        if kind == WORKER:
            self.happened[WORKER] += 1
            return kill(halt)
        if kind == FULL:
            self.happened[FULL] += 1
            return "full"
        {
            SERVER: self._kill_server,
            REQUEST: lambda: self._lose(self.place.proxy.lose_request),
            ANSWER: lambda: self._lose(self.place.proxy.lose_answer),
            OTHERS: self._others_write,
            SECOND: self._second,
            FREEZE: self._freeze,
            PAUSE: self._pause,
            CANCEL: self._cancel,
            ODD: self._odd,
        }[kind]()
        return "go" if self.chance.random() < 0.5 else "room"

    def _lose(self, lose: Callable[[int, int], None]) -> None:
        operation, most = self.chance.choice([(MODIFY, 4), (MODIFY, 9), (SEARCH, 40)])
        lose(operation, self.chance.randint(1, most))

    def _kill_server(self) -> None:
        process = self.place.process
        assert process is not None
        process.kill()
        self.happened[SERVER] += 1
        self.server_away = True
        if self.chance.random() < 0.5:
            self._server_back()

    def _server_back(self) -> None:
        process = self.place.process
        assert process is not None
        process.resume()
        self.server_away = False

    def _others_write(self) -> None:
        kind, right = self.chance.choice(("take", "put")), self.chance.choice(RIGHTS)
        person = self.chance.choice((*MOVING, *MOVING, *STAYING))
        pair = (right, person)
        took = self.place.change(kind, right, person)
        self.happened[OTHERS] += took
        if not took:
            return
        if person in STAYING:
            self.theirs[pair] = kind == "put"
        else:
            self.touched.add(pair)

    def _second(self) -> None:
        """Let another worker take over while the first one stands still, which then goes on."""
        settings = self.place.world.parts.settings
        self.place.clock.forward(seconds=settings.lease_seconds + 1)
        self.second.live(settings, self.place.clock, [], kill, job="work")
        self.happened[SECOND] += 1

    def _freeze(self) -> None:
        world = self.place.world
        try:
            with world.parts.database.write() as session:
                freeze(acting(session, "olga", world.parts.now()), reason="chaos")
        except Refused:
            return
        self.happened[FREEZE] += 1

    def _pause(self) -> None:
        """Let somebody pause whatever is being moved; it is resumed before the next life."""
        self._halt(PAUSE, pause)

    def _cancel(self) -> None:
        """Let somebody cancel the rest of whatever is being moved, once in a scenario."""
        self._halt(CANCEL, cancel)

    def _halt(self, kind: str, deed: Callable[..., object]) -> None:
        world = self.place.world
        with world.parts.database.write() as session, suppress(Refused):
            act = acting(session, "olga", world.parts.now(), world.parts.settings)
            moving = select(Wave.id).where(Wave.state == WaveState.APPLYING)
            for wave_id in session.scalars(moving).all():
                deed(act, wave_id, reason="chaos")
                self.happened[kind] += 1

    def resume(self) -> None:
        """Let whatever was paused go on."""
        world = self.place.world
        with world.parts.database.write() as session:
            act = acting(session, "olga", world.parts.now(), world.parts.settings)
            paused = select(Wave.id).where(Wave.state == WaveState.PAUSED)
            with suppress(Refused):  # writing is frozen: later
                for wave_id in session.scalars(paused).all():
                    resume(act, wave_id)

    def _odd(self) -> None:
        faults = self.place.server.faults  # type: ignore[attr-defined]
        faults.answer(self.chance.choice(CODES), "chaos", nth=self.chance.randint(1, 5))
        self.happened[ODD] += 1

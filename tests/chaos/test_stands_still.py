"""A worker that stands still for longer than its lease takes nothing from anybody afterwards,
however far another one has come meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.settings import Settings
from app.models.access.wave import Straggler, Switch
from app.models.access.words import SwitchState
from ldap_sync.dn import fold_or_self
from tests.chaos.lives import Halt, Lives, kill
from tests.chaos.places import RIGHTS, Place, a_place, differences, reached

PEOPLE = ("p0", "p1")
AMONG_THE_RIGHTS = 8
"""Which packet of a wave takes away a right: the role and its places come first."""


@dataclass
class Standstill:
    """A first worker, and a second one that takes the whole wave back while the first one stands at
    a point.
    """

    place: Place
    first: Lives
    second: Lives
    wave: int = 0

    def live(
        self,
        hand: Lives,
        halts: Iterable[int] = (),
        at: Callable[[Halt], str] = kill,
        **job: Any,
    ) -> None:
        """Let a process live once, at a time when no lease runs any more."""
        settings = self.place.world.parts.settings
        self.place.clock.forward(seconds=settings.lease_seconds + 1)
        hand.live(settings, self.place.clock, halts, at, **job)

    def order(self) -> None:
        """Order a wave that is to be applied."""
        self.place.world.sync()
        self.wave = int(self.place.world.approved(*PEOPLE))
        self.live(self.second, job="apply", wave=self.wave)

    def stand_still(self, packet: int, when: str, *, dies: bool = False) -> bool:
        """Apply a wave; stand still when a packet is about to be sent, or was ``sent``, while the
        wave is taken back; then go on, or die once the packet is out.

        Tell whether so many packets were sent.
        """
        self.order()
        sent = []

        def reached(halt: Halt) -> str:
            sent.append(halt.point)
            if sent.count(when) == packet and halt.point == when:
                self.undo()
            over = dies and sent.count("sent") == packet
            return kill(halt) if over else "go"

        self.live(self.first, range(1, 1000), reached, job="work")
        for _ in range(3):
            self.live(self.second, job="work")
        self.undo()
        return sent.count(when) >= packet

    def dies_and_is_taken_back(self) -> None:
        """Apply a wave of which the worker dies between two rights of the first person, and take it
        back.
        """
        self.order()
        packets = count(1)

        def reached_packet(halt: Halt) -> str:
            over = halt.point == "sending" and next(packets) == AMONG_THE_RIGHTS
            return kill(halt) if over else "go"

        self.live(self.first, range(1, 1000), reached_packet, job="work")
        self.undo()

    def look_for_hours(self) -> None:
        """Let the worker look as often as it wants to."""
        for _ in range(12):
            self.place.clock.forward(seconds=1800)
            self.live(self.second, job="work")

    def standing(self) -> set[SwitchState]:
        """Return where the people of the last wave stand."""
        with self.place.world.parts.database.read() as session:
            mine = select(Switch.state).where(Switch.wave_id == self.wave)
            return set(session.scalars(mine))

    def undo(self) -> None:
        """Take the whole wave back."""
        self.live(self.second, job="undo", wave=self.wave)
        self.live(self.second, job="work")

    def watched(self) -> int:
        """Return how many changes are still looked at."""
        with self.place.world.parts.database.read() as session:
            return session.scalar(select(func.count()).select_from(Straggler)) or 0


@pytest.fixture
def standstill(settings: Settings):
    """Rung before the demo directory, and two workers."""
    with ExitStack() as stack:
        place = stack.enter_context(a_place("demo", settings, None))
        hands = stack.enter_context(Lives()), stack.enter_context(Lives())
        yield Standstill(place, *hands)


@pytest.mark.parametrize("when", ["sending", "sent"])
def test_whoever_was_taken_back_meanwhile_keeps_everything(
    standstill: Standstill, when: str
):
    place = standstill.place
    before, shown = place.groups(), place.memberof()
    packet = 1
    while standstill.stand_still(packet, when):
        told = differences(before, place.groups(), ())
        told += differences(shown, place.memberof(), ())
        assert not told, (packet, told)
        packet += 3
    assert packet > 9


def test_a_packet_that_came_late_is_found_though_its_worker_died(
    standstill: Standstill,
):
    place, before, packet = standstill.place, standstill.place.groups(), 2
    while standstill.stand_still(packet, "sending", dies=True):
        told = differences(before, place.groups(), ())
        assert not told, (packet, told)
        packet += 3
    assert packet > 9


def test_looking_again_comes_to_an_end(standstill: Standstill):
    assert standstill.stand_still(7, "sending", dies=True)
    assert standstill.watched()
    standstill.look_for_hours()
    assert not standstill.watched()


def test_what_others_take_away_afterwards_is_asked_about_and_not_given_again(
    standstill: Standstill,
):
    place = standstill.place
    standstill.dies_and_is_taken_back()
    assert standstill.watched()
    for right in RIGHTS:
        assert place.change("take", right, "p0")
    taken = place.groups()
    standstill.look_for_hours()
    assert place.groups() == taken
    assert SwitchState.CONFLICT in standstill.standing()


def test_whoever_moves_again_meanwhile_keeps_the_role(standstill: Standstill):
    place = standstill.place
    standstill.dies_and_is_taken_back()
    assert standstill.watched()
    standstill.order()
    standstill.live(standstill.second, job="work")
    standstill.look_for_hours()
    assert standstill.standing() == {SwitchState.SOAKING}
    for person in PEOPLE:
        seen = reached(place.groups(), fold_or_self(place.dn[person]))
        assert {fold_or_self(place.dn[right]) for right in RIGHTS} <= seen

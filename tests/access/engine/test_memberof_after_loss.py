"""A server that goes down in the middle of a change leaves memberOf behind its groups: it is
compared and put right by itself, and that is written down.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from sqlalchemy import select

from app.access.undo.actions import undo
from app.access.waves.actions import apply
from app.access.waves.running import run_wave
from app.core.audit import AuditEvent
from app.core.errors import Away, Refused
from app.core.settings import Settings
from app.directory.actions import freeze, run_waiting_repairs, unfreeze
from app.directory.queries import last_repair
from app.models.access.wave import Wave
from app.models.access.words import WaveState
from ldap_sync.adapter import family
from tests.access.engine.slapd_world import (
    COMPANY,
    SlapdWorld,
    company_ldif,
    memberof_due,
    on_server,
)
from tests.acting import acting
from tests.conftest import Clock
from tests.ldap_sync.proxy import MODIFY, ChaosProxy
from tests.ldap_sync.servers import Slapd

LINK, ROLE_ON, RIGHT_OFF = 2, 4, 5
"""Which write of a wave links the role to a right, brings somebody into it, takes a right away."""

KILLS = 5
CROWD = {f"p{number:02}": "mail post wiki" for number in range(20)}


@pytest.fixture
def lossy(settings: Settings, clock: Clock) -> Iterator[tuple[SlapdWorld, ChaosProxy]]:
    with ExitStack() as stack:
        server = stack.enter_context(Slapd(overlays=("memberof", "refint")))
        proxy = stack.enter_context(ChaosProxy(server.port))
        server.add(company_ldif(COMPANY))
        way = server.connection(url=proxy.url)
        world = on_server(server, settings, clock, connection=way)
        yield stack.enter_context(world), proxy


def dies_in_the_middle_of(
    number: int, world: SlapdWorld, proxy: ChaosProxy, patch: pytest.MonkeyPatch
) -> None:
    """Have one write change the group and not memberOf, and its answer be lost: what a server
    leaves behind that is killed between the two.
    """
    right = family.still_behind

    def before(write: int) -> None:
        if write == number:
            patch.setattr(
                family, "still_behind", lambda p, key, _: family.has_key(p, key)
            )
            proxy.lose_answer(MODIFY)

    def behind(write: int) -> None:
        if write == number:
            patch.setattr(family, "still_behind", right)

    world.doors.before, world.doors.meanwhile = before, behind


@pytest.mark.parametrize("number", [LINK, ROLE_ON, RIGHT_OFF])
def test_memberof_left_behind_by_a_lost_connection_is_put_right(
    lossy: tuple[SlapdWorld, ChaosProxy], monkeypatch: pytest.MonkeyPatch, number: int
):
    world, proxy = lossy
    before = world.memberof()
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    dies_in_the_middle_of(number, world, proxy, monkeypatch)
    world.done("wave", "apply", wave)
    assert world.states(wave) == {"ada": "soaking", "ben": "soaking"}
    assert world.memberof() == memberof_due(world.state())
    assert len(world.doors.refreshed) == 1
    told_of_it(world)
    world.undone(wave)
    assert world.memberof() == before


def told_of_it(world: SlapdWorld) -> None:
    with world.parts.database.read() as session:
        repair = last_repair(session, world.home)
        events = session.scalars(
            select(AuditEvent.label).where(AuditEvent.actor == "Rung")
        ).all()
    assert repair is not None
    assert (repair.asked_by, repair.state) == ("Rung", "done")
    assert repair.message == "1 value of memberOf put right."
    assert "Found memberOf left behind by a lost connection" in events
    assert "1 value of memberOf put right." in events


def right_after(world: SlapdWorld, number: int, act: Callable[[], object]) -> None:
    """Let something happen between a write and the look at what became of it."""
    behind = world.doors.meanwhile

    def meanwhile(write: int) -> None:
        behind(write)
        if write == number:
            act()

    world.doors.meanwhile = meanwhile


def test_a_repair_that_is_lost_itself_is_tried_again(
    lossy: tuple[SlapdWorld, ChaosProxy], monkeypatch: pytest.MonkeyPatch
):
    world, proxy = lossy
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    dies_in_the_middle_of(ROLE_ON, world, proxy, monkeypatch)
    right_after(world, ROLE_ON, lambda: proxy.lose_request(MODIFY))
    for _ in range(3):
        world.rung("wave", "apply", wave)
    run_waiting_repairs(world.parts)
    assert set(world.states(wave).values()) == {"soaking"}
    assert world.memberof() == memberof_due(world.state())


def test_a_freeze_keeps_the_repair_waiting_until_it_is_lifted(
    lossy: tuple[SlapdWorld, ChaosProxy], monkeypatch: pytest.MonkeyPatch
):
    world, proxy = lossy
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    dies_in_the_middle_of(ROLE_ON, world, proxy, monkeypatch)

    def frozen() -> None:
        with world.parts.database.write() as session:
            freeze(acting(session, "olga", world.parts.now()), reason="odd")

    right_after(world, ROLE_ON, frozen)
    assert world.rung("wave", "apply", wave).code == 1
    assert not world.doors.refreshed
    with world.parts.database.write() as session:
        unfreeze(acting(session, "olga", world.parts.now()))
    assert run_waiting_repairs(world.parts)
    assert world.memberof() == memberof_due(world.state())
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    assert world.memberof() == memberof_due(world.state())


def test_memberof_is_right_after_a_server_was_killed_again_and_again(
    settings: Settings, clock: Clock
):
    with Slapd(overlays=("memberof", "refint")) as server:
        server.add(company_ldif(CROWD))
        server.now_durable()
        with on_server(server, settings, clock) as world:
            before = world.memberof()
            world.role("mail", "post", "wiki")
            wave = int(world.approved(*CROWD))
            for order in (apply, undo):
                with world.parts.database.write() as session:
                    act = acting(session, "olga", world.parts.now(), settings)
                    order(act, wave)
                carried_out_under_fire(world, server, wave)
                run_waiting_repairs(world.parts)
                assert world.memberof() == memberof_due(world.state())
            assert world.memberof() == before


def carried_out_under_fire(world: SlapdWorld, server: Slapd, wave: int) -> None:
    """Kill the server in the middle of a big change, some times, and let the wave go on."""
    chance = random.Random(20260302)
    for _ in range(KILLS):
        delay = chance.uniform(0.0, 0.03)
        shot = fired_at_the_next_write(world, server, delay)
        with suppress(Away, Refused):
            run_wave(world.parts, wave)
        if shot.is_set():
            server.restart()
    world.doors.before = lambda _: None
    run_wave(world.parts, wave)
    with world.parts.database.read() as session:
        state = session.get_one(Wave, wave).state
    assert state in (WaveState.SOAKING, WaveState.UNDONE)


def fired_at_the_next_write(
    world: SlapdWorld, server: Slapd, delay: float
) -> threading.Event:
    fired = threading.Event()

    def before(_write: int) -> None:
        if not fired.is_set():
            fired.set()
            assert server.process is not None
            threading.Timer(delay, server.process.kill).start()

    world.doors.before = before
    return fired

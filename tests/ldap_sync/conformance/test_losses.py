"""What Rung must make of a connection that breaks: never a second send, never a guess."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ldap_sync.port import Unavailable
from ldap_sync.values import DirectoryChange, MemberPresence, Proof, Status
from tests.ldap_sync.conftest import Doors, World
from tests.ldap_sync.proxy import ADD, MODIFY, SEARCH, ChaosProxy
from tests.ldap_sync.servers import LdapServer


@pytest.fixture
def proxy(server: LdapServer) -> Iterator[ChaosProxy]:
    with ChaosProxy(server.port, server.host) as running:
        yield running


def silently(what: str, count: int) -> None:
    """Hear of progress and say nothing."""


def step(world: World) -> DirectoryChange:
    anna, berta = world.people(2)
    group = world.group(anna)
    return DirectoryChange(
        group.key, group.dn, group.attribute, add=(berta.dn,), delete=(anna.dn,)
    )


def test_a_lost_answer_is_unknown_and_reading_finds_the_change(
    world: World, doors: Doors, proxy: ChaosProxy
) -> None:
    change = step(world)
    writer = doors.writer(world.server.connection(url=proxy.url))
    proxy.lose_answer(MODIFY)
    outcome = writer.apply(change)
    assert (outcome.status, outcome.proof) == (Status.UNKNOWN, Proof.NONE)
    assert writer.presence(change) is MemberPresence.AFTER
    assert proxy.seen.count(MODIFY) == 1


def test_a_lost_request_is_unknown_and_reading_finds_no_change(
    world: World, doors: Doors, proxy: ChaosProxy
) -> None:
    change = step(world)
    writer = doors.writer(world.server.connection(url=proxy.url))
    proxy.lose_request(MODIFY)
    assert writer.apply(change).status is Status.UNKNOWN
    assert writer.presence(change) is MemberPresence.BEFORE
    assert proxy.seen.count(MODIFY) == 1


def test_a_connection_lost_before_anything_was_sent_is_told(
    world: World, doors: Doors, proxy: ChaosProxy
) -> None:
    change = step(world)
    writer = doors.writer(world.server.connection(url=proxy.url))
    proxy.lose_request(SEARCH)
    with pytest.raises(Unavailable):
        writer.apply(change)
    assert MODIFY not in proxy.seen
    assert world.writer.presence(change) is MemberPresence.BEFORE


def test_a_connection_that_ended_while_idle_is_opened_anew(
    world: World, doors: Doors, proxy: ChaosProxy
) -> None:
    change = step(world)
    writer = doors.writer(world.server.connection(url=proxy.url))
    assert writer.presence(change) is MemberPresence.BEFORE
    proxy.disconnect()
    assert writer.apply(change).status is Status.DONE


def test_a_server_that_does_not_listen_is_told_and_nothing_is_unknown(
    world: World, doors: Doors, proxy: ChaosProxy
) -> None:
    change = step(world)
    writer = doors.writer(world.server.connection(url=proxy.url))
    proxy.close()
    with pytest.raises(Unavailable, match="Nobody listens"):
        writer.apply(change)


def test_a_group_whose_creation_was_not_answered_is_unknown_and_then_already_there(
    world: World, doors: Doors, proxy: ChaosProxy
) -> None:
    writer = doors.writer(world.server.connection(url=proxy.url))
    wanted = world.server.new_group(f"lost{id(world)}", world.person().dn)
    proxy.lose_answer(ADD)
    assert writer.create(wanted).status is Status.UNKNOWN
    again = writer.create(wanted)
    assert (again.status, again.key) == (Status.ALREADY, world.server.key_of(wanted.dn))
    assert proxy.seen.count(ADD) == 1


@pytest.mark.parametrize("size", [100, 1000, 3000])
def test_a_reading_cut_in_the_middle_is_no_reading(
    world: World, doors: Doors, proxy: ChaosProxy, size: int
) -> None:
    world.people(3)
    world.group(*world.server.fillers(min(200, world.server.crowd)))
    reader = doors.reader(world.server.connection(url=proxy.url))
    assert reader.profile
    proxy.cut_after(size)
    with pytest.raises(Unavailable, match="try again"):
        reader.read(silently)

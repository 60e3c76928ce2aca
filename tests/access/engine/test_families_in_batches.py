"""More people than one batch holds move and come back on 389 Directory Server and on Samba's Active
Directory: groups and memberOf are as before, one value may have been taken by others meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from ldap_sync.dn import fold_or_self, rdn_value
from tests.access.engine.slapd_world import SlapdWorld, State, memberof_of, on_server
from tests.conftest import Clock
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd
from tests.ldap_sync.servers import LdapServer

RIGHTS = ("mail", "post", "wiki")
PEOPLE = [f"p{number:02}" for number in range(27)]
RESOURCE = {"389": "groupOfNames", "samba": "domain local"}
BATCHES = 3
"""The canary, 25 people, and one more."""

Start = Callable[[str], SlapdWorld]


@pytest.fixture
def start(
    settings: Settings, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Start]:
    with ExitStack() as stack:

        def started(family: str) -> SlapdWorld:
            demand({"389": server_389, "samba": server_samba}[family].missing())
            made = (
                DirectoryServer389()
                if family == "389"
                else SambaAd(server_samba.domain(tmp_path_factory))
            )
            server: LdapServer = stack.enter_context(made)
            people = [server.add_person(name) for name in (*PEOPLE, "stays")]
            for name in RIGHTS:
                server.add_group(name, people, RESOURCE[family])
            inner = server.add_group("inner", [server.add_person("cyd")])
            server.add_group("outer", [inner])
            world = on_server(server, settings, clock, placeholders=())
            return stack.enter_context(world)

        yield started


def groups(world: SlapdWorld) -> State:
    """Return all groups but that of the role, which an undo leaves in place, emptied."""
    found = world.state()
    return {dn: held for dn, held in found.items() if rdn_value(dn) != "clerk"}


def shown(world: SlapdWorld) -> State:
    """Return everybody's memberOf but that of the role's group."""
    found = memberof_of(world.server)
    return {dn: held for dn, held in found.items() if rdn_value(dn) != "clerk"}


def a_wave(world: SlapdWorld) -> str:
    world.lens("recursive")
    world.role(*RIGHTS)
    return world.approved(*PEOPLE)


@pytest.mark.parametrize("family", ["389", "samba"])
def test_more_than_a_batch_moves_and_comes_back_exactly(start: Start, family: str):
    world = start(family)
    before, memberof = groups(world), shown(world)
    wave = a_wave(world)
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    prepared, touched = 1 + len(RIGHTS), 1 + len(RIGHTS)
    assert world.doors.writes == prepared + BATCHES * touched
    moved = {fold_or_self(world.server.person_dn(name)) for name in PEOPLE}
    for dn, values in groups(world).items():
        assert not moved & set(map(fold_or_self, values)), dn
    world.undone(wave)
    assert set(world.states(wave).values()) == {"undone"}
    assert groups(world) == before
    assert shown(world) == memberof


@pytest.mark.parametrize("family", ["389", "samba"])
def test_what_others_took_from_the_middle_of_a_batch_stays_taken(
    start: Start, family: str
):
    world = start(family)
    before, server = groups(world), world.server
    wave = a_wave(world)
    [wiki] = [dn for dn in before if rdn_value(dn) == "wiki"]
    gone = server.person_dn("p09")
    alone = 1 + len(RIGHTS) + 1 + len(RIGHTS)
    world.doors.then(alone + 1, lambda: server.take(wiki, gone))
    world.done("wave", "apply", wave)
    assert set(world.states(wave).values()) == {"soaking"}
    steps = world.done("wave", "steps", wave)["steps"]
    assert [one["state"] for one in steps].count("already") == 1
    world.undone(wave)
    server.put(wiki, gone)
    assert groups(world) == before

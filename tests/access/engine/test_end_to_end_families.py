"""A person moves to a nested role and comes back on real 389 Directory Server and Samba's Active
Directory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from ldap_sync.dn import fold_or_self, rdn_value
from tests.access.engine.slapd_world import SlapdWorld, State, on_server
from tests.conftest import Clock
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import MANAGED, DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd
from tests.ldap_sync.servers import LdapServer

Start = Callable[[str], SlapdWorld]
CLERK = "clerk, small=1"
"""A name with signs that not every server takes everywhere."""

RESOURCE = {"389": "groupOfNames", "samba": "domain local"}
"""The kind of group that gives a right; in Active Directory the global group of a role goes into
domain local ones.
"""


@pytest.fixture
def start(
    settings: Settings, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Start]:
    """Start a server of a family with ada and ben, who both are in mail and post."""
    with ExitStack() as stack:

        def started(family: str) -> SlapdWorld:
            demand({"389": server_389, "samba": server_samba}[family].missing())
            made = (
                DirectoryServer389()
                if family == "389"
                else SambaAd(server_samba.domain(tmp_path_factory))
            )
            server: LdapServer = stack.enter_context(made)
            people = [server.add_person(name) for name in ("ada", "ben")]
            for name in ("mail", "post"):
                server.add_group(name, people, RESOURCE[family])
            # One nested group must be there for the check to see whether memberOf follows such
            # groups.
            server.add_group(
                "outer", [server.add_group("inner", [server.add_person("cyd")])]
            )
            return stack.enter_context(
                on_server(server, settings, clock, placeholders=())
            )

        yield started


def place(state: State, name: str) -> str:
    """Return the DN of the group of that name."""
    [found] = [dn for dn in state if rdn_value(dn) == name]
    return found


def listing(world: SlapdWorld, name: str) -> set[str]:
    """Return the names of the groups that list a person or group now."""
    dn = fold_or_self(name)
    return {
        rdn_value(group)
        for group, values in world.state().items()
        if dn in map(fold_or_self, values)
    }


def the_rest(state: State) -> State:
    """Return all groups but that of the role, which an undo leaves in place, emptied."""
    return {dn: values for dn, values in state.items() if rdn_value(dn) != CLERK}


@pytest.mark.parametrize(
    ("family", "lens"), [("389", "memberof"), ("samba", "recursive")]
)
def test_one_person_moves_to_a_nested_role_and_comes_back_exactly(
    start: Start, family: str, lens: str
):
    world = start(family)
    world.lens(lens)
    before, ada = world.state(), world.server.person_dn("ada")
    world.role("mail", "post", name=CLERK)
    wave = world.applied("ada", role=CLERK)
    assert world.states(wave) == {"ada": "soaking"}
    assert listing(world, ada) == {CLERK}
    assert listing(world, place(world.state(), CLERK)) >= {"mail", "post"}
    world.undone(wave)
    assert world.states(wave) == {"ada": "undone"}
    assert the_rest(world.state()) == before
    assert listing(world, ada) == {"mail", "post"}


def named_roles(world: SlapdWorld, person: str) -> list[str]:
    """Return the managed roles that a person names now."""
    return world.server.values(world.server.person_dn(person), "nsRoleDN")


def test_managed_roles_of_389_come_and_go_with_the_person_and_come_back(start: Start):
    world = start("389")
    server = world.server
    cyd = server.person_dn("cyd")
    lost, gained = (
        server.add_group(name, [cyd], MANAGED) for name in ("signer", "printer")
    )
    ada = server.person_dn("ada")
    server.change(f"dn: {ada}\nchangetype: modify\nadd: nsRoleDN\nnsRoleDN: {lost}\n")
    world.sync()
    before, roles = world.state(), named_roles(world, "ada")
    world.role("mail", "post", "printer", name=CLERK)
    decided = ("--accept-loss", "signer", "--reason", "moves", "--accept-gain")
    wave = world.applied("ada", "ben", role=CLERK, more=decided)
    assert named_roles(world, "ada") == named_roles(world, "ben") == [gained]
    world.undone(wave)
    assert the_rest(world.state()) == before
    assert (named_roles(world, "ada"), named_roles(world, "ben")) == (roles, [])


def test_a_role_whose_group_a_right_would_not_take_is_refused_when_it_is_planned(
    start: Start,
):
    world = start("samba")
    server = world.server
    server.add_group("team", [server.person_dn("ada")], "global")
    server.add(
        f"dn: CN=clerk,{server.roles}\nobjectClass: group\ncn: clerk\n"
        "sAMAccountName: clerk\ngroupType: -2147483644\n"
    )
    world.sync()
    world.lens("recursive")
    world.role("mail", "team")
    before = world.state()
    told = world.done("wave", "plan", "clerk", "--person", "ada", code=1)
    assert "is a domain local group, which Active Directory does not take" in str(told)
    assert world.state() == before


def test_nobody_moves_whose_right_comes_from_the_primary_group(start: Start):
    world = start("samba")
    server = world.server
    assert isinstance(server, SambaAd)
    staff = server.add_group(
        "staff", [server.person_dn("ada"), server.person_dn("ben")]
    )
    number = server.relative_id(staff)
    server.change(
        f"dn: {server.person_dn('ada')}\nchangetype: modify\nreplace: primaryGroupID\n"
        f"primaryGroupID: {number}\n"
    )
    world.sync()
    world.lens("recursive")
    held = world.done("explain", "ada")["primary_group"]
    assert held["name"] == "staff"
    assert "Primary group, neither to be given" in world.rung("explain", "ada").out
    assert world.done("right", "show", "staff")["by_primary_group"] == 1
    assert "Held as primary group by 1." in world.rung("right", "show", "staff").out
    world.role("mail", "staff")
    told = world.done("wave", "plan", "clerk", "--person", "ada", "--person", "ben")
    assert [person["person"] for person in told["people"]] == ["ben"]
    assert (
        told["left_out"][0]["why"]
        == "staff is the primary group, which cannot be changed."
    )

"""A new version of a role reaches its people, and comes back exactly, on 389 Directory Server and
Samba too.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import on_server
from tests.access.engine.test_end_to_end_families import RESOURCE
from tests.conftest import Clock
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd, domain
from tests.ldap_sync.servers import LdapServer


@pytest.mark.parametrize("family", ["389", "samba"])
def test_a_version_is_brought_by_links_of_the_group_and_comes_back_exactly(
    family: str,
    settings: Settings,
    clock: Clock,
    tmp_path_factory: pytest.TempPathFactory,
):
    demand({"389": server_389, "samba": server_samba}[family].missing())
    with ExitStack() as stack:
        made = (
            DirectoryServer389()
            if family == "389"
            else SambaAd(domain(tmp_path_factory))
        )
        server: LdapServer = stack.enter_context(made)
        people = [server.add_person(name) for name in ("ada", "ben")]
        for name in ("mail", "post"):
            server.add_group(name, people, RESOURCE[family])
        other = server.add_person("cyd")
        server.add_group("wiki", [other], RESOURCE[family])
        # By a group within another the server shows whether its memberOf follows.
        server.add_group("outer", [server.add_group("inner", [other])])
        world = stack.enter_context(on_server(server, settings, clock, placeholders=()))
        world.lens("recursive")
        world.role("mail", "post")
        first = world.applied("ada", "ben")
        before = world.state()
        world.done("wave", "decide", first, "scale", "--reason", "It works")
        change = ("--add-right", "wiki", "--remove-right", "post")
        world.done("role", "change", "clerk", *change, "--reason", "New work")
        told = world.done("role", "version", "clerk", "--reason", "Post is over")
        wave = str(told["wave"])
        world.done("wave", "approve", wave, "--as", "olga")
        clock.forward(minutes=1)
        world.done("wave", "apply", wave)
        groups = world.state()
        role = next(dn for dn in groups if dn.lower().startswith("cn=clerk,"))
        holding = {
            dn.lower().partition(",")[0]
            for dn, inside in groups.items()
            if role in inside and dn != role
        }
        assert holding == {"cn=mail", "cn=wiki"}
        world.sync()
        assert world.done("drift", "list")["drift"] == []
        clock.forward(minutes=1)
        world.undone(wave)
        assert world.state() == before

"""What others change about moved people is found on 389 Directory Server and Samba too, and
repaired by a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import SlapdWorld, on_server
from tests.access.engine.test_end_to_end_families import RESOURCE
from tests.conftest import Clock
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd, domain
from tests.ldap_sync.servers import LdapServer

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
                else SambaAd(domain(tmp_path_factory))
            )
            server: LdapServer = stack.enter_context(made)
            people = [server.add_person(name) for name in ("ada", "ben")]
            for name in ("mail", "post"):
                server.add_group(name, people, RESOURCE[family])
            server.add_group(
                "outer", [server.add_group("inner", [server.add_person("cyd")])]
            )
            return stack.enter_context(
                on_server(server, settings, clock, placeholders=())
            )

        yield started


@pytest.mark.parametrize("family", ["389", "samba"])
def test_what_others_change_is_found_keeps_from_confirming_and_is_repaired(
    start: Start, family: str
):
    world = start(family)
    world.lens("recursive")
    world.role("mail", "post")
    wave = world.applied("ada", "ben")
    groups = world.state()
    role = next(dn for dn in groups if dn.lower().startswith("cn=clerk,"))
    mail = next(dn for dn in groups if dn.lower().startswith("cn=mail,"))
    post = next(dn for dn in groups if dn.lower().startswith("cn=post,"))
    ben, ada = world.server.person_dn("ben"), world.server.person_dn("ada")
    world.server.take(role, ben)
    world.server.put(mail, ada)
    world.server.take(post, role)
    told = world.done("wave", "confirm", wave, code=3)
    assert "ada" in str(told) and "post" in str(told)
    world.sync()
    found = world.done("drift", "list")["drift"]
    assert {(one["kind"], one["right"]) for one in found} == {
        ("out of the role", "clerk"),
        ("direct came back", "mail"),
        ("role link cut", "post"),
    }
    numbers = [str(one["drift"]) for one in found]
    [made] = world.done("drift", "repair", *numbers)["repairs"]
    world.done("wave", "approve", str(made["wave"]), "--as", "olga")
    world.done("wave", "apply", str(made["wave"]))
    assert world.state() == groups
    world.sync()
    assert world.done("drift", "list")["drift"] == []
    world.done("wave", "confirm", wave, "--note", "Seen")

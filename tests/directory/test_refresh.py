"""A reading of changes leaves the rows as a complete reading would, on every kind of server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from app.models.people import Person
from ldap_sync.dn import rdn_value
from ldap_sync.mapping import member_attribute
from tests.directory.refreshing import Office, ask_for_nothing_again, names, office_of
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import MANAGED, DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd
from tests.ldap_sync.servers import Demo, LdapServer, Slapd

SERVERS: dict[str, Callable[[pytest.TempPathFactory], LdapServer]] = {
    "slapd": lambda _: Slapd(),
    "slapd with refint": lambda _: Slapd(overlays=("refint",)),
    "demo directory": lambda _: Demo(),
    "389": lambda _: DirectoryServer389(),
    "samba": lambda factory: SambaAd(server_samba.domain(factory)),
}
MISSING = {"389": server_389.missing, "samba": server_samba.missing}


@pytest.fixture(params=SERVERS, scope="module")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LdapServer]:
    demand(MISSING.get(request.param, str)())
    with SERVERS[request.param](tmp_path_factory) as running:
        yield running


@pytest.fixture
def to_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for_nothing_again(monkeypatch)


@pytest.fixture
def office(server, database, settings, clock, to_the_change) -> Iterator[Office]:
    with office_of(server, database, settings, clock) as made:
        yield made


def test_a_reading_of_changes_sees_all_that_happens_to_people_and_groups(office):
    server = office.server
    one, two, three, four = (server.add_person(name) for name in names(4))
    kept, other = names(2)
    mail = server.add_group(f"mail-{kept}", [one, two])
    vpn = server.add_group(f"vpn-{kept}", [two, three])
    office.read()
    assert office.refreshed().changes == 0

    five = server.add_person(f"new-{other}")  # a person comes
    server.put(mail, five)  # and is given a right
    assert office.refreshed().changes == 2

    server.take(mail, one)
    server.put(vpn, one)
    assert office.refreshed().changes == 2

    server.change(f"dn: {one}\nchangetype: modify\nreplace: title\ntitle: Clerk\n")
    office.refreshed()
    with office.parts.database.read() as session:
        assert "Clerk" in session.scalars(select(Person.title)).all()

    server.rename(two, f"{two.partition('=')[0]}=named-{other}")
    office.refreshed()
    if server.takes_nobodies:
        time.sleep(0.3)  # refint follows a little later
    office.refreshed()

    server.delete(three)
    office.refreshed()
    time.sleep(0.3)
    office.refreshed()

    server.delete(four)
    assert server.add_person(four.partition(",")[0].partition("=")[2]) == four
    office.refreshed()  # somebody else under the name of one who left

    server.delete(vpn)
    office.refreshed()


def test_rights_of_every_kind_follow_what_happens_to_their_holders(office):
    server = office.server
    # Others stay: more than half gone would not be believed.
    one, two, three, *_ = [server.add_person(name) for name in names(6)]
    mark, *_ = names(1)
    groups = [
        server.add_group(f"{kind}-{mark}", [_as_member(kind, one)], kind)
        for kind in server.kinds
    ]
    others = server.add_others(mark) if server.takes_nobodies else {}
    office.read()
    for kind, group in zip(server.kinds, groups, strict=True):
        put(server, kind, group, two)
    for dn in others:
        server.put(groups[0], dn)
    office.refreshed()
    server.rename(one, f"{one.partition('=')[0]}=called-{mark}")
    office.refreshed()
    for dn in list(others)[:2]:
        server.delete(dn)
    time.sleep(0.3)
    office.refreshed()
    server.delete(three)
    server.delete(two)
    office.refreshed()
    time.sleep(0.3)
    office.refreshed()


def put(server: LdapServer, kind: str, group: str, person: str) -> None:
    """Give somebody a right, in the way of its kind."""
    if kind == MANAGED:
        server.put(person, group, attribute="nsRoleDN")
        return
    attribute = member_attribute([kind])
    server.put(group, _as_member(kind, person), attribute=attribute)


def _as_member(kind: str, dn: str) -> str:
    return rdn_value(dn) if kind == "posixGroup" else dn


def test_who_is_switched_off_is_seen(office):
    server = office.server
    one, *_ = (server.add_person(name) for name in names(2))
    office.read()
    kind, _, line = server.off[0].rpartition("|")
    attribute, _, value = line.partition(": ")
    classes = "".join(
        f"add: {c.replace(': ', chr(10) + c.partition(':')[0] + ': ')}\n-\n"
        for c in [kind]
        if c
    )
    server.change(
        f"dn: {one}\nchangetype: modify\n{classes}replace: {attribute}\n{attribute}: {value}\n"
    )
    office.refreshed()
    with office.parts.database.read() as session:
        off = session.scalars(select(Person.dn).where(Person.disabled)).all()
    assert one in off

"""A reading of changes leaves the rows as a complete reading would, on every kind of server, and is
not believed where it is cut.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from app.core.parts import Parts
from app.directory.actions import read_now
from app.models.directory import Entitlement, Membership, Reading
from app.models.people import Person
from ldap_sync.adapter import marks, open_reader
from ldap_sync.dn import rdn_value
from ldap_sync.mapping import member_attribute
from tests.conftest import Clock
from tests.directory.builders import a_directory
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import MANAGED, DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd
from tests.ldap_sync.servers import (
    Demo,
    LdapServer,
    Slapd,
)

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
    """Ask for no change again that was seen: what a test changes is all there is to find."""
    monkeypatch.setattr(marks, "_earlier", lambda _way, newest, _spent: newest)


@dataclass
class Office:
    """A server, and Rung that reads it."""

    server: LdapServer
    parts: Parts
    directory_id: int

    def read(self, **how: bool) -> Reading:
        reading = read_now(self.parts, self.directory_id, by="kim", **how)
        with self.parts.database.read() as session:
            return session.get_one(Reading, reading.id)

    def refreshed(self) -> Reading:
        """Read what changed, and prove that a complete reading finds nothing other."""
        if self.server.family == "389":
            time.sleep(1.1)  # its stamps are whole seconds
        reading = self.read()
        assert not reading.full, reading.note
        found = self.rows()
        everything = self.read(full=True)
        assert (everything.full, everything.note) == (True, "")
        assert found == self.rows()
        assert (everything.changes, everything.missed) == (0, [])
        counts = ("people", "groups", "grants")
        assert [getattr(reading, name) for name in counts] == [
            getattr(everything, name) for name in counts
        ]
        return reading

    def rows(self) -> dict[str, list[Any]]:
        """Return what is known of the directory, without numbers of rows and times."""
        with self.parts.database.read() as session:
            people = {row.id: row for row in session.scalars(select(Person))}
            rights = {row.id: row for row in session.scalars(select(Entitlement))}
            listed = session.scalars(select(Membership)).all()
        return {
            "people": sorted(_told(row) for row in people.values()),
            "rights": sorted(
                (*_told(row), people[row.owner_id].key if row.owner_id else "")
                for row in rights.values()
            ),
            "members": sorted(
                (
                    rights[row.entitlement_id].key,
                    row.attribute,
                    row.value,
                    row.kind.value,
                    people[row.person_id].key if row.person_id else "",
                    rights[row.child_id].key if row.child_id else "",
                    row.what,
                )
                for row in listed
            ),
        }


OURS = {"id", "directory_id", "first_seen", "gone_at", "owner_id"}


def _told(row: Person | Entitlement) -> tuple[str, ...]:
    columns = (column.name for column in row.__table__.columns)
    facts = {name: str(getattr(row, name)) for name in columns if name not in OURS}
    return (str(row.gone_at is None), *facts.values())


@contextmanager
def office_of(server: LdapServer, database, settings, clock: Clock) -> Iterator[Office]:
    connection = server.connection()
    with database.write() as session:
        directory = a_directory(
            session,
            url=server.url,
            security="plaintext",
            base=server.suffix,
            people_base=server.people,
            group_base=server.groups,
            role_base=server.roles,
            bind_dn=server.reader,
            write_dn=server.writer,
        )
    told = {"bind_password": server.password, "write_password": server.password}
    parts = Parts(
        settings=settings,
        database=database,
        open_reader=lambda asked: open_reader(replace(asked, **told)),
        open_writer=lambda asked: None,
        now=clock,
        ring=lambda: None,
    )
    assert connection.base
    yield Office(server, parts, directory.id)


@pytest.fixture
def office(server, database, settings, clock, to_the_change) -> Iterator[Office]:
    with office_of(server, database, settings, clock) as made:
        yield made


def names(count: int) -> list[str]:
    mark = f"{time.monotonic_ns():x}"
    return [f"p{mark}{number}" for number in range(count)]


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
    one, two, three = (server.add_person(name) for name in names(3))
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

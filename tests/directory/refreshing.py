"""A server and Rung that reads it, for tests of readings of changes."""

from __future__ import annotations

import time
from collections.abc import Iterator
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
from tests.conftest import Clock
from tests.directory.builders import a_directory
from tests.ldap_sync.servers import LdapServer


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
        """Read what changed, and prove that a complete reading finds nothing other.

        At the end changes are read once more, so that the next one knows who was there.
        """
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
        again = self.read()
        assert (again.full, again.changes, found) == (False, 0, self.rows())
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


def names(count: int) -> list[str]:
    mark = f"{time.monotonic_ns():x}"
    return [f"p{mark}{number}" for number in range(count)]


def ask_for_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for no change again that was seen: what a test changes is all there is to find."""
    monkeypatch.setattr(marks, "_earlier", lambda _way, newest, _spent: newest)

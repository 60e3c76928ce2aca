"""The servers of the conformance list, and a small world of people and groups that each test makes
for itself.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ldap_sync.adapter import USUAL, Timeouts, open_reader, open_writer
from ldap_sync.port import ReadDirectory, WriteDirectory
from ldap_sync.values import Connection, DirectoryGroup, DirectoryPerson
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd
from tests.ldap_sync.servers import Demo, LdapServer, Slapd

Starter = Callable[[pytest.TempPathFactory], LdapServer]
SERVERS: dict[str, Starter] = {
    "slapd": lambda _: Slapd(),
    "slapd with memberof": lambda _: Slapd(overlays=("memberof",)),
    "slapd with refint": lambda _: Slapd(overlays=("refint",)),
    "demo directory": lambda _: Demo(),
    "389": lambda _: DirectoryServer389(),
    "samba": lambda factory: SambaAd(server_samba.domain(factory)),
}
WITH_ACCOUNT_NAMES = pytest.mark.parametrize(
    "server", [name for name in SERVERS if name != "samba"], indirect=True
)
"""For what only servers have whose groups may list account names, or values beside DNs."""

MISSING = {"389": server_389.missing, "samba": server_samba.missing}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], LdapServer]]:
    """Return what starts a server of the list by name, once per test run."""
    found: dict[str, LdapServer] = {}
    with ExitStack() as stack:

        def start(name: str) -> LdapServer:
            if name not in found:
                found[name] = stack.enter_context(SERVERS[name](tmp_path_factory))
            return found[name]

        yield start


@pytest.fixture(params=SERVERS)
def server(
    request: pytest.FixtureRequest, running: Callable[[str], LdapServer]
) -> LdapServer:
    """Return, one after the other, every server the adapter promises to work with."""
    demand(MISSING.get(request.param, str)())
    return running(request.param)


@pytest.fixture
def slapd() -> Iterator[Slapd]:
    """Return a plain slapd of the test's own."""
    with Slapd() as running:
        yield running


class World:
    """People and groups with names nobody else uses, and the directory as Rung opens it."""

    def __init__(self, server: LdapServer, doors: Doors) -> None:
        self.server, self.doors = server, doors
        self.reader, self.writer = (
            doors.reader(server.connection()),
            doors.writer(server.connection()),
        )

    def person(self, name: str = "") -> DirectoryPerson:
        """Add a person and return it as the directory gives it back."""
        dn = self.server.add_person(name or f"p{next(_numbers)}")
        found = self.reader.person(self.server.key_of(dn))
        assert found is not None
        return found

    def people(self, count: int) -> list[DirectoryPerson]:
        """Add several people."""
        return [self.person() for _ in range(count)]

    def group(
        self, *members: DirectoryPerson | str, kind: str = "", name: str = ""
    ) -> DirectoryGroup:
        """Add a group, of the usual kind where none is given, and return it as the directory gives
        it back.
        """
        kind = kind or self.server.kinds[0]
        uses_uid = kind == "posixGroup"
        values = [
            member if isinstance(member, str) else member.uid if uses_uid else member.dn
            for member in members
        ]
        return self.look(
            self.server.add_group(name or f"g{next(_numbers)}", values, kind)
        )

    def look(self, dn: str) -> DirectoryGroup:
        """Return the group that stands there now."""
        found = self.reader.group_at(dn)
        assert found is not None
        return found


class Doors:
    """Opens directories for a test and closes them after it."""

    def __init__(self, closing: ExitStack) -> None:
        self._closing = closing

    def reader(
        self, connection: Connection, timeouts: Timeouts = USUAL
    ) -> ReadDirectory:
        """Open a directory to read."""
        return self._closing.enter_context(
            contextlib.closing(open_reader(connection, timeouts))
        )

    def writer(
        self, connection: Connection, timeouts: Timeouts = USUAL
    ) -> WriteDirectory:
        """Open a directory to write."""
        return self._closing.enter_context(
            contextlib.closing(open_writer(connection, timeouts))
        )


@pytest.fixture
def doors() -> Iterator[Doors]:
    with ExitStack() as closing:
        yield Doors(closing)


@pytest.fixture
def world(server: LdapServer, doors: Doors) -> World:
    return World(server, doors)

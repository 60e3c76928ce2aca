"""The directories in which chaos happens: real servers and the demo directory, with a proxy before
each.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import ldap3
from ldap3.core.exceptions import LDAPException

from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from ldap_sync.dn import fold_or_self
from tests.access.engine.slapd_world import PLACEHOLDER, SlapdWorld, State, on_server
from tests.chaos.lives import LIMITS
from tests.conftest import Clock
from tests.ldap_sync import server_389, server_samba
from tests.ldap_sync.process import ServerProcess
from tests.ldap_sync.proxy import ChaosProxy
from tests.ldap_sync.server_389 import DirectoryServer389
from tests.ldap_sync.server_samba import SambaAd
from tests.ldap_sync.servers import Demo, LdapServer, Slapd

RIGHTS = ("mail", "post", "wiki", "cash")
MOVING = tuple(f"p{number}" for number in range(7))
STAYING = ("s0", "s1")
"""People who hold the same rights and are in no wave; only others change what they hold."""

KIND = {"389": "groupOfNames", "samba": "domain local"}
FAMILIES = ("slapd", "389", "samba", "demo")


@dataclass
class Place:
    """A company on its server, the proxy through which Rung reaches it, and Rung."""

    family: str
    world: SlapdWorld
    proxy: ChaosProxy
    clock: Clock
    dn: dict[str, str]
    """Where people and groups stand, by name."""
    role: str = ""

    @property
    def server(self) -> LdapServer:
        """Return the server itself, behind the proxy."""
        return self.world.server

    @property
    def process(self) -> ServerProcess | None:
        """Return what can be killed; the demo directory lives in this process."""
        server = self.server
        return server if isinstance(server, ServerProcess) else None

    def groups(self) -> State:
        """Return all groups with their folded members, as the administrator sees them now."""
        return dict(self._search("(member=*)", "member"))

    def memberof(self) -> State:
        """Return what everybody says in memberOf now."""
        return dict(self._search("(memberOf=*)", "memberOf"))

    def change(self, kind: str, group: str, person: str) -> bool:
        """Add or delete a member as others would; tell whether the server took it."""
        what = ldap3.MODIFY_ADD if kind == "put" else ldap3.MODIFY_DELETE
        changes = {"member": [(what, [self.dn[person]])]}
        try:
            return bool(self._ldap.modify(self.dn.get(group, group), changes))
        except (LDAPException, KeyError):  # an odd answer meant for Rung befell others
            self.server.hang_up()
            return False

    @property
    def _ldap(self) -> ldap3.Connection:
        connection = self.server._ldap
        with suppress(LDAPException):
            if not connection.closed and connection.search(
                "", "(objectClass=*)", ldap3.BASE
            ):
                return connection
        self.server.hang_up()
        return self.server._ldap

    def _search(self, wanted: str, attribute: str) -> list[tuple[str, tuple[str, ...]]]:
        connection = self._ldap
        base = self.server.suffix
        connection.search(base, wanted, ldap3.SUBTREE, attributes=[attribute])
        assert connection.result["result"] == 0, connection.result
        return [
            _but_nobodies(entry["dn"], entry["raw_attributes"][attribute])
            for entry in connection.response
            if entry["type"] == "searchResEntry"
        ]


def _but_nobodies(dn: str, values: Sequence[bytes]) -> tuple[str, tuple[str, ...]]:
    """Return an entry without what only keeps its group from being empty: a nobody, or itself."""
    own = fold_or_self(dn)
    folded = {fold_or_self(value.decode()) for value in values}
    return own, tuple(sorted(folded - {own, fold_or_self(PLACEHOLDER)}))


def missing(family: str) -> str:
    """Say why a server cannot be had here, or nothing."""
    asked = {"389": server_389.missing, "samba": server_samba.missing}
    return asked[family]() if family in asked else ""


class Folder:
    """What pytest hands out: a folder in which a domain is made once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def getbasetemp(self) -> Path:
        """Return the folder."""
        return self._path


@contextmanager
def a_place(family: str, settings: Settings, domain: Path | None) -> Iterator[Place]:
    """Start a server of a family, fill it, and connect Rung to it through a proxy.

    ``domain`` is the domain that Samba copies.
    """
    settings = replace(settings, **LIMITS)
    clock = Clock()
    with (
        _server(family, domain) as server,  # type: ignore[attr-defined]  # all are used in a with statement
        ChaosProxy(server.port, server.host) as proxy,
    ):
        dn = _filled(server, family)
        placeholders = (PLACEHOLDER,) if family in ("slapd", "demo") else ()
        way = server.connection(url=proxy.url)
        with on_server(
            server, settings, clock, placeholders=placeholders, connection=way
        ) as world:
            world.lens("recursive")
            role = world.role(*RIGHTS)
            dn[role] = f"cn={role},{server.roles}"
            yield Place(family, world, proxy, clock, dn, role)


@contextmanager
def settings_of_its_own() -> Iterator[Settings]:
    """Make a home with an empty database in it."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        settings = Settings(home=Path(folder), secret_key="chaos " * 10)
        database = Database(settings.database, audit_key=settings.audit_key)
        schema.upgrade(database)
        database.dispose()
        yield settings


def _server(family: str, domain: Path | None) -> LdapServer:
    if family == "samba":
        assert domain is not None
        return SambaAd(domain)
    if family == "389":
        return DirectoryServer389()
    return Demo() if family == "demo" else Slapd(overlays=("memberof", "refint"))


def _filled(server: LdapServer, family: str) -> dict[str, str]:
    dn = {name: server.add_person(name) for name in (*MOVING, *STAYING, "cyd")}
    kind = KIND.get(family, "groupOfNames")
    nobody = [PLACEHOLDER] if family in ("slapd", "demo") else []
    for right in RIGHTS:
        members = [dn[name] for name in (*MOVING, *STAYING)]
        dn[right] = server.add_group(right, [*members, *nobody], kind)
    # One nested group must be there for the check to see whether memberOf follows such groups.
    server.add_group("outer", [server.add_group("inner", [dn["cyd"], *nobody])])
    return dn


def reached(state: State, person: str) -> set[str]:
    """Return the groups that list a person, or a group in which the person is."""
    found: set[str] = set()
    fresh = {person}
    while fresh:
        above = {dn for dn, members in state.items() if fresh & set(members)}
        fresh = above - found
        found |= fresh
    return found


def differences(
    before: State, after: State, but: Sequence[tuple[str, str]]
) -> list[str]:
    """Say which pairs of entry and value are in one state and not in the other, but for some."""
    one, other = _pairs(before), _pairs(after)
    told = [(pair, "gone") for pair in one - other]
    told += [(pair, "new") for pair in other - one]
    return sorted(f"{how}: {a} {b}" for (a, b), how in told if (a, b) not in but)


def _pairs(state: State) -> set[tuple[str, str]]:
    return {(dn, value) for dn, values in state.items() for value in values}

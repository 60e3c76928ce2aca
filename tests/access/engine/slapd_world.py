"""A small company on a real server, read into Rung, and an observer who looks behind Rung's
back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.access.engine import journal
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.directory.actions import add_directory, check_directory, read_now
from app.directory.rules import DirectoryValues
from app.models.access.wave import Wave
from app.models.directory import Entitlement, Lens
from ldap_sync import adapter, merging
from ldap_sync.dn import escape, fold_or_self
from ldap_sync.ldif import read_entries
from ldap_sync.merging import Window
from ldap_sync.port import DirectoryError, WriteDirectory, never
from ldap_sync.values import (
    Connection,
    DirectoryChange,
    NewGroup,
    Outcome,
    WrongMemberOf,
)
from tests.access.builders import an_operator
from tests.acting import acting
from tests.conftest import Done, Rung, runner_for, shut
from tests.ldap_sync.servers import (
    GROUPS,
    PEOPLE,
    ROLES,
    SUFFIX,
    Demo,
    LdapServer,
    Slapd,
    group_ldif,
    ldif_line,
    person_ldif,
    run,
)

PLACEHOLDER = f"cn=placeholder,{SUFFIX}"
LENSES = ("direct", "recursive")
MEMBERS = ("member", "uniqueMember", "memberUid", "roleOccupant")
COMPANY = {
    "ada": "mail post",
    "ben": "mail post",
    "cyd": "mail post wiki",
    "dot": "mail",
    "eve": "wiki",
}
"""Two fit a role of mail and post exactly, one holds a right more, one a right less, one nothing of
it.
"""

SERVERS: Mapping[str, Callable[[], LdapServer]] = {
    "plain": Slapd,
    "memberof": lambda: Slapd(overlays=("memberof",)),
    "refint": lambda: Slapd(overlays=("refint",)),
    "memberof and refint": lambda: Slapd(overlays=("memberof", "refint")),
    "logged": lambda: Slapd(overlays=("accesslog", "lastbind")),
    "demo": Demo,
}

State = dict[str, tuple[str, ...]]
"""Groups by DN with their values in order."""


def person_dn(name: str) -> str:
    """Return where a person of the company stands."""
    return f"uid={escape(name)},{PEOPLE}"


def right_dn(name: str) -> str:
    """Return where the group of a right stands."""
    return f"cn={escape(name)},{GROUPS}"


def role_dn(name: str) -> str:
    """Return where the group of a role stands."""
    return f"cn={escape(name)},{ROLES}"


def company_ldif(
    held: Mapping[str, str],
    nested: Iterable[tuple[str, str]] = (),
    *,
    spare: bool = True,
    others: Iterable[str] = (),
) -> str:
    """Write people and groups; ``nested`` are (inner, outer).

    ``spare`` gives every group a placeholder too.

    ``others`` are groups that may be held by nobody.
    """
    pairs = list(nested)
    names = {name for text in held.values() for name in text.split()} | {
        name for pair in pairs for name in pair
    }
    records = [person_ldif(name, person_dn(name)) for name in held]
    for name in sorted({*names, *others}):
        members = [person_dn(who) for who, text in held.items() if name in text.split()]
        members += [right_dn(inner) for inner, outer in pairs if outer == name]
        records.append(
            group_ldif(
                name, [*members, PLACEHOLDER] if spare or not members else members
            )
        )
    return "\n".join(records)


class Doors:
    """Opens directories for Rung; ``meanwhile`` runs behind every write, with its number,
    ``before`` ahead of it.
    """

    def __init__(self) -> None:
        self.writes = 0
        self.meanwhile: Callable[[int], object] = _nothing
        self.before: Callable[[int], object] = _nothing
        self.refreshed: list[WrongMemberOf] = []
        self.after_refresh: Callable[[], object] = lambda: None
        self.pauses: list[float] = []
        self.in_pause: Callable[[int], object] = _nothing

    def pause(self, seconds: float) -> None:
        """Let the time of a pause go by at once; ``in_pause`` happens in it, with its number."""
        self.pauses.append(seconds)
        self.in_pause(len(self.pauses))

    def open_writer(self, connection: Connection) -> Any:
        """Open a directory for writing."""
        return _Watched(adapter.open_writer(connection), self)

    def then(self, number: int, act: Callable[[], object]) -> None:
        """Let something happen right after a write, counted from now."""
        self._once("meanwhile", number, act)

    def ahead_of(self, number: int, act: Callable[[], object]) -> None:
        """Let something happen right before a write, counted from now."""
        self._once("before", number, act)

    def _once(self, when: str, number: int, act: Callable[[], object]) -> None:
        due = self.writes + number
        setattr(self, when, lambda count: act() if count == due else None)


Did = TypeVar("Did")


def one_packet_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the engine look for other orders around every single packet, so that a test can put
    something between any two.
    """
    monkeypatch.setattr(merging, "WINDOW", 1)
    monkeypatch.setattr(journal, "HEAR_SECONDS", -1.0)


class _Watched:
    """A directory for writing through which somebody looks in around every single write."""

    def __init__(self, writer: WriteDirectory, doors: Doors) -> None:
        self._writer, self._doors = writer, doors

    def apply(self, change: DirectoryChange) -> Outcome:
        """Change a group."""
        return self._write(lambda: self._writer.apply(change))

    def send(
        self,
        window: Window,
        changes: Sequence[DirectoryChange],
        late: Callable[[], bool] = never,
    ) -> dict[int, Outcome]:
        """Change groups, one after the other, so that somebody can look in between."""
        became: dict[int, Outcome] = {}
        for packet in window:
            try:
                send = partial(self._writer.send, (packet,), changes, late)
                became |= self._write(send)
            except DirectoryError:
                if not became:
                    raise
                break
        return became

    def create(self, group: NewGroup) -> Outcome:
        """Create a group."""
        return self._write(lambda: self._writer.create(group))

    def refresh_memberof(self, wrong: WrongMemberOf) -> Outcome:
        """Let one value of memberOf be worked out anew."""
        outcome = self._writer.refresh_memberof(wrong)
        self._doors.refreshed.append(wrong)
        self._doors.after_refresh()
        return outcome

    def _write(self, write: Callable[[], Did]) -> Did:
        self._doors.before(self._doors.writes + 1)
        outcome = write()
        self._doors.writes += 1
        self._doors.meanwhile(self._doors.writes)
        return outcome

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


def _nothing(_number: int) -> None:
    """Let nothing happen."""


@dataclass
class SlapdWorld:
    """The server, the app that knows it, and the command line of that app.

    ``home`` is the directory's number.
    """

    server: LdapServer
    app: Flask
    rung: Rung
    doors: Doors
    home: int = 0
    last: Done = field(default_factory=lambda: Done(0, "", ""))

    @property
    def parts(self) -> Parts:
        """Return the parts of the app."""
        parts: Parts = self.app.extensions[KEY]
        return parts

    def sync(self) -> None:
        """Read the directory as ``rung sync`` does."""
        read_now(self.parts, self.home, by="test")

    def lens(self, lens: str, *rights: str) -> None:
        """State how the applications look that read these rights; without names, all of them."""
        with self.parts.database.write() as session:
            for right in session.scalars(select(Entitlement)):
                if not rights or right.cn in rights:
                    right.lens = Lens(lens)

    def done(self, *arguments: str, code: int = 0) -> Any:
        """Run a command that must end with ``code`` and return what it says in JSON."""
        self.last = self.rung(*arguments, "--json")
        assert self.last.code == code, f"{' '.join(arguments)}: {self.last}"
        return self.last.json

    def role(self, *rights: str, name: str = "clerk", realise: str = "nested") -> str:
        """Make a role of these rights and return its name."""
        chosen = [word for right in rights for word in ("--right", right)]
        return str(
            self.done("role", "new", name, *chosen, "--realise", realise)["role"]
        )

    def planned(
        self, *people: str, role: str = "clerk", more: Iterable[str] = ()
    ) -> str:
        """Plan a wave and return W."""
        chosen = [word for person in people for word in ("--person", person)]
        why = ("--reason", "Several roles are tried at once.")
        return str(self.done("wave", "plan", role, *chosen, *why, *more)["wave"])

    def approved(
        self, *people: str, role: str = "clerk", more: Iterable[str] = ()
    ) -> str:
        """Plan a wave, have it approved, and return W; what follows from the wave before it is
        decided first.
        """
        wave = self.planned(*people, role=role, more=more)
        self._decide_before(int(wave))
        self.done("wave", "approve", wave, "--as", "olga")
        return wave

    def applied(
        self, *people: str, role: str = "clerk", more: Iterable[str] = ()
    ) -> str:
        """Move people and return W."""
        wave = self.approved(*people, role=role, more=more)
        self.done("wave", "apply", wave)
        return wave

    def _decide_before(self, wave: int) -> None:
        """Let more people follow those of the role's last wave, unless that was decided."""
        with self.parts.database.read() as session:
            role = select(Wave.role_id).where(Wave.id == wave).scalar_subquery()
            earlier = select(func.max(Wave.id)).where(Wave.role_id == role)
            last = session.scalar(earlier.where(Wave.id < wave))
        if last is not None:
            words = ("wave", "decide", str(last), "scale", "--reason", "it works")
            assert self.rung(*words).code in (0, 1, 3)

    def undone(self, wave: str) -> None:
        """Take a wave back; everything of ours has to come back."""
        self.done("wave", "undo", wave)

    def states(self, wave: str) -> dict[str, str]:
        """Return each person's state in a wave."""
        return {
            person["person"]: person["state"]
            for person in self.done("wave", "show", wave)["people"]
        }

    def state(self) -> State:
        """Return all groups as they stand now, read by the system's own ldapsearch."""
        return groups_of(self.server)

    def member_of(self, person: str) -> set[str]:
        """Return the names of the groups that list a person now."""
        dn = fold_or_self(person_dn(person))
        return {
            _cn(group)
            for group, values in self.state().items()
            if dn in map(fold_or_self, values)
        }

    def memberof(self) -> State:
        """Return what everybody says in memberOf now, people and groups, by DN."""
        return memberof_of(self.server)

    def rights(self) -> State:
        """Return the groups without those of roles, which an undo leaves in place, emptied."""
        return {
            dn: values for dn, values in self.state().items() if not dn.endswith(ROLES)
        }

    def mark(self, person: str, **attributes: str) -> None:
        """Give a person further attributes behind Rung's back, as in ``employeeType="leaver"``."""
        lines = "-\n".join(
            f"replace: {name}\n{ldif_line(name, text)}"
            for name, text in attributes.items()
        )
        self.server.change(
            f"{ldif_line('dn', person_dn(person))}changetype: modify\n{lines}"
        )


def groups_of(server: LdapServer) -> State:
    """Return all groups with their values, in order, as the administrator sees them."""
    wanted = f"(|{''.join(f'({name}=*)' for name in MEMBERS)})"
    found = run(
        *server._client("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", SUFFIX),
        wanted,
        *MEMBERS,
    )
    return {
        entry.dn: tuple(
            sorted(
                str(value) for values in entry.attributes.values() for value in values
            )
        )
        for entry in read_entries(found.stdout)
    }


def memberof_of(server: LdapServer) -> State:
    """Return what every entry says in memberOf, as the administrator sees it, with every DN
    folded.
    """
    command = server._client(
        "ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", server.suffix
    )
    found = run(*command, "(memberOf=*)", "memberOf")
    return {
        fold_or_self(entry.dn): _folded(entry.attributes.get("memberof", ()))
        for entry in read_entries(found.stdout)
    }


def memberof_due(state: State) -> State:
    """Return what memberOf must say when it shows direct groups: exactly who lists whom.

    Nobodies say nothing.
    """
    due: dict[str, list[str]] = {}
    for group, values in state.items():
        for value in values:
            due.setdefault(fold_or_self(value), []).append(group)
    due.pop(fold_or_self(PLACEHOLDER), None)
    return {dn: _folded(groups) for dn, groups in due.items()}


def _folded(dns: Iterable[str | bytes]) -> tuple[str, ...]:
    return tuple(sorted(fold_or_self(str(dn)) for dn in dns))


def seen(state: State, person: str) -> dict[str, frozenset[str]]:
    """Return what applications see of a person (by DN) that look at direct members, and that follow
    nested groups.
    """
    groups = {
        fold_or_self(dn): {fold_or_self(value) for value in values}
        for dn, values in state.items()
    }
    direct = {dn for dn, values in groups.items() if fold_or_self(person) in values}
    reached, waiting = set(direct), list(direct)
    while waiting:
        inner = waiting.pop()
        fresh = {dn for dn, values in groups.items() if inner in values} - reached
        reached |= fresh
        waiting.extend(fresh)
    return {"direct": frozenset(direct), "recursive": frozenset(reached)}


def never_less(
    moments: Iterable[State],
    people: Iterable[str],
    start: State,
    end: State,
    lenses: Iterable[str] = LENSES,
) -> None:
    """Fail if anybody saw less at some moment than both at the start and at the end (design
    5.2).
    """
    names = list(people)
    for number, moment in enumerate(moments):
        for name in names:
            dn = person_dn(name)
            before, after, now = seen(start, dn), seen(end, dn), seen(moment, dn)
            for lens in lenses:
                missing = (before[lens] & after[lens]) - now[lens]
                assert not missing, (
                    f"after write {number} {name} did not see {sorted(missing)} ({lens})"
                )


@contextmanager
def company(
    settings: Settings,
    now: Callable[[], Any],
    held: Mapping[str, str] = COMPANY,
    *,
    kind: str = "plain",
    nested: Iterable[tuple[str, str]] = (),
    spare: bool = True,
    access: str = "",
    **more: Any,
) -> Iterator[SlapdWorld]:
    """Start a server of a kind of ``SERVERS``, fill it and connect Rung to it; ``more`` goes to
    ``on_server``.
    """
    server = Slapd(access=access) if access else SERVERS[kind]()
    with server:  # type: ignore[attr-defined]  # all of them can be used in a with statement
        server.add(company_ldif(held, nested, spare=spare))
        with on_server(server, settings, now, **more) as world:
            yield world


@contextmanager
def on_server(
    server: LdapServer,
    settings: Settings,
    now: Callable[[], Any],
    *,
    placeholders: tuple[str, ...] = (PLACEHOLDER,),
    connection: Connection | None = None,
) -> Iterator[SlapdWorld]:
    """Connect Rung to a running server, by another way where a connection is given, check it and
    read it.
    """
    doors = Doors()
    app = create_app(
        settings,
        now=now,
        ring=lambda: None,
        open_writer=doors.open_writer,
        pause=doors.pause,
    )
    parts: Parts = app.extensions[KEY]
    an_operator(parts.database, "olga")
    world = SlapdWorld(server, app, runner_for(app), doors)
    try:
        with parts.database.write() as session:
            values = directory_values(
                connection or server.connection(), settings, placeholders
            )
            world.home = add_directory(
                acting(session, "test", now()), values, parts.trust
            ).id
        check_directory(parts, world.home, by="test")
        world.sync()
        yield world
    finally:
        shut(app)


def directory_values(
    connection: Connection, settings: Settings, placeholders: tuple[str, ...]
) -> DirectoryValues:
    """Return what an administrator would type in to connect this server; the passwords stand in
    files.
    """
    settings.secrets.mkdir(parents=True, exist_ok=True)
    for name in ("bind_password", "write_password"):
        (settings.secrets / name).write_text(
            getattr(connection, name), encoding="utf-8"
        )
    return DirectoryValues(
        name="Acme",
        url=connection.url,
        security="plaintext",
        base=connection.base,
        people_base=connection.people_base,
        group_base=connection.group_base,
        role_base=connection.role_base,
        bind_dn=connection.bind_dn,
        bind_password="file:bind_password",
        write_dn=connection.write_dn,
        write_password="file:write_password",
        placeholders=placeholders,
    )


def _cn(dn: str) -> str:
    return dn.partition(",")[0].removeprefix("cn=")

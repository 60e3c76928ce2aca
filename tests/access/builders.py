"""Worlds of the access room in the database: people and rights as last read, roles, waves; with or
without a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ldap3
from flask import Flask
from sqlalchemy import event, func, select

from app import create_app
from app.access.gate.actions import decide_wave
from app.access.plan.actions import plan
from app.access.plan.values import KeptOutside, PlanChoices
from app.access.roles.actions import RoleDraft, create_role
from app.access.rungs import tell_rungs
from app.access.waves.actions import apply, approve
from app.access.waves.running import run_due_waves
from app.auth.rules import NAMES
from app.core import audit
from app.core.db import Database
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.directory.actions import connection_of
from app.directory.actions.store import take_over
from app.directory.rules import resolve
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState, WaveState
from app.models.auth import Operator
from app.models.directory import Directory, Entitlement, Lens, Reading, ReadingState
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import DecisionKind, IterationState
from app.models.people import Person
from ldap_sync import adapter
from ldap_sync.demo import DemoDirectory, accounts
from ldap_sync.ldif import Entry, read_entries
from ldap_sync.values import Connection
from tests.acting import acting
from tests.directory.builders import a_directory, a_person, a_right, holds
from tests.pages import Page

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The time at which the clock of tests stands still; plans are made then."""

COMPANY = {
    "ada": "mail post",
    "ben": "mail post",
    "cyd": "mail post wiki",
    "dot": "mail",
    "eve": "wiki",
}
"""Five people: two fit a role of mail and post exactly, one has a right more, one lacks one, one
has none of it.
"""


UNDECIDED = (IterationState.RUNNING, IterationState.REVIEWING)


@dataclass
class World:
    """What stands in the database, by the names the test uses."""

    database: Database
    directory_id: int
    people: dict[str, int]
    rights: dict[str, int]
    plans: Path
    now: Callable[[], datetime] = field(default=lambda: MONDAY)

    def role(
        self,
        name: str = "Clerk",
        rights: str = "mail post",
        *,
        by: str = "anna",
        **more: Any,
    ) -> int:
        """Make a role with these rights; the number of the role."""
        wanted = {
            self.rights[right]: f"{right} is part of the work"
            for right in rights.split()
        }
        draft = RoleDraft(name=name, rights=wanted, **more)
        with self.database.write() as session:
            return create_role(
                acting(session, by, self.now()), self.directory_id, draft
            ).id

    def wave(self, role_id: int, *people: str, by: str = "anna", **choices: Any) -> int:
        """Plan a wave for these people, carefully unless told otherwise; the number of its row."""
        kept = KeptOutside(by, "Kept until looked at.", date(2026, 6, 1).isoformat())
        ids = [self.people[name] for name in people]
        choices.setdefault("beside", "Several roles are tried at once.")
        with self.database.write() as session:
            wave = plan(
                acting(session, by, self.now(), Settings(home=self.plans.parent)),
                role_id,
                ids,
                PlanChoices(default=kept, **choices),
            )
            return wave.id

    def approve(self, wave_id: int, settings: Settings, *, by: str = "ben") -> None:
        """Approve a wave as another operator, who is made on the way."""
        an_operator(self.database, by)
        with self.database.write() as session:
            approve(acting(session, by, self.now(), settings), wave_id)

    def _undecided_before(self, wave_id: int) -> int | None:
        role = select(Wave.role_id).where(Wave.id == wave_id).scalar_subquery()
        begun = Iteration.state.in_(UNDECIDED) & (Wave.id < wave_id)
        earlier = select(func.max(Wave.id)).join(Iteration).where(begun)
        with self.database.read() as session:
            return session.scalar(earlier.where(Wave.role_id == role))

    def approve_next(self, wave_id: int, settings: Settings) -> None:
        """Decide what follows from the role's last wave, and approve this one."""
        if (last := self._undecided_before(wave_id)) is not None:
            self.decide(last)
        self.approve(wave_id, settings)

    def decide(self, wave_id: int, *, by: str = "anna") -> None:
        """Let more people follow those of a wave."""
        with self.database.write() as session:
            act = acting(session, by, self.now())
            decide_wave(act, wave_id, DecisionKind.SCALE, "it works")

    def put(
        self,
        wave_id: int,
        state: SwitchState,
        wave: WaveState | None = None,
        *names: str,
    ) -> None:
        """Put people of a wave (all, unless named) into a state, as if the worker had been
        there.
        """
        chosen = [self.people[name] for name in names] or list(self.people.values())
        with self.database.write() as session:
            mine = select(Switch).where(
                Switch.wave_id == wave_id, Switch.person_id.in_(chosen)
            )
            switches = session.scalars(mine).all()
            for switch in switches:
                switch.state, switch.switched_at = state, self.now()
            tell_rungs(acting(session, "test", self.now()), switches)
            row = session.get_one(Wave, wave_id)
            row.state = wave or row.state
            audit.record(
                session,
                "test",
                "test.put",
                f"wave:{wave_id}",
                "Put into a state",
                at=self.now(),
            )

    def apply(self, wave_id: int, settings: Settings, *, by: str = "anna") -> None:
        """Hand an approved wave to the worker."""
        with self.database.write() as session:
            apply(acting(session, by, self.now(), settings), wave_id)


@dataclass
class DemoWorld(World):
    """The same, with a real directory behind it that the app reads and changes."""

    server: DemoDirectory = field(kw_only=True)
    app: Flask = field(kw_only=True)

    @property
    def parts(self) -> Parts:
        """Return the parts of the app, for the worker's functions."""
        parts: Parts = self.app.extensions[KEY]
        return parts

    def run(self) -> None:
        """Do what the worker would do now."""
        run_due_waves(self.parts)

    def read(self) -> None:
        """Read the directory and take it over, as a complete reading does."""
        read_into(self.parts, self.directory_id)

    def groups_of(self, name: str) -> set[str]:
        """Return the names of the groups that list a person right now."""
        reader = self._root()
        try:
            person = reader.person(self._key(name))
            return {group.cn for group in reader.groups_of(person)} if person else set()
        finally:
            reader.close()

    @contextmanager
    def others(self) -> Iterator[ldap3.Connection]:
        """Yield a connection that may do everything, for changes that are not Rung's."""
        server = ldap3.Server(self.server.url(), get_info=ldap3.NONE)
        connection = ldap3.Connection(
            server, accounts.ROOT_DN, accounts.ROOT_PASSWORD, check_names=False
        )
        connection.bind(read_server_info=False)
        try:
            yield connection
        finally:
            connection.unbind()

    def put_into(self, name: str, right: str) -> None:
        """Let others put a person into a group."""
        self._member(ldap3.MODIFY_ADD, name, right)

    def take_out(self, name: str, right: str) -> None:
        """Let others take a person out of a group."""
        self._member(ldap3.MODIFY_DELETE, name, right)

    def delete_group(self, right: str) -> None:
        """Let others delete a group."""
        with self.others() as connection:
            assert connection.delete(group_dn(right)), connection.result

    def make_group(self, right: str) -> None:
        """Let others make a group with nobody in it."""
        with self.others() as connection:
            classes, attributes = (
                ["top", "groupOfNames"],
                {"cn": right, "member": accounts.PLACEHOLDER},
            )
            assert connection.add(group_dn(right), classes, attributes), (
                connection.result
            )

    def change_person(self, name: str, attribute: str, value: str) -> None:
        """Let others change an attribute of a person."""
        with self.others() as connection:
            change = {attribute: [(ldap3.MODIFY_REPLACE, [value])]}
            assert connection.modify(person_dn(name), change), connection.result

    def _member(self, how: str, name: str, right: str) -> None:
        with self.others() as connection:
            change = {"member": [(how, [person_dn(name)])]}
            assert connection.modify(group_dn(right), change), connection.result

    def everything(self) -> dict[str, tuple[str, ...]]:
        """Return every group with its values as they stand now, for comparing before and after."""
        reader = self._root()
        try:
            return {
                group.dn: tuple(sorted(group.members))
                for group in reader.read(_quiet).groups
            }
        finally:
            reader.close()

    def _root(self) -> Any:
        return adapter.open_reader(accounts.demo_connection(self.server.url()))

    def _key(self, name: str) -> str:
        with self.database.read() as session:
            return session.get_one(Person, self.people[name]).key


def a_world(
    database: Database,
    held: Mapping[str, str] = COMPANY,
    *,
    plans: Path,
    lens: str = "recursive",
    nested: Iterable[tuple[str, str]] = (),
    people: Mapping[str, Mapping[str, Any]] | None = None,
    rights: Mapping[str, Mapping[str, Any]] | None = None,
    **directory: Any,
) -> World:
    """Fill the tables: ``held`` maps people to the rights they hold directly; ``nested`` are
    (inner, outer) pairs.

    ``people`` and ``rights`` give single rows other columns, ``directory`` gives them to the
    directory.
    """
    special_people, special_rights, pairs = people or {}, rights or {}, list(nested)
    names = {right for text in held.values() for right in text.split()}
    names |= {name for pair in pairs for name in pair} | set(special_rights)
    with database.write() as session:
        home = a_directory(
            session, **{"write_dn": "cn=rung-write,dc=acme,dc=test", **directory}
        )
        found_people = {
            name: a_person(session, home, name, **special_people.get(name, {}))
            for name in held
        }
        found_rights = {
            name: a_right(
                session,
                home,
                name,
                **{"lens": Lens(lens), **special_rights.get(name, {})},
            )
            for name in sorted(names)
        }
        for name, text in held.items():
            for right in text.split():
                holds(session, found_rights[right], found_people[name])
        for inner, outer in pairs:
            holds(session, found_rights[outer], found_rights[inner])
        session.add(_complete_reading(home.id, len(found_people), len(found_rights)))
        return World(
            database,
            home.id,
            {name: row.id for name, row in found_people.items()},
            {name: row.id for name, row in found_rights.items()},
            plans,
        )


def crowd(count: int, held: str = "mail post") -> dict[str, str]:
    """Return ``count`` people who all hold the same rights, for pages with many rows."""
    return {f"p{number:03}": held for number in range(count)}


def an_operator(
    database: Database,
    name: str,
    *,
    permissions: Iterable[str] = NAMES,
    person_uid: str = "-",
) -> None:
    """Make an operator who can sign in, unless there is one of that name."""
    with database.write() as session:
        if (
            session.scalars(select(Operator).where(Operator.name == name)).first()
            is None
        ):
            row = Operator(
                name=name,
                permissions=list(permissions),
                person_uid=person_uid,
                password_hash="never used",
            )
            row.created_at, row.disabled_at = MONDAY, None
            session.add(row)
            session.flush()
            may, subject = {"permissions": row.permissions}, f"operator:{row.id}"
            audit.record(
                session,
                "test",
                "operator.add",
                subject,
                f"Added operator {name}",
                after=may,
                at=MONDAY,
            )


@contextmanager
def demo_world(
    settings: Settings,
    now: Callable[[], datetime],
    held: Mapping[str, str] = COMPANY,
    *,
    lens: str = "recursive",
    nested: Iterable[tuple[str, str]] = (),
) -> Iterator[DemoWorld]:
    """Start a demo directory with these people, make the app that uses it, connect and read it."""
    folder = settings.home / "directory"
    folder.mkdir(parents=True, exist_ok=True)
    with DemoDirectory(
        folder, seed=lambda: seed(held, nested), durable=False
    ) as server:
        app = create_app(
            settings,
            open_reader=adapter.open_reader,
            open_writer=adapter.open_writer,
            now=now,
            ring=_no_bell,
        )
        try:
            yield _connected(app, server, lens, settings)
        finally:
            app.extensions[KEY].database.dispose()


def _connected(
    app: Flask, server: DemoDirectory, lens: str, settings: Settings
) -> DemoWorld:
    parts: Parts = app.extensions[KEY]
    connection = accounts.demo_connection(server.url())
    columns = {
        name: value
        for name, value in asdict(connection).items()
        if name not in ("profile", "base", "last", "also")
    }
    columns |= {name: list(columns[name]) for name in ("placeholders", "protected")}
    columns |= {
        name: _password(settings.home, name, columns[name])
        for name in ("bind_password", "write_password")
    }
    with parts.database.write() as session:
        home = a_directory(session, "Demo", base=connection.base, **columns)
        home.profile = _profile(connection)
    read_into(parts, home.id, lens)
    with parts.database.read() as session:
        people = dict(session.execute(select(Person.uid, Person.id)).all())
        rights = dict(session.execute(select(Entitlement.cn, Entitlement.id)).all())
    return DemoWorld(
        parts.database,
        home.id,
        people,
        rights,
        settings.plans,
        parts.now,
        server=server,
        app=app,
    )


def _profile(connection: Connection) -> dict[str, Any]:
    reader = adapter.open_reader(connection)
    try:
        return asdict(replace(reader.profile, tested=True))
    finally:
        reader.close()


def _password(home: Path, name: str, password: str) -> str:
    place = home / "secrets" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(password, encoding="utf-8")
    return f"file:{place}"


def read_into(parts: Parts, directory_id: int, lens: str = "") -> None:
    """Read a directory completely and take it over; ``lens``, when given, is stated for every
    right.
    """
    with parts.database.read() as session:
        home = session.get_one(Directory, directory_id)
    reader = parts.open_reader(connection_of(home, parts.trust))
    try:
        read = resolve(reader.read(_quiet), home.placeholders)
    finally:
        reader.close()
    with parts.database.write() as session:
        home = session.get_one(Directory, directory_id)
        stored = take_over(session, home, read, parts.now())
        session.add(
            _complete_reading(directory_id, stored.people, stored.groups, parts.now())
        )
        if lens:
            for right in session.scalars(select(Entitlement)):
                right.lens = Lens(lens)


def _complete_reading(
    directory_id: int, people: int, groups: int, at: datetime = MONDAY
) -> Reading:
    return Reading(
        directory_id=directory_id,
        state=ReadingState.COMPLETE,
        started_at=at,
        ended_at=at,
        beat_at=None,
        people=people,
        groups=groups,
    )


def _no_bell() -> None:
    """Tests do the worker's work themselves."""


def _quiet(_what: str, _count: int) -> None:
    """Hear of the progress of a reading, and say nothing."""


def seed(
    held: Mapping[str, str], nested: Iterable[tuple[str, str]] = ()
) -> list[Entry]:
    """Return the entries of a small company in which people hold these rights."""
    pairs = list(nested)
    names = sorted(
        {name for text in held.values() for name in text.split()}
        | {n for pair in pairs for n in pair}
    )
    records = [
        f"dn: {accounts.SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: demo\n"
        "o: Demo\n"
    ]
    for place in ("people", "groups", "roles", "services"):
        records.append(
            f"dn: ou={place},{accounts.SUFFIX}\nobjectClass: organizationalUnit\nou: {place}\n"
        )
    for dn, password in (
        (accounts.READ_DN, accounts.READ_PASSWORD),
        (accounts.WRITE_DN, accounts.WRITE_PASSWORD),
    ):
        name = dn.partition(",")[0].removeprefix("cn=")
        classes = "objectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
        records.append(f"dn: {dn}\n{classes}cn: {name}\nuserPassword: {password}\n")
    for name in held:
        shown = f"cn: {name.title()}\nsn: {name.title()}\nuid: {name}\n"
        records.append(f"dn: {person_dn(name)}\nobjectClass: inetOrgPerson\n{shown}")
    for name in names:
        members = [person_dn(who) for who, text in held.items() if name in text.split()]
        members += [group_dn(inner) for inner, outer in pairs if outer == name] or []
        values = "".join(
            f"member: {member}\n" for member in [*members, accounts.PLACEHOLDER]
        )
        records.append(
            f"dn: {group_dn(name)}\nobjectClass: groupOfNames\ncn: {name}\n{values}"
        )
    return list(read_entries("\n".join(records)))


def person_dn(name: str) -> str:
    """Return where a person of the demo company stands."""
    return f"uid={name},{accounts.PEOPLE}"


def group_dn(name: str) -> str:
    """Return where a group of the demo company stands."""
    return f"cn={name},{accounts.GROUPS}"


def tiles(page: Page) -> dict[str, str]:
    """Return the numbers of a page's strip by what they count, as in ``{"people chosen are moved":
    "1 of 2"}``.
    """
    (strip,) = page.root.all("dl", class_="tiles")
    return {tile.one("dt").text: tile.one("dd").text for tile in strip.all("div")}


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collect the SQL statements that are sent meanwhile, for literal query counts."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)

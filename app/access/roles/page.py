"""One role with all that hangs on it: rights, versions, people, waves, exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.access.queries import load_role
from app.access.roles.queries import RoleStanding, standing_of
from app.access.roles.versions import version_ahead
from app.directory.queries import load_graph
from app.directory.rules import Graph, follows_nesting
from app.models.access.kept import AccessException
from app.models.access.role import Role, RoleRight, RoleVersion
from app.models.access.wave import Switch, Wave
from app.models.access.words import (
    HOLDING,
    RESTING,
    Realisation,
    SwitchState,
    WaveState,
)
from app.models.directory import Entitlement
from app.models.improvements.improvement import Improvement
from app.models.people import Person
from ldap_sync.values import takes_groups

OPEN_WAVES = (
    WaveState.PLANNED,
    WaveState.APPROVED,
    WaveState.APPLYING,
    WaveState.ARMED,
    WaveState.CANARY,
    WaveState.PAUSED,
    WaveState.SOAKING,
    WaveState.STOPPED,
    WaveState.UNDOING,
)
"""The states in which a wave waits for somebody or is on its way."""


@dataclass(frozen=True, slots=True)
class Programme:
    """The improvement below which that of a role stands."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class RoleRightLine:
    """One right of a role.

    ``nests`` tells whether the role's group can stand for its people there.
    """

    id: int
    name: str
    description: str
    reason: str
    lens: str
    lens_by: str
    holders: int
    nests: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version, and how it differs from the one before."""

    number: int
    created_at: datetime
    created_by: str
    approved_at: datetime | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionLineAhead:
    """A version that people of the role do not have yet, with the rights that come and go."""

    number: int
    people: int
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InsideRole:
    """One person in a role.

    Without a wave the person was in the role's group without Rung's doing.
    """

    person_id: int
    name: str
    department: str
    state: str
    since: datetime | None = None
    version: int | None = None
    wave_id: int | None = None
    wave: int | None = None


@dataclass(frozen=True, slots=True)
class RoleWave:
    """One wave of a role."""

    id: int
    number: int
    version: int
    state: str
    people: int
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeptRight:
    """A right kept outside a role as an exception, until a date or until it was ended."""

    person_id: int
    person: str
    right_id: int
    right: str
    owner: str
    reason: str
    until: date
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RolePage:
    """One role with its rights, versions, people, waves and exceptions."""

    id: int
    directory_id: int
    directory: str
    name: str
    purpose: str
    owner: str
    owner_id: int | None
    realisation: str
    group_dn: str
    group_exists: bool
    version: int
    approved: bool
    created_at: datetime
    created_by: str
    retired_at: datetime | None
    rights: tuple[RoleRightLine, ...]
    versions: tuple[VersionLine, ...]
    people: tuple[InsideRole, ...]
    waves: tuple[RoleWave, ...]
    exceptions: tuple[KeptRight, ...]
    standing: RoleStanding
    improvement_id: int | None = None
    programme: Programme | None = None
    ahead: VersionLineAhead | None = None

    @property
    def open_wave(self) -> RoleWave | None:
        """Return the newest wave that waits for somebody, if there is one."""
        return next((wave for wave in self.waves if wave.state in OPEN_WAVES), None)

    @property
    def nested_rights(self) -> int:
        """Return how many rights people hold through the role's group rather than as members
        themselves.
        """
        return (
            sum(right.nests for right in self.rights)
            if self.realisation == Realisation.NESTED
            else 0
        )


def role_page(session: Session, role_id: int) -> RolePage:
    """Return one role with all that hangs on it. Raises ``NotFound``."""
    role = load_role(session, role_id)
    graph, version = load_graph(session, role.directory_id), role.versions[-1]
    moved = _moved(session, role_id)
    holding = {person.person_id: SwitchState(person.state) for person in moved}
    return RolePage(
        id=role.id,
        directory_id=role.directory_id,
        directory=role.directory.name,
        name=role.name,
        purpose=role.purpose,
        owner=role.owner.name if role.owner else "",
        owner_id=role.owner_id,
        realisation=role.realisation.value,
        group_dn=role.group_dn,
        group_exists=bool(role.group_key),
        version=version.number,
        approved=version.approved_at is not None,
        created_at=role.created_at,
        created_by=role.created_by,
        retired_at=role.retired_at,
        rights=tuple(
            _right_line(graph, role, item) for item in _in_order(version.rights)
        ),
        versions=tuple(_version_lines(role.versions)),
        people=(*moved, *_found_inside(graph, role, holding)),
        waves=_waves_of(session, role_id),
        exceptions=exceptions_of(session, Wave.role_id == role_id),
        standing=standing_of(graph, role, holding),
        improvement_id=role.improvement_id,
        programme=_programme(session, role.improvement_id),
        ahead=_ahead(role, moved),
    )


def _ahead(role: Role, moved: Iterable[InsideRole]) -> VersionLineAhead | None:
    resting = {str(state) for state in RESTING}
    has = {one.person_id: one.version for one in moved if one.state in resting}
    found = version_ahead(role, has)
    if found is None:
        return None
    added, removed = found.named(role)
    people = len(found.people)
    return VersionLineAhead(found.number, people, tuple(added), tuple(removed))


def larger_of(session: Session, role_id: int) -> int | None:
    """Return the number of the improvement below which that of a role stands, None for none."""
    found = _programme(session, load_role(session, role_id).improvement_id)
    return found.id if found else None


def _programme(session: Session, improvement_id: int | None) -> Programme | None:
    """Return the improvement below which that of a role stands, None where it stands alone."""
    own = aliased(Improvement)
    columns = Improvement.id, Improvement.title
    larger = select(*columns).join(own, own.parent_id == Improvement.id)
    row = session.execute(larger.where(own.id == improvement_id)).first()
    return Programme(*row) if row else None


def exceptions_of(
    session: Session, *conditions: ColumnElement[bool]
) -> tuple[KeptRight, ...]:
    """Return the exceptions of some waves or people, those in force and ending first at the top."""
    rows = (
        select(Person.id, Person.name, Entitlement.id, Entitlement.cn, AccessException)
        .join(Switch, AccessException.switch_id == Switch.id)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(Person, AccessException.person_id == Person.id)
        .join(Entitlement, AccessException.entitlement_id == Entitlement.id)
        .where(*conditions)
        .order_by(
            AccessException.ended_at.is_not(None),
            AccessException.until,
            Person.name,
            Entitlement.cn,
        )
    )
    return tuple(
        KeptRight(
            person_id,
            name,
            right_id,
            right,
            kept.owner,
            kept.reason,
            kept.until,
            kept.ended_at,
        )
        for person_id, name, right_id, right, kept in session.execute(rows)
    )


def _right_line(graph: Graph, role: Role, item: RoleRight) -> RoleRightLine:
    right = item.entitlement
    transitive = role.directory.profile.get("memberof") == "transitive"
    return RoleRightLine(
        id=right.id,
        name=right.cn,
        description=right.description,
        reason=item.reason,
        lens=right.lens.value,
        lens_by=right.lens_by,
        holders=len(graph.members.get(right.id, ())),
        nests=takes_groups(right.attribute) and follows_nesting(right.lens, transitive),
        gone=right.gone_at is not None,
    )


def _in_order(rights: Iterable[RoleRight]) -> list[RoleRight]:
    return sorted(
        rights, key=lambda item: (item.entitlement.cn.lower(), item.entitlement_id)
    )


def _version_lines(versions: Iterable[RoleVersion]) -> list[VersionLine]:
    """Return the versions, newest first, each with what it added and removed."""
    lines: list[VersionLine] = []
    before: Mapping[int, str] = {}
    for version in versions:
        now = {
            item.entitlement_id: item.entitlement.cn
            for item in _in_order(version.rights)
        }
        added = tuple(name for right, name in now.items() if right not in before)
        removed = tuple(name for right, name in before.items() if right not in now)
        about = (
            version.number,
            version.created_at,
            version.created_by,
            version.approved_at,
        )
        lines.insert(0, VersionLine(*about, added, removed))
        before = now
    return lines


def _moved(session: Session, role_id: int) -> tuple[InsideRole, ...]:
    rows = (
        select(
            Person.id,
            Person.name,
            Person.department,
            Switch.state,
            Switch.switched_at,
            RoleVersion.number,
            Wave.id,
            Wave.number,
        )
        .join(Switch, Switch.person_id == Person.id)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(RoleVersion, Wave.version_id == RoleVersion.id)
        .where(Wave.role_id == role_id, Switch.state.in_(HOLDING))
        .order_by(Person.name, Person.id, Wave.number)
    )
    # Somebody may be in several waves: what holds is the last one.
    last = {row[0]: row for row in session.execute(rows)}
    return tuple(
        InsideRole(
            person_id, name, department, state.value, since, version, wave_id, wave
        )
        for person_id, name, department, state, since, version, wave_id, wave in last.values()
    )


def _found_inside(
    graph: Graph, role: Role, moved: Mapping[int, object]
) -> list[InsideRole]:
    """Return the people who stand in the role's group although Rung moved none of them there."""
    group = next(
        (
            row.id
            for row in graph.rights.values()
            if role.group_key and row.key == role.group_key
        ),
        None,
    )
    others = [
        graph.people[person]
        for person in graph.members.get(group or 0, ())
        if person not in moved
    ]
    found = sorted(others, key=lambda person: (person.name, person.id))
    return [
        InsideRole(person.id, person.name, person.department, "") for person in found
    ]


def _waves_of(session: Session, role_id: int) -> tuple[RoleWave, ...]:
    people = (
        select(func.count())
        .select_from(Switch)
        .where(Switch.wave_id == Wave.id)
        .scalar_subquery()
    )
    rows = (
        select(
            Wave.id,
            Wave.number,
            RoleVersion.number,
            Wave.state,
            people,
            Wave.author,
            Wave.created_at,
        )
        .join(RoleVersion, Wave.version_id == RoleVersion.id)
        .where(Wave.role_id == role_id)
        .order_by(Wave.number.desc())
    )
    return tuple(
        RoleWave(wave_id, number, version, state.value, count or 0, author, created_at)
        for wave_id, number, version, state, count, author, created_at in session.execute(
            rows
        )
    )

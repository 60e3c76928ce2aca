"""Where each right of a person comes from: direct, through a role, nested, kept as an exception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.access.document import PlanDocument, keys_of
from app.access.queries import of_a_role, plan_for
from app.access.roles.page import KeptRight, exceptions_of
from app.directory.rules import Graph, closure_up, effective, names
from app.models.access.kept import AccessException
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING
from app.models.directory import Membership, Reading, ReadingState
from app.models.people import Person


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role a person holds, wholly or in part, by a switch of ours; ``plan`` is the person's part
    of the plan of its wave.
    """

    wave_id: int
    wave: int
    role_id: int
    role: str
    version: int
    state: str
    since: datetime | None
    plan: PlanDocument


@dataclass(frozen=True, slots=True)
class ThroughRole:
    """The role a right is held through.

    ``group`` stands for the person there; empty: the person is a member.

    ``before`` tells how the right was held before the switch: ``direct``, ``nested`` or ``not
    held``.
    """

    role_id: int
    role: str
    version: int
    group: str
    since: datetime | None
    before: str


@dataclass(frozen=True, slots=True)
class RightHeld:
    """One right of a person with where it comes from; several sources can be true at once.

    ``direct`` tells that the right's group lists the person, ``since`` which reading first saw that
    (``always``: the very first one). ``via`` is the way through nested groups, the group that lists
    the person first.
    """

    right_id: int
    name: str
    role: ThroughRole | None = None
    direct: bool = False
    since: datetime | None = None
    always: bool = False
    via: tuple[str, ...] = ()
    kept: KeptRight | None = None

    @property
    def source(self) -> str:
        """Return where the right comes from first of all: ``exception``, ``role``, ``direct`` or
        ``nested``.
        """
        if self.kept:
            return "exception"
        return "role" if self.role else "direct" if self.direct else "nested"

    @property
    def came_back(self) -> bool:
        """Tell whether the person is a direct member besides the role that stands for it: somebody
        put back what the move took off.
        """
        return self.direct and self.role is not None and bool(self.role.group)

    @property
    def order(self) -> tuple[int, str]:
        """Sort key: what comes through roles first, then direct rights, then nested ones."""
        return 0 if self.role else 1 if self.direct else 2, self.name.lower()


@dataclass(frozen=True, slots=True)
class PrimaryHeld:
    """The primary group of a person, which no group lists, and the rights it is nested in."""

    right_id: int
    name: str
    above: tuple[str, ...]


def primary_held(graph: Graph, person: Person) -> PrimaryHeld | None:
    """Return the right that a person holds as primary group of Active Directory, if it was read."""
    rights = graph.rights.values() if person.primary_group else ()
    found = next((row for row in rights if row.key == person.primary_group), None)
    if found is None:
        return None
    above = closure_up(graph, [found.id]) - {found.id}
    named = sorted(names(graph, right) for right in above)
    return PrimaryHeld(found.id, names(graph, found.id), tuple(named))


def roles_held(session: Session, person: Person) -> tuple[RoleHeld, ...]:
    """Return the roles a person holds by our doing, the newest switch first."""
    loaded = (
        selectinload(Switch.wave).selectinload(Wave.role),
        selectinload(Switch.wave).selectinload(Wave.version),
    )
    mine = (
        select(Switch)
        .where(Switch.person_id == person.id, Switch.state.in_(HOLDING), of_a_role())
        .options(*loaded)
    )
    return tuple(
        RoleHeld(
            switch.wave_id,
            switch.wave.number,
            switch.wave.role_id,
            switch.wave.role.name,
            switch.wave.version.number,
            switch.state.value,
            switch.switched_at or switch.started_at,
            plan_for(switch.wave, person.key),
        )
        for switch in session.scalars(mine.order_by(Switch.id.desc()))
    )


def rights_held_by(
    session: Session, graph: Graph, person: Person, roles: Iterable[RoleHeld]
) -> tuple[RightHeld, ...]:
    """Return every right of a person, role groups aside, with where it comes from."""
    first, seen = (
        _first_reading(session, person.directory_id),
        _memberships(session, person.id),
    )
    through = _through_roles(person, roles)
    in_force = (
        AccessException.person_id == person.id,
        AccessException.ended_at.is_(None),
    )
    kept = {item.right_id: item for item in exceptions_of(session, *in_force)}
    held = (
        _held(graph, person.id, right, way, through.get(graph.rights[right].key))
        for right, way in effective(graph, person.id).items()
        if not graph.rights[right].is_role
    )
    return tuple(
        sorted(
            (_dated(item, seen, first, kept) for item in held),
            key=lambda item: item.order,
        )
    )


def _held(
    graph: Graph,
    person_id: int,
    right: int,
    way: tuple[int, ...],
    role: ThroughRole | None,
) -> RightHeld:
    via = tuple(names(graph, each) for each in way[:-1])
    return RightHeld(
        right, names(graph, right), role, right in graph.direct[person_id], via=via
    )


def _dated(
    held: RightHeld,
    seen: Mapping[int, datetime],
    first: datetime | None,
    kept: Mapping[int, KeptRight],
) -> RightHeld:
    since = seen.get(held.right_id)
    always = since is not None and first is not None and since <= first
    return replace(held, since=since, always=always, kept=kept.get(held.right_id))


def _through_roles(person: Person, roles: Iterable[RoleHeld]) -> dict[str, ThroughRole]:
    """Return the role that explains each right, by the right's identity."""
    found: dict[str, ThroughRole] = {}
    for held in roles:
        mine = held.plan.part_of(person.key)
        before, group_name = keys_of(mine.before), held.plan.role_group.cn
        for right in held.plan.rights:
            was = (
                "direct"
                if right.key in before
                else "nested"
                if right.right in mine.covered
                else "not held"
            )
            group = group_name if right.held == "nested" else ""
            role = ThroughRole(
                held.role_id, held.role, held.version, group, held.since, was
            )
            found.setdefault(right.key, role)
    return found


def _first_reading(session: Session, directory_id: int) -> datetime | None:
    complete = (
        Reading.directory_id == directory_id,
        Reading.state == ReadingState.COMPLETE,
    )
    return session.scalar(select(func.min(Reading.ended_at)).where(*complete))


def _memberships(session: Session, person_id: int) -> dict[int, datetime]:
    rows = select(Membership.entitlement_id, func.min(Membership.since)).where(
        Membership.person_id == person_id
    )
    return dict(session.execute(rows.group_by(Membership.entitlement_id)).all())

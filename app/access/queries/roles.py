"""The list of roles: how far each has climbed, and who could move today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.access.queries.data import fits_of
from app.access.rules.fit import Fit
from app.core.errors import NotFound
from app.directory.queries import load_graph
from app.directory.rules import Graph
from app.improvements.board.rules import Rungs, rungs
from app.models.access import (
    HOLDING,
    SETTLED_SWITCHES,
    Role,
    RoleRight,
    RoleVersion,
    Switch,
    SwitchState,
    Wave,
)


@dataclass(frozen=True, slots=True)
class RoleStanding:
    """Where people stand towards a role: ``ready`` could move today and nothing would change for
    them.
    """

    rungs: Rungs
    ready: int


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role in the list."""

    id: int
    name: str
    purpose: str
    owner: str
    version: int
    approved: bool
    rights: int
    standing: RoleStanding
    retired_at: datetime | None


def role_lines(session: Session, text: str = "") -> list[RoleLine]:
    """Return the roles whose name, purpose or owner holds ``text``; those in use first, then by
    name.
    """
    roles = load_roles(session)
    holding = _holding(session)
    graphs = {
        number: load_graph(session, number)
        for number in sorted({role.directory_id for role in roles})
    }
    lines = [_line(role, graphs[role.directory_id], holding[role.id]) for role in roles]
    wanted = text.strip().lower()
    fitting = [
        line for line in lines if wanted in f"{line.name}\n{line.purpose}\n{line.owner}".lower()
    ]
    return sorted(fitting, key=lambda line: line.retired_at is not None)


def people_in_roles(session: Session) -> int:
    """Count the people who hold at least one role by our doing."""
    return (
        session.scalar(
            select(func.count(Switch.person_id.distinct())).where(Switch.state.in_(HOLDING))
        )
        or 0
    )


def load_roles(session: Session, *conditions: ColumnElement[bool]) -> list[Role]:
    """Return roles by name, each with its directory, owner, versions and their rights."""
    wanted = (
        select(Role).where(*conditions).options(*_loaded()).order_by(func.lower(Role.name), Role.id)
    )
    return list(session.scalars(wanted))


def load_role(session: Session, role_id: int) -> Role:
    """Return a role with its directory, owner, versions and their rights. Raises ``NotFound``."""
    found = load_roles(session, Role.id == role_id)
    if not found:
        raise NotFound("There is no such role.")
    return found[0]


def standing_of(graph: Graph, role: Role, holding: Mapping[int, SwitchState]) -> RoleStanding:
    """Tell where people stand towards a loaded role; ``holding`` are those whom Rung moved."""
    if role.retired_at:
        return RoleStanding(Rungs(0, 0, 0, 0), 0)
    fits = [fit for fit in fits_of(graph, role) if _movable(graph, fit)]
    inside = {fit.person_id for fit in fits if fit.in_role} | holding.keys()
    confirmed = sum(
        holding.get(person, SwitchState.CONFIRMED) in SETTLED_SWITCHES for person in inside
    )
    fitting = {fit.person_id for fit in fits if not fit.missing} | inside
    ready = sum(fit.zero_change and fit.person_id not in inside for fit in fits)
    return RoleStanding(rungs(confirmed, len(inside) - confirmed, len(fitting)), ready)


def holding_of(session: Session, role_id: int) -> dict[int, SwitchState]:
    """Return the people whom Rung moved into a role, with the state of their switch."""
    return _holding(session, Wave.role_id == role_id)[role_id]


def _loaded() -> tuple[ExecutableOption, ...]:
    rights = (
        selectinload(Role.versions)
        .selectinload(RoleVersion.rights)
        .joinedload(RoleRight.entitlement)
    )
    return rights, selectinload(Role.directory), selectinload(Role.owner)


def _movable(graph: Graph, fit: Fit) -> bool:
    person = graph.people[fit.person_id]
    return not person.disabled and not person.service


def _line(role: Role, graph: Graph, holding: Mapping[int, SwitchState]) -> RoleLine:
    version = role.versions[-1]
    return RoleLine(
        id=role.id,
        name=role.name,
        purpose=role.purpose,
        owner=role.owner.name if role.owner else "",
        version=version.number,
        approved=version.approved_at is not None,
        rights=len(version.rights),
        standing=standing_of(graph, role, holding),
        retired_at=role.retired_at,
    )


def _holding(
    session: Session, *conditions: ColumnElement[bool]
) -> dict[int, dict[int, SwitchState]]:
    rows = select(Wave.role_id, Switch.person_id, Switch.state).join(
        Wave, Switch.wave_id == Wave.id
    )
    found: dict[int, dict[int, SwitchState]] = defaultdict(dict)
    for role_id, person_id, state in session.execute(
        rows.where(Switch.state.in_(HOLDING), *conditions)
    ):
        found[role_id][person_id] = state
    return found

"""The list of roles: how far each has climbed, and who could move today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.fit.queries import fits_of
from app.access.fit.rules import Fit
from app.access.queries import holding_by_role, load_roles, of_a_role
from app.core.finding import Question, fits
from app.directory.queries import load_graph
from app.directory.rules import Graph
from app.improvements.board.rules import Rungs, rungs
from app.models.access.role import Role
from app.models.access.wave import Switch
from app.models.access.words import HOLDING, SETTLED_SWITCHES, SwitchState


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
    roles = load_roles(session, Role.single.is_(False))
    holding = holding_by_role(session)
    graphs = {
        number: load_graph(session, number)
        for number in sorted({role.directory_id for role in roles})
    }
    lines = [_line(role, graphs[role.directory_id], holding[role.id]) for role in roles]
    wanted = text.strip().lower()
    fitting = [
        line
        for line in lines
        if wanted in f"{line.name}\n{line.purpose}\n{line.owner}".lower()
        or fits(Question(text), line.name, line.purpose, line.owner)
    ]
    return sorted(fitting, key=lambda line: line.retired_at is not None)


def same_rights(
    session: Session, directory_id: int, rights: Collection[int], but: int = 0
) -> str:
    """Return the name of the first role in use in a directory, but one, that holds exactly these
    rights, none more and none less; nothing where there is none.
    """
    known = roles_by_rights(session, directory_id, but)
    same = known.get(frozenset(rights))
    return same.name if same else ""


def roles_by_rights(
    session: Session, directory_id: int, but: int = 0
) -> dict[frozenset[int], Role]:
    """Return the roles in use of a directory, but one, by the rights they hold; of several with
    the same rights the first by name.
    """
    in_use = Role.directory_id == directory_id, Role.retired_at.is_(None)
    plain = Role.single.is_(False), Role.id != but
    known = reversed(load_roles(session, *in_use, *plain))
    return {_rights_of(role): role for role in known if role.versions}


def _rights_of(role: Role) -> frozenset[int]:
    return frozenset(item.entitlement_id for item in role.versions[-1].rights)


def people_in_roles(session: Session) -> int:
    """Count the people who hold at least one role by our doing."""
    return (
        session.scalar(
            select(func.count(Switch.person_id.distinct())).where(
                Switch.state.in_(HOLDING), of_a_role()
            )
        )
        or 0
    )


def standing_of(
    graph: Graph, role: Role, holding: Mapping[int, SwitchState]
) -> RoleStanding:
    """Tell where people stand towards a loaded role; ``holding`` are those whom Rung moved."""
    if role.retired_at:
        return RoleStanding(Rungs(0, 0, 0, 0), 0)
    fits = [fit for fit in fits_of(graph, role) if _movable(graph, fit)]
    inside = {fit.person_id for fit in fits if fit.in_role} | holding.keys()
    confirmed = sum(
        holding.get(person, SwitchState.CONFIRMED) in SETTLED_SWITCHES
        for person in inside
    )
    fitting = {fit.person_id for fit in fits if not fit.missing} | inside
    ready = len(ready_people(graph, role, holding))
    return RoleStanding(rungs(confirmed, len(inside) - confirmed, len(fitting)), ready)


def ready_people(
    graph: Graph, role: Role, holding: Mapping[int, SwitchState]
) -> set[int]:
    """Return who could move to a loaded role today and nothing would change for them."""
    return {
        fit.person_id
        for fit in fits_of(graph, role)
        if fit.zero_change
        and not fit.in_role
        and fit.person_id not in holding
        and _movable(graph, fit)
    }


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

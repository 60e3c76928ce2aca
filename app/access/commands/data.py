"""Roles, fit and waves as plain data: what the command line prints with ``--json``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.access.document import LeftOutPerson
from app.access.fit.queries import fits_of
from app.access.rules import Terrain, off_limits
from app.core.errors import NotFound, Refused
from app.directory.queries import load_graph
from app.directory.rules import Graph, names
from app.models.access.role import Role, RoleRight, RoleVersion
from app.models.directory import Entitlement
from app.models.people import Person

Data = dict[str, Any]


def find_role(session: Session, name: str) -> int:
    """Return the role of this name, upper and lower case alike.

    Raises ``NotFound``, ``Refused`` with candidates.
    """
    named = (
        select(Role)
        .options(selectinload(Role.directory))
        .where(func.lower(Role.name) == name.strip().lower())
    )
    found = list(session.scalars(named.order_by(Role.id)))
    if not found:
        raise NotFound(f"There is no role {name}. `rung role list` shows them.")
    if len(found) > 1:
        places = tuple(role.directory.name for role in found)
        raise Refused(
            f"{len(found)} directories have a role {name}; rename one of them.",
            details=places,
        )
    return found[0].id


def all_roles(session: Session) -> list[Data]:
    """Return all roles by name, each with its newest version."""
    loaded = selectinload(Role.versions).selectinload(RoleVersion.rights)
    query = select(Role).options(
        loaded, selectinload(Role.directory), selectinload(Role.owner)
    )
    roles = query.where(Role.single.is_(False))
    found = session.scalars(roles.order_by(func.lower(Role.name), Role.id))
    return [{**_role(role), "rights": len(role.versions[-1].rights)} for role in found]


def role_data(session: Session, role: Role) -> Data:
    """Return a role that was loaded with versions, rights, owner and directory."""
    shared, rights = _shared_names(session, role.directory_id), role.versions[-1].rights
    in_order = sorted(
        rights, key=lambda item: (item.entitlement.cn.lower(), item.entitlement.dn)
    )
    return {**_role(role), "rights": [_right(item, shared) for item in in_order]}


def _role(role: Role) -> Data:
    version = role.versions[-1]
    return {
        "role": role.name,
        "directory": role.directory.name,
        "version": version.number,
        "approved": version.approved_at is not None,
        "realisation": role.realisation.value,
        "purpose": role.purpose,
        "owner": role.owner.uid if role.owner else None,
        "group": role.group_dn,
        "retired_at": role.retired_at,
    }


def _right(item: RoleRight, shared: frozenset[str]) -> Data:
    right = item.entitlement
    return {
        "right": right.dn if right.cn.lower() in shared else right.cn,
        "dn": right.dn,
        "lens": right.lens.value,
        "reason": item.reason,
        "gone": right.gone_at is not None,
    }


def fit_data(session: Session, role: Role) -> list[Data]:
    """Return how the role's newest version fits everybody who holds some of it, zero change
    first.
    """
    graph = load_graph(session, role.directory_id)
    found = fits_of(graph, role)
    return [
        {
            "person": graph.people[fit.person_id].uid,
            "name": graph.people[fit.person_id].name,
            "covered": _names(graph, fit.covered),
            "missing": _names(graph, fit.missing),
            "extra": _names(graph, fit.extra),
            "zero_change": fit.zero_change,
            "in_role": fit.in_role,
            "off_limits": off_limits(graph.people[fit.person_id], Terrain()),
        }
        for fit in found
    ]


def all_left_out(
    session: Session, people: Iterable[int], why: str
) -> tuple[LeftOutPerson, ...]:
    """Return chosen people as left out of a plan for one and the same reason."""
    rows = session.execute(
        select(Person.uid, Person.name)
        .where(Person.id.in_(list(people)))
        .order_by(Person.name)
    )
    return tuple(LeftOutPerson(uid, name, why) for uid, name in rows)


def _names(graph: Graph, rights: Iterable[int]) -> list[str]:
    return sorted((names(graph, right) for right in rights), key=str.lower)


def _shared_names(session: Session, directory_id: int) -> frozenset[str]:
    """Return the cns, in lower case, that several rights bear; such a right is named by its DN."""
    name = func.lower(Entitlement.cn)
    present = select(name).where(
        Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None)
    )
    return frozenset(session.scalars(present.group_by(name).having(func.count() > 1)))

"""What several subjects ask: a role, who holds it, what stands around a plan, and what a
wave keeps.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.access.document import PersonSeen, PlanDocument
from app.access.rules import Terrain
from app.core.errors import Conflict, NotFound
from app.core.frozen import Damaged
from app.core.said import said
from app.models.access.kept import AccessException
from app.models.access.role import Role, RoleRight, RoleVersion
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, SwitchState
from ldap_sync.dn import fold_or_self

SOAKING = SwitchState.SOAKING
SMALL = 500_000
"""A plan of more characters is not kept read: thousands of people fill the memory."""


def load_roles(session: Session, *conditions: ColumnElement[bool]) -> list[Role]:
    """Return roles by name, each with its directory, owner, versions and their rights."""
    wanted = (
        select(Role)
        .where(*conditions)
        .options(*_loaded())
        .order_by(func.lower(Role.name), Role.id)
    )
    return list(session.scalars(wanted))


def load_role(session: Session, role_id: int) -> Role:
    """Return a role with its directory, owner, versions and their rights. Raises ``NotFound``."""
    found = load_roles(session, Role.id == role_id)
    if not found:
        raise NotFound(said("There is no such role."))
    return found[0]


def holding_of(session: Session, role_id: int) -> dict[int, SwitchState]:
    """Return the people whom Rung moved into a role, with the state of their switch."""
    return holding_by_role(session, Wave.role_id == role_id)[role_id]


def _loaded() -> tuple[ExecutableOption, ...]:
    rights = (
        selectinload(Role.versions)
        .selectinload(RoleVersion.rights)
        .joinedload(RoleRight.entitlement)
    )
    return rights, selectinload(Role.directory), selectinload(Role.owner)


def holding_by_role(
    session: Session, *conditions: ColumnElement[bool]
) -> dict[int, dict[int, SwitchState]]:
    """Return the people whom Rung moved into roles, with the state of their switch, by role."""
    rows = select(Wave.role_id, Switch.person_id, Switch.state).join(
        Wave, Switch.wave_id == Wave.id
    )
    found: dict[int, dict[int, SwitchState]] = defaultdict(dict)
    for role_id, person_id, state in session.execute(
        rows.where(Switch.state.in_(HOLDING), *conditions)
    ):
        found[role_id][person_id] = state
    return found


def of_a_role() -> ColumnElement[bool]:
    """Return the condition for switches that moved somebody into a role, not those that gave or
    took single rights.
    """
    single = select(Wave.id).join(Role, Role.id == Wave.role_id).where(Role.single)
    return Switch.wave_id.not_in(single)


def terrain_of(session: Session, role: Role) -> Terrain:
    """Return what the directory demands of a plan for ``role``, which was loaded with its
    directory.
    """
    directory = role.directory
    untouchable = [*directory.protected, directory.bind_dn, directory.write_dn]
    return Terrain(
        transitive_memberof=directory.profile.get("memberof") == "transitive",
        protected=frozenset(fold_or_self(dn) for dn in untouchable if dn),
        placeholders=tuple(directory.placeholders),
        busy=_busy(session),
        other_roles=_other_roles(session, role),
    )


def _busy(session: Session, *more: ColumnElement[bool]) -> dict[int, str]:
    rows = session.execute(
        select(Switch.person_id, Role.name, Wave.number)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(Role, Wave.role_id == Role.id)
        .where(or_(Switch.open_person_id.is_not(None), Switch.state == SOAKING), *more)
    )
    return {
        person: said(
            "Has an open switch already: wave %(number)s of %(role)s.",
            number=number,
            role=role,
        )
        for person, role, number in rows
    }


def repairing(session: Session, terrain: Terrain) -> Terrain:
    """Return the terrain for a plan that repairs what others did: people who wait to be seen
    working may be in it, and what they keep by a decision stays as it is.
    """
    rows = session.execute(
        select(AccessException.person_id, AccessException.entitlement_id).where(
            AccessException.ended_at.is_(None)
        )
    )
    kept: dict[int, frozenset[int]] = dict(terrain.other_roles)
    for person, right in rows:
        kept[person] = kept.get(person, frozenset()) | {right}
    moving = _busy(session, Switch.state != SOAKING)
    return replace(terrain, busy=moving, other_roles=kept)


def _other_roles(session: Session, role: Role) -> dict[int, frozenset[int]]:
    rows = session.execute(
        select(Switch.person_id, RoleRight.entitlement_id)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(RoleRight, RoleRight.version_id == Wave.version_id)
        .where(Switch.state.in_(HOLDING), Wave.role_id != role.id)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person, right in rows:
        found[person].add(right)
    return {person: frozenset(rights) for person, rights in found.items()}


def plan_of(wave: Wave) -> PlanDocument:
    """Return the plan of a wave, whatever its hash. Raises ``Conflict`` when it is damaged."""
    with damage_of(wave):
        text = wave.plan
        return _small_plan(text) if len(text) < SMALL else PlanDocument.of_text(text)


@lru_cache(maxsize=8)
def _small_plan(text: str) -> PlanDocument:
    """Return a plan, read once for the page that is asked for every second."""
    return PlanDocument.of_text(text)


def plan_for(wave: Wave, person: str) -> PlanDocument:
    """Return the plan of a wave with nobody in it but this person (by key).

    Raises ``Conflict`` when it is damaged.
    """
    with damage_of(wave):
        whole = json.loads(wave.plan)
        mine = [part for part in whole["people"] if part["key"] == person]
        return PlanDocument.from_json({**whole, "people": mine})


@contextmanager
def damage_of(wave: Wave) -> Iterator[None]:
    """Say of which wave a plan is that cannot be read. Raises ``Conflict``."""
    try:
        yield
    except (Damaged, json.JSONDecodeError) as error:
        raise Conflict(
            said(
                "The plan of wave %(number)s is damaged and cannot be read: "
                "%(error)s Take the database back from a backup.",
                number=wave.number,
                error=error,
            )
        ) from error


def looks_at(switch: Switch) -> list[PersonSeen]:
    """Return every look at a person of a wave, the last one last."""
    return [PersonSeen.from_json(look) for look in switch.verified]

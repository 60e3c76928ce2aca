"""Roles that stand under an improvement, and the people whom their waves really moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, SETTLED_SWITCHES
from app.models.improvements.words import ParticipationState


@dataclass(frozen=True, slots=True)
class RoleUnder:
    """A role under an improvement: how many people hold it, how many of them were confirmed."""

    id: int
    name: str
    people: int
    confirmed: int


def roles_under(session: Session, improvement_id: int) -> list[RoleUnder]:
    """Return the roles that stand under an improvement, by name. One query."""
    confirmed = func.count(Switch.id).filter(Switch.state.in_(SETTLED_SWITCHES))
    rows = session.execute(
        select(Role.id, Role.name, func.count(Switch.id), confirmed)
        .outerjoin(Wave, Wave.role_id == Role.id)
        .outerjoin(Switch, (Switch.wave_id == Wave.id) & Switch.state.in_(HOLDING))
        .where(Role.improvement_id == improvement_id, Role.retired_at.is_(None))
        .group_by(Role.id, Role.name)
        .order_by(Role.name)
    )
    return [RoleUnder(*row) for row in rows]


def moved_under(
    session: Session, ids: Iterable[int]
) -> Mapping[int, Counter[ParticipationState]]:
    """Count the people of roles under improvements, each once: who was confirmed has accepted, who
    holds the role otherwise is switched. One query.
    """
    rows = session.execute(
        select(Role.improvement_id, Switch.person_id, Switch.state)
        .join(Wave, Wave.role_id == Role.id)
        .join(Switch, Switch.wave_id == Wave.id)
        .where(Role.improvement_id.in_(list(ids)), Switch.state.in_(HOLDING))
    )
    settled: dict[int, dict[int, bool]] = defaultdict(dict)
    for improvement_id, person_id, state in rows:
        if improvement_id is not None:
            people = settled[improvement_id]
            is_settled = state in SETTLED_SWITCHES
            people[person_id] = people.get(person_id, True) and is_settled
    return {number: _counted(people) for number, people in settled.items()}


def _counted(people: Mapping[int, bool]) -> Counter[ParticipationState]:
    accepted = sum(people.values())
    return Counter(
        {
            ParticipationState.ACCEPTED: accepted,
            ParticipationState.SWITCHED: len(people) - accepted,
        }
    )

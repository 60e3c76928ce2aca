"""Roles below an improvement, and the people whom their waves really moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.access.role import Role
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ImprovementKind, ParticipationState

MOVED = (
    ParticipationState.SWITCHED,
    ParticipationState.OBSERVING,
    ParticipationState.ACCEPTED,
)
"""The states in which somebody has the role, the least far first."""


@dataclass(frozen=True, slots=True)
class RoleUnder:
    """A role of an improvement: how many people have it, how many of them were confirmed."""

    id: int
    name: str
    improvement_id: int
    people: int
    confirmed: int


def roles_under(session: Session, improvement_id: int) -> list[RoleUnder]:
    """Return the roles below an improvement, or the one that it is, by name. Two queries."""
    own = Improvement.id == Role.improvement_id
    here = or_(
        Improvement.id == improvement_id, Improvement.parent_id == improvement_id
    )
    columns = Role.id, Role.name, Improvement.id.label("improvement_id")
    found = select(*columns).join(Improvement, own).where(here)
    in_use = found.where(Role.retired_at.is_(None)).order_by(Role.name)
    rows = session.execute(in_use).all()
    moved = _moved_by(session, [row.improvement_id for row in rows])
    return [
        RoleUnder(*row, people=len(people), confirmed=_accepted(people))
        for row in rows
        for people in [moved[row.improvement_id]]
    ]


def moved_under(
    session: Session, ids: Iterable[int]
) -> Mapping[int, Counter[ParticipationState]]:
    """Count the people whom the roles below improvements moved, each once, where he or she is least
    far. Two queries.
    """
    below = select(Improvement.id, Improvement.parent_id).where(
        Improvement.parent_id.in_(list(ids)), Improvement.kind == ImprovementKind.ROLE
    )
    parents = {row.id: row.parent_id or 0 for row in session.execute(below)}
    found: dict[int, dict[int, ParticipationState]] = defaultdict(dict)
    for child, people in _moved_by(session, parents).items():
        together = found[parents[child]]
        for person_id, state in people.items():
            together[person_id] = _least(together.get(person_id, state), state)
    return {number: Counter(people.values()) for number, people in found.items()}


def _moved_by(
    session: Session, ids: Iterable[int]
) -> defaultdict[int, dict[int, ParticipationState]]:
    """Return who has what these improvements bring, and how far each is."""
    columns = Iteration.improvement_id, Participation.person_id, Participation.state
    rows = session.execute(
        select(*columns)
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(
            Iteration.improvement_id.in_(list(ids)),
            Participation.left_at.is_(None),
            Participation.state.in_(MOVED),
        )
    )
    found: defaultdict[int, dict[int, ParticipationState]] = defaultdict(dict)
    for improvement_id, person_id, state in rows:
        if person_id is None:
            continue  # gone from the directory and forgotten
        people = found[improvement_id]
        people[person_id] = _least(people.get(person_id, state), state)
    return found


def _least(one: ParticipationState, other: ParticipationState) -> ParticipationState:
    return min(one, other, key=MOVED.index)


def _accepted(people: Mapping[int, ParticipationState]) -> int:
    return sum(state is ParticipationState.ACCEPTED for state in people.values())

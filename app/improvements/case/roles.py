"""The roles below an improvement as they stood on a day, and the people whom their waves moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.plain import fields, ref
from app.improvements.board.roles import MOVED
from app.improvements.history.queries import as_they_were, events_of
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ImprovementKind, ParticipationState

ACCEPTED = ParticipationState.ACCEPTED
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RoleThen:
    """A role as it stood: its record, its title, since when, and whom its waves moved: person and
    the day of the “it works”, None before.
    """

    record: str
    title: str
    since: date
    people: Mapping[str, date | None]

    @property
    def confirmed(self) -> int:
        """Return how many said that it works."""
        return sum(day is not None for day in self.people.values())


@dataclass(frozen=True)
class RolesThen:
    """All roles below an improvement; who is in several counts once, where he or she is least
    far.
    """

    roles: tuple[RoleThen, ...] = field(default=())

    @cached_property
    def moved(self) -> dict[str, date | None]:
        """Return who was moved, with the day from which everything works for them."""
        found: dict[str, list[date | None]] = defaultdict(list)
        for role in self.roles:
            for person, day in role.people.items():
                found[person].append(day)
        return {person: _last(days) for person, days in found.items()}

    @property
    def accepted(self) -> dict[str, date]:
        """Return for whom everything works, each with the day from which it does."""
        return {person: day for person, day in self.moved.items() if day is not None}

    @property
    def since(self) -> date | None:
        """Return the day on which the first wave began."""
        return min((role.since for role in self.roles), default=None)


def roles_then(session: Session, improvement_id: int, moment: datetime) -> RolesThen:
    """Return the roles below an improvement as they stood at a moment. One query, or three."""
    chosen = (
        select(Improvement, func.min(Iteration.started_at))
        .join(Iteration, Iteration.improvement_id == Improvement.id)
        .where(
            Improvement.parent_id == improvement_id,
            Improvement.kind == ImprovementKind.ROLE,
            Iteration.started_at <= moment,
        )
        .group_by(Improvement.id)
        .order_by(Improvement.id)
    )
    began = dict(session.execute(chosen).all())
    if not began:
        return RolesThen()
    took_part = _people(session, [role.id for role in began], moment)
    changed = events_of(session, [role.id for role in began], moment)
    return RolesThen(
        tuple(
            RoleThen(ref(role), role.title, day.date(), _moved(then))
            for role, day in began.items()
            if day is not None
            for then in [as_they_were(took_part[role.id], changed[role.id]).values()]
        )
    )


def _people(
    session: Session, ids: Iterable[int], moment: datetime
) -> defaultdict[int, dict[str, Fields]]:
    rows = session.execute(
        select(Iteration.improvement_id, Participation)
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(Iteration.improvement_id.in_(ids), Participation.created_at <= moment)
        .order_by(Participation.id)
    )
    found: defaultdict[int, dict[str, Fields]] = defaultdict(dict)
    for improvement_id, row in rows:
        found[improvement_id][ref(row)] = fields(row)
    return found


def _moved(people: Iterable[Fields]) -> dict[str, date | None]:
    """Return who has the role; who is gone from the directory and forgotten counts no more."""
    found: dict[str, list[date | None]] = defaultdict(list)
    for one in people:
        if one["person_id"] and one["state"] in list(MOVED) and not one["left_at"]:
            found[str(one["person_id"])].append(_works_since(one))
    return {person: _last(days) for person, days in found.items()}


def _works_since(one: Fields) -> date | None:
    if one["state"] != ACCEPTED or not one["accepted_at"]:
        return None
    return datetime.fromisoformat(one["accepted_at"]).date()


def _last(days: Iterable[date | None]) -> date | None:
    """Return the last of some days; one that has not come keeps all waiting."""
    told = list(days)
    come = [day for day in told if day is not None]
    return max(come) if len(come) == len(told) else None

"""What Today says of what is under way: one's own incidents, improvements, and when it will end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.waiting import ME
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.words import ImprovementState
from app.models.incidents.incident import Incident

MOST = 5
TO_COME = (ImprovementState.RAISED, ImprovementState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Underway:
    """One thing that is under way, with the number that leads to its page."""

    id: int
    name: str
    state: str


def mine_of(session: Session, name: str) -> tuple[Underway, ...]:
    """Return the open incidents an operator works on, in the order of the queue."""
    rows = session.execute(_mine_asked(), {"me": name})
    return tuple(Underway(*row) for row in rows)


@cache
def _mine_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Incident.id, Incident.title, Incident.state)
        .where(Incident.is_open.is_(True), Incident.agent == ME)
        .order_by(Incident.rank, Incident.id)
        .limit(MOST)
    )


def running_of(session: Session) -> tuple[Underway, ...]:
    """Return the improvements in progress that stand for themselves."""
    return tuple(Underway(*row) for row in session.execute(_running_asked()))


@cache
def _running_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Improvement.id, Improvement.title, Improvement.state)
        .where(
            Improvement.parent_id.is_(None),
            Improvement.state == ImprovementState.IN_PROGRESS,
        )
        .order_by(Improvement.next_due, Improvement.id)
        .limit(MOST)
    )


def wished_of(session: Session, name: str) -> Underway | None:
    """Return what most people wish to come next, among what this operator did not vote for."""
    row: Any = session.execute(_wished_asked(), {"me": name}).first()
    return Underway(*row) if row else None


@cache
def _wished_asked() -> Select[*tuple[Any, ...]]:
    votes = func.count(Vote.id)
    voted = select(Vote.improvement_id).where(Vote.voter == ME)
    return (
        select(Improvement.id, Improvement.title, Improvement.state)
        .outerjoin(Vote, Vote.improvement_id == Improvement.id)
        .where(Improvement.state.in_(TO_COME), Improvement.id.not_in(voted))
        .group_by(Improvement.id, Improvement.title, Improvement.state)
        .order_by(votes.desc(), Improvement.id)
        .limit(1)
    )

"""What asks for the same, and what would move when two become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.improvements.merging.rules import OneOfTwo
from app.models.access.role import Role
from app.models.improvements.complaint import Complaint
from app.models.improvements.improvement import (
    CaseAsk,
    CostBenefit,
    Improvement,
    Note,
    Vote,
)
from app.models.improvements.iteration import Finding, Iteration
from app.models.improvements.metric import Metric
from app.models.improvements.talk import ImprovementComment, ImprovementFile
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import IterationState
from app.models.incidents.incident import IncidentLink

MOVING: Mapping[str, Any] = {
    "tasks": ImprovementTask,
    "comments": ImprovementComment,
    "files": ImprovementFile,
    "notes": Note,
    "costs": CostBenefit,
    "asks": CaseAsk,
    "findings": Finding,
    "metrics": Metric,
    "rungs": Iteration,
    "complaints": Complaint,
    "votes": Vote,
    "incidents": IncidentLink,
}
"""What belongs to an improvement and goes with it into another."""
GOING_ON = (IterationState.RUNNING, IterationState.REVIEWING)


@dataclass(frozen=True, slots=True)
class AlsoAsked:
    """An improvement that asks for the same: how many wished it, and how many complained."""

    id: int
    title: str
    votes: int
    complaints: int


def one_of_two(session: Session, improvement: Improvement) -> OneOfTwo:
    """Return an improvement as the rules of merging see it."""
    rungs = session.scalars(
        select(Iteration).where(Iteration.improvement_id == improvement.id)
    ).all()
    return OneOfTwo(
        id=improvement.id,
        title=improvement.title,
        state=improvement.state,
        ran=any(rung.started_at is not None for rung in rungs),
        open_rung=any(rung.state in GOING_ON for rung in rungs),
        has_role=session.scalar(
            select(Role.id).where(Role.improvement_id == improvement.id).limit(1)
        )
        is not None,
        above=frozenset(_above(session, improvement)),
    )


def _above(session: Session, improvement: Improvement) -> list[int]:
    found: list[int] = []
    above = improvement.parent_id
    while above is not None and above not in found:
        found.append(above)
        above = session.get_one(Improvement, above).parent_id
    return found


def same_as(session: Session, improvement: Improvement) -> Improvement | None:
    """Return what goes on in place of a duplicate."""
    other = improvement.duplicate_of_id
    return session.get(Improvement, other) if other else None


def also_asked(session: Session, improvement_id: int) -> list[AlsoAsked]:
    """Return the duplicates of an improvement with who wished and complained in them."""
    votes = (
        select(func.count(Vote.id))
        .where(Vote.improvement_id == Improvement.id)
        .scalar_subquery()
    )
    complaints = (
        select(func.count(Complaint.id))
        .where(Complaint.improvement_id == Improvement.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Improvement.id,
            Improvement.title,
            votes,
            complaints,
        )
        .where(Improvement.duplicate_of_id == improvement_id)
        .order_by(Improvement.id)
    )
    return [AlsoAsked(*row) for row in rows]


def would_move(session: Session, improvement_id: int) -> dict[str, int]:
    """Return how many records of each kind go along into another improvement."""
    found = {}
    for name, kind in MOVING.items():
        count = select(func.count()).where(kind.improvement_id == improvement_id)
        found[name] = session.scalar(count) or 0
    return {name: count for name, count in found.items() if count}

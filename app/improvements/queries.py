"""What every subject asks: an improvement, its iterations, when it began, and who may own one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration


def get_improvement(session: Session, improvement_id: int) -> Improvement:
    """Return an improvement. Raises ``NotFound``."""
    found = one(session, Improvement, improvement_id)
    return found


def owners(session: Session) -> list[str]:
    """Return the names of those who own an improvement."""
    names = select(Improvement.owner).where(Improvement.owner != "").distinct()
    return sorted(session.scalars(names), key=str.casefold)


def first_start(session: Session, improvement_id: int) -> date | None:
    """Return the day from which the change of the first iteration holds, or None before it."""
    changed = select(func.min(Iteration.changed_on)).where(
        Iteration.improvement_id == improvement_id
    )
    return session.scalar(changed)


def iterations_of(session: Session, improvement_id: int) -> Sequence[Iteration]:
    """Return the iterations of an improvement in their order."""
    chosen = select(Iteration).where(Iteration.improvement_id == improvement_id)
    return session.scalars(chosen.order_by(Iteration.number)).all()

"""What every subject asks: an improvement, its iterations, when it began, and who may own one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import ImprovementState


def get_improvement(session: Session, improvement_id: int) -> Improvement:
    """Return an improvement. Raises ``NotFound``."""
    found = one(session, Improvement, improvement_id)
    return found


def titles(session: Session, but: int = 0) -> list[tuple[int, str]]:
    """Return number and title of every improvement that may be a parent, those that ended left
    out.
    """
    going_on = Improvement.state.not_in(
        (ImprovementState.EMBEDDED, ImprovementState.STOPPED)
    )
    chosen = select(Improvement.id, Improvement.title).where(
        going_on, Improvement.id != but
    )
    return [
        (number, title)
        for number, title in session.execute(
            chosen.order_by(func.lower(Improvement.title))
        )
    ]


def owners(session: Session) -> list[str]:
    """Return the names of those who own an improvement."""
    names = select(Improvement.owner).where(Improvement.owner != "").distinct()
    return sorted(session.scalars(names), key=str.casefold)


def first_start(session: Session, improvement_id: int) -> date | None:
    """Return the day on which the first iteration began, or None before it."""
    started = session.scalar(
        select(func.min(Iteration.started_at)).where(
            Iteration.improvement_id == improvement_id
        )
    )
    return None if started is None else started.date()


def iterations_of(session: Session, improvement_id: int) -> Sequence[Iteration]:
    """Return the iterations of an improvement in their order."""
    chosen = select(Iteration).where(Iteration.improvement_id == improvement_id)
    return session.scalars(chosen.order_by(Iteration.number)).all()

"""Which rung is planned, which is on its way, and what the ladder offers next."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.improvements.iteration import Iteration
from app.models.improvements.words import IterationState


def planned_rung(session: Session, improvement_id: int) -> Iteration | None:
    """Return the latest rung of an improvement that was planned and has not started."""
    chosen = select(Iteration).where(
        Iteration.improvement_id == improvement_id,
        Iteration.state == IterationState.PLANNED,
    )
    return session.scalars(chosen.order_by(Iteration.number.desc())).first()


def open_rung(session: Session, improvement_id: int) -> Iteration | None:
    """Return the rung of an improvement that is running or under review."""
    chosen = select(Iteration).where(Iteration.open_of == improvement_id)
    return session.scalars(chosen).first()

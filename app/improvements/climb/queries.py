"""Which rung is planned, which is on its way, and what the ladder offers next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.improvements.queries import get_improvement
from app.improvements.templates.queries import get_template
from app.models.improvements.iteration import Decision, Iteration
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


def decision_of(session: Session, iteration_id: int) -> Decision | None:
    """Return what was decided of a rung."""
    chosen = select(Decision).where(Decision.iteration_id == iteration_id)
    return session.scalars(chosen).first()


def ladder_of(session: Session, improvement_id: int) -> tuple[Mapping[str, Any], ...]:
    """Return the rungs of the template an improvement began from; none where there is none, or
    where somebody dropped it.
    """
    key = get_improvement(session, improvement_id).template
    try:
        return get_template(session, key).template.ladder if key else ()
    except NotFound:
        return ()

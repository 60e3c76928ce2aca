"""Which rung is planned, which is on its way, and what the ladder offers next."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Invalid, NotFound
from app.core.said import said
from app.improvements.queries import get_improvement
from app.improvements.templates.queries import get_template
from app.improvements.templates.rules import Template
from app.models.improvements.iteration import Decision, Iteration, Participation
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


def template_of(session: Session, improvement_id: int) -> Template | None:
    """Return the template an improvement began from; None where there is none, or where somebody
    dropped it.
    """
    key = get_improvement(session, improvement_id).template
    try:
        return get_template(session, key).template if key else None
    except NotFound:
        return None


def decided_rung(session: Session, improvement_id: int) -> Iteration | None:
    """Return the latest rung of an improvement that was decided."""
    chosen = select(Iteration).where(
        Iteration.improvement_id == improvement_id,
        Iteration.state == IterationState.DECIDED,
    )
    return session.scalars(chosen.order_by(Iteration.number.desc())).first()


def seats_of(session: Session, iteration_id: int, names: Sequence[str]) -> list[int]:
    """Return who takes part, by number; only those of these names where some are given.

    Raises ``Invalid`` for a name that does not take part.
    """
    chosen = select(Participation).where(
        Participation.iteration_id == iteration_id, Participation.left_at.is_(None)
    )
    seats = session.scalars(chosen.order_by(Participation.id)).all()
    by_name = {seat.name.casefold(): seat.id for seat in seats}
    strange = [name for name in names if name.casefold() not in by_name]
    if strange:
        told = said("%(name)s does not take part.", name=strange[0])
        raise Invalid(told, field="who")
    if names:
        return [by_name[name.casefold()] for name in names]
    return [seat.id for seat in seats]

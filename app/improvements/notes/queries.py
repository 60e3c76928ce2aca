"""A note, a cost or a benefit with its improvement."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.improvements.improvement import CostBenefit, Improvement, Note


def cost_and_improvement(
    session: Session, cost_id: int
) -> tuple[CostBenefit, Improvement]:
    """Load a cost or benefit with its improvement. Raises ``NotFound``."""
    cost = one(session, CostBenefit, cost_id)
    return cost, session.get_one(Improvement, cost.improvement_id)


def note_and_improvement(session: Session, note_id: int) -> tuple[Note, Improvement]:
    """Load a note with its improvement. Raises ``NotFound``."""
    note = one(session, Note, note_id)
    return note, session.get_one(Improvement, note.improvement_id)

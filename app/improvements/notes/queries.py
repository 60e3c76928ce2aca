"""A note, a cost or a benefit with its improvement."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.models.improvements.improvement import CostBenefit, Improvement, Note


def cost_and_improvement(session: Session, cost_id: int) -> tuple[CostBenefit, Improvement]:
    """Load a cost or benefit with its improvement. Raises ``NotFound``."""
    cost = session.get(CostBenefit, cost_id)
    if cost is None:
        raise NotFound(f"There is no cost or benefit {cost_id}.")
    return cost, session.get_one(Improvement, cost.improvement_id)


def note_and_improvement(session: Session, note_id: int) -> tuple[Note, Improvement]:
    """Load a note with its improvement. Raises ``NotFound``."""
    note = session.get(Note, note_id)
    if note is None:
        raise NotFound(f"There is no note {note_id}.")
    return note, session.get_one(Improvement, note.improvement_id)

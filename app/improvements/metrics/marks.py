"""What happened to an improvement, as marks on the charts of its metrics: rungs begun, decisions,
notes with a day.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.charts import Happened
from app.improvements.queries import iterations_of
from app.models.improvements.improvement import Note
from app.models.improvements.iteration import Decision, Iteration


def marks_of(session: Session, improvement_id: int) -> tuple[Happened, ...]:
    """Return what happened to an improvement, for its charts. Three queries."""
    iterations = iterations_of(session, improvement_id)
    decided = select(Decision).where(
        Decision.iteration_id.in_([one.id for one in iterations])
    )
    decisions = session.scalars(decided.order_by(Decision.id)).all()
    return marks(iterations, decisions, dated_notes(session, improvement_id))


def dated_notes(session: Session, improvement_id: int) -> list[Note]:
    """Return the notes of an improvement that belong to a day."""
    chosen = select(Note).where(
        Note.improvement_id == improvement_id,
        Note.happened_on.is_not(None),
        Note.struck_at.is_(None),
    )
    return list(session.scalars(chosen.order_by(Note.id)))


def marks(
    iterations: Iterable[Iteration],
    decisions: Iterable[Decision],
    notes: Iterable[Note],
) -> tuple[Happened, ...]:
    """Return the marks of what is loaded already."""
    rungs = list(iterations)
    numbers = {one.id: one.number for one in rungs}
    begun = [
        Happened(
            one.changed_on,
            "rung",
            f"Rung {one.number} began",
            f"rung {one.number}",
        )
        for one in rungs
        if one.changed_on
    ]
    decided = [
        Happened(
            one.created_at.date(),
            "decision",
            f"Rung {numbers[one.iteration_id]} decided: {one.kind}",
            str(one.kind),
        )
        for one in decisions
        if one.iteration_id in numbers
    ]
    noted = [
        Happened(one.happened_on, "note", ": ".join(filter(None, (one.who, one.text))))
        for one in notes
        if one.happened_on
    ]
    return (*begun, *decided, *noted)

"""Freeze a business case: the words and figures somebody decides upon, with their hash."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from app.core.acting import Acting
from app.core.figures import day as day_text
from app.improvements.case.queries import business_case
from app.improvements.case.text import frozen
from app.improvements.events import NotedChange, locked, tell
from app.models.improvements.improvement import BusinessCase


def freeze_case(act: Acting, improvement_id: int, as_of: date) -> BusinessCase:
    """Freeze the business case as of a day; it is never changed afterwards."""
    improvement = locked(act.session, improvement_id)
    snapshot = frozen(business_case(act.session, improvement_id, as_of, act.now))
    made = BusinessCase(
        improvement_id=improvement_id,
        as_of=min(datetime.combine(as_of, time.max, UTC), act.now),
        content=snapshot.text,
        hash=snapshot.hash,
        created_at=act.now,
        created_by=act.by,
    )
    act.session.add(made)
    act.session.flush()
    change = NotedChange(after={f"case:{made.id}.hash": made.hash})
    sentence = f"Froze the business case as of {day_text(as_of)}"
    tell(act, improvement, "case.freeze", sentence, change)
    return made

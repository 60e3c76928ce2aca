"""Who else has an incident's page open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.together import Question
from app.models.incidents.incident import Presence
from app.models.incidents.words import Doing

LASTS = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class Someone:
    """One operator on the page."""

    operator: str
    answering: bool


def present(
    session: Session, incident_id: int, viewer: str, now: datetime
) -> Sequence[Someone]:
    """Return who else looks at an incident just now, those who are answering first."""
    return present_in(session.execute(present_asked(incident_id, viewer, now - LASTS)))


def present_asked(incident_id: Any, viewer: Any, since: Any) -> Question:
    """Return the question for who else looked at an incident since a moment."""
    return select(Presence.operator, Presence.doing).where(
        Presence.incident_id == incident_id,
        Presence.seen_at >= since,
        Presence.operator != viewer,
    )


def present_in(rows: Iterable[Any]) -> Sequence[Someone]:
    """Return those who look, those who are answering first."""
    found = [Someone(row.operator, row.doing is Doing.ANSWERING) for row in rows]
    return sorted(found, key=lambda one: (not one.answering, one.operator))

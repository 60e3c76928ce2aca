"""Who else has an incident's page open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

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
    chosen = select(Presence.operator, Presence.doing).where(
        Presence.incident_id == incident_id,
        Presence.seen_at >= now - LASTS,
        Presence.operator != viewer,
    )
    found = [
        Someone(name, doing is Doing.ANSWERING)
        for name, doing in session.execute(chosen)
    ]
    return sorted(found, key=lambda one: (not one.answering, one.operator))

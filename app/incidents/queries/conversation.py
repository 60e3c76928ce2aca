"""What happened to an incident, newest first, in whose hands it was then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.incidents.incident import IncidentEvent
from app.models.incidents.words import EventKind
from app.models.people import Team


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as the page shows it."""

    id: int
    at: datetime
    kind: EventKind
    by: str
    text: str
    data: dict[str, Any]
    public: bool
    team: str


def conversation_of(
    session: Session, incident_id: int, *, limit: int | None = None
) -> list[Happening]:
    """Return the events of an incident, the newest first."""
    chosen = (
        select(IncidentEvent, Team.name)
        .outerjoin(Team, Team.id == IncidentEvent.team_id)
        .where(IncidentEvent.incident_id == incident_id)
        .order_by(IncidentEvent.id.desc())
        .limit(limit)
    )
    return [
        Happening(
            event.id,
            event.at,
            event.kind,
            event.by,
            event.text,
            event.data,
            event.public,
            team or "",
        )
        for event, team in session.execute(chosen)
    ]


def steps_of(session: Session, incident_id: int) -> list[Happening]:
    """Return what was tried, the first step first."""
    return [
        one for one in reversed(conversation_of(session, incident_id)) if one.kind is EventKind.STEP
    ]

"""An incident becomes an improvement; its words, its service and who said it go along."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.changes import one
from app.improvements.actions.register import raise_improvement
from app.incidents.actions.linking import link
from app.models.catalog.service import Service
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementSource
from app.models.incidents.incident import Incident
from app.models.incidents.words import LinkKind


def improve_incident(session: Session, incident_id: int, *, by: str, now: datetime) -> Improvement:
    """Raise an improvement from an incident, and link them. Raises ``NotFound``."""
    incident = one(session, Incident, incident_id)
    service = session.get(Service, incident.service_id) if incident.service_id else None
    values = {
        "source": ImprovementSource.INCIDENT,
        "source_text": incident.description or incident.effect or incident.title,
        "source_who": incident.requester,
        "service": service.name if service else "",
    }
    made = raise_improvement(session, incident.title, values, by=by, now=now)
    link(session, incident_id, f"improvement:{made.id}", LinkKind.CAUSE, by=by, now=now)
    return made

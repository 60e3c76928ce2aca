"""An incident becomes an improvement; its words, its service and who said it go along."""

from __future__ import annotations

from app.core.acting import Acting
from app.core.changes import one
from app.improvements.actions.register import raise_improvement
from app.incidents.actions.linking import link
from app.models.catalog.service import Service
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementSource
from app.models.incidents.incident import Incident
from app.models.incidents.words import LinkKind


def improve_incident(act: Acting, incident_id: int) -> Improvement:
    """Raise an improvement from an incident, and link them. Raises ``NotFound``."""
    incident = one(act.session, Incident, incident_id)
    service = act.session.get(Service, incident.service_id) if incident.service_id else None
    values = {
        "source": ImprovementSource.INCIDENT,
        "source_text": incident.description or incident.effect or incident.title,
        "source_who": incident.requester,
        "service": service.name if service else "",
    }
    made = raise_improvement(act, incident.title, values)
    link(act, incident_id, f"improvement:{made.id}", LinkKind.CAUSE)
    return made

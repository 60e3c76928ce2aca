"""An incident belongs to another service than was thought: sorted anew, and counted."""

from __future__ import annotations

from app.catalog.matrix.queries import current_matrix
from app.catalog.matrix.rules import UNSURE, priority_of
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid
from app.incidents.actions.happening import happened
from app.incidents.actions.reporting import target
from app.incidents.actions.working import open_one
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState
from app.models.incidents.incident import Incident
from app.models.incidents.words import EventKind


def change_service(
    act: Acting,
    incident_id: int,
    service_id: int | None,
    reason: str,
    *,
    began_at: int | None = None,
) -> Incident:
    """Say which service it really is.

    Urgency is that service's, so priority and target are worked out anew.
    """
    incident = open_one(act.session, incident_id, began_at=began_at)
    if service_id is None:
        raise Invalid("Choose a service.", field="service_id")
    service = one(act.session, Service, service_id)
    if service.state is ServiceState.RETIRED or service.id == incident.service_id:
        what = "is retired" if service.state is ServiceState.RETIRED else "is its service already"
        raise Invalid(f"{service.name} {what}.", field="service_id")
    if not reason.strip():
        raise Invalid("Say how you know.", field="reason")
    urgency = service.urgency or UNSURE
    impact = incident.impact
    priority = (
        priority_of(current_matrix(act.session), impact, urgency) if impact else incident.priority
    )
    values = {
        "service_id": service.id,
        "urgency": urgency,
        "priority": priority,
        "target_at": target(act.session, service.id, priority, incident.reported_at),
    }
    data = {"service": [incident.service_id, service.id], "priority": [incident.priority, priority]}
    if incident.team_id is None and service.team_id is not None:
        values |= {"team_id": service.team_id}
    sentence = f"{incident.title} belongs to {service.name}"
    happened(
        act,
        incident,
        EventKind.CHANGED,
        sentence,
        values=values,
        text=reason,
        data=data,
    )
    return incident

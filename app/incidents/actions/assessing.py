"""An incident is assessed again by running the influence script of its service once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.catalog.matrix.queries import current_matrix
from app.catalog.matrix.rules import UNSURE, arithmetic, priority_of
from app.catalog.scripts.queries import published_script
from app.catalog.scripts.rules import walk
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Conflict, Refused
from app.incidents.actions.happening import happened, locked
from app.incidents.actions.reporting import target
from app.models.catalog.service import Service
from app.models.incidents.incident import Classification, Incident
from app.models.incidents.words import EventKind


def assess(
    act: Acting,
    incident_id: int,
    script_id: int,
    answers: Sequence[Mapping[str, Any]],
    *,
    began_at: int | None = None,
) -> Incident:
    """Set impact and priority by the answers given; how often it was raised stays.

    Raises ``Conflict`` when another script is asked by now, ``Refused`` while a question is open.
    """
    incident = locked(act.session, incident_id, began_at=began_at)
    if not incident.is_open or incident.service_id is None:
        raise Refused("Only an open incident of a service is assessed again.")
    script = published_script(act.session, incident.service_id)
    if script is None or script.id != script_id:
        raise Conflict("The script was changed meanwhile; look at the questions again.")
    found = walk(script.content, answers)
    if found.impact is None or found.unused:
        raise Refused("Answer the questions to their end; only then the impact is known.")
    urgency = one(act.session, Service, incident.service_id).urgency or UNSURE
    priority = priority_of(current_matrix(act.session), found.impact, urgency)
    act.session.add(
        Classification(
            incident_id=incident.id,
            script_id=script.id,
            answers=found.recorded,
            impact=found.impact,
            urgency=urgency,
            priority=priority,
            at=act.now,
            by=act.by,
        )
    )
    values = {
        "impact": found.impact,
        "urgency": urgency,
        "priority": priority,
        "script_id": script.id,
        "target_at": target(act.session, incident.service_id, priority, incident.reported_at),
    }
    sentence = f"Assessed again: {arithmetic(found.impact, urgency, priority)}"
    data = {"before": incident.priority, "after": priority}
    happened(
        act,
        incident,
        EventKind.CLASSIFIED,
        sentence,
        values=values,
        text=sentence,
        data=data,
    )
    return incident

"""Incidents belong to improvements and role waves: as what led to them, or as what came of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.errors import Invalid
from app.incidents.actions.happening import happened, locked
from app.incidents.queries.linking import Target, target_named
from app.models.incidents.incident import IncidentLink
from app.models.incidents.words import EventKind, LinkKind, LinkTo

MEANS = {LinkKind.CAUSE: "led to", LinkKind.SYMPTOM: "came of"}


def link(
    session: Session, incident_id: int, target: str, kind: LinkKind, *, by: str, now: datetime
) -> IncidentLink:
    """Link an incident to ``improvement:7`` or ``wave:3``.

    Raises ``Invalid`` when it is linked or not there.
    """
    incident = locked(session, incident_id)
    found = target_named(session, target)
    if found is None:
        raise Invalid("Choose an improvement or a wave that is there.", field="target")
    if session.scalar(_same(incident_id, found)) is not None:
        raise Invalid(f"It is linked to {found.title} already.", field="target")
    made = IncidentLink(
        incident_id=incident_id,
        improvement_id=found.id if found.of is LinkTo.IMPROVEMENT else None,
        wave_id=found.id if found.of is LinkTo.WAVE else None,
        kind=kind,
        at=now,
        by=by,
    )
    session.add(made)
    session.flush()
    _tell(session, incident_id, f"{incident.title} {MEANS[kind]} {found.title}", by, now)
    return made


def unlink(session: Session, link_id: int, *, by: str, now: datetime) -> int:
    """Take a link away; returns the number of its incident. Raises ``NotFound``."""
    found = one(session, IncidentLink, link_id)
    session.delete(found)
    session.flush()
    _tell(session, found.incident_id, "Took a link away", by, now)
    return found.incident_id


def _tell(session: Session, incident_id: int, sentence: str, by: str, now: datetime) -> None:
    happened(
        session,
        locked(session, incident_id),
        EventKind.LINKED,
        sentence,
        by=by,
        now=now,
        touches=False,
    )


def _same(incident_id: int, target: Target) -> Select[int]:
    column = (
        IncidentLink.improvement_id if target.of is LinkTo.IMPROVEMENT else IncidentLink.wave_id
    )
    return select(IncidentLink.id).where(
        IncidentLink.incident_id == incident_id, column == target.id
    )

"""Incidents belong to improvements and role waves: as what led to them, or as what came of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid
from app.core.said import said
from app.incidents.events import happened, locked
from app.incidents.links.queries import Target, target_named
from app.models.incidents.incident import IncidentLink
from app.models.incidents.words import EventKind, LinkKind, LinkTo

MEANS = {LinkKind.CAUSE: "led to", LinkKind.SYMPTOM: "came of"}


def link(act: Acting, incident_id: int, target: str, kind: LinkKind) -> IncidentLink:
    """Link an incident to ``improvement:7`` or ``wave:3``.

    Raises ``Invalid`` when it is linked or not there.
    """
    incident = locked(act.session, incident_id)
    found = target_named(act.session, target)
    if found is None:
        raise Invalid(
            said("Choose an improvement or a wave that is there."), field="target"
        )
    if act.session.scalar(_same(incident_id, found)) is not None:
        raise Invalid(
            said("It is linked to %(title)s already.", title=found.title),
            field="target",
        )
    made = IncidentLink(
        incident_id=incident_id,
        improvement_id=found.id if found.of is LinkTo.IMPROVEMENT else None,
        wave_id=found.id if found.of is LinkTo.WAVE else None,
        kind=kind,
        at=act.now,
        by=act.by,
    )
    act.session.add(made)
    act.session.flush()
    _tell(act, incident_id, f"{incident.title} {MEANS[kind]} {found.title}")
    return made


@dataclass(frozen=True, slots=True)
class LinkGone:
    """A link that was taken away, as it is made anew."""

    incident_id: int
    target: str
    kind: LinkKind


def unlink(act: Acting, link_id: int) -> LinkGone:
    """Take a link away. Raises ``NotFound``."""
    found = one(act.session, IncidentLink, link_id)
    act.session.delete(found)
    act.session.flush()
    _tell(act, found.incident_id, "Took a link away")
    of_improvement = found.improvement_id is not None
    to = LinkTo.IMPROVEMENT if of_improvement else LinkTo.WAVE
    target = f"{to.value}:{found.improvement_id or found.wave_id}"
    return LinkGone(found.incident_id, target, found.kind)


def _tell(act: Acting, incident_id: int, sentence: str) -> None:
    happened(
        act,
        locked(act.session, incident_id),
        EventKind.LINKED,
        sentence,
        touches=False,
    )


def _same(incident_id: int, target: Target) -> Select[int]:
    column = (
        IncidentLink.improvement_id
        if target.of is LinkTo.IMPROVEMENT
        else IncidentLink.wave_id
    )
    return select(IncidentLink.id).where(
        IncidentLink.incident_id == incident_id, column == target.id
    )

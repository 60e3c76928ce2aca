"""How every action changes an incident: locked first, then one event and one line in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, demand, demand_revision, one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.core.search import index
from app.incidents.rules import EMERGENCY, Hold, objections, rank_of
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident, IncidentEvent
from app.models.incidents.words import OPEN, EventKind, IncidentState
from app.models.people import Team

FOUND_BY = {"title", "description", "requester"}


def locked(
    session: Session, incident_id: int, *, began_at: int | None = None
) -> Incident:
    """Return an incident for a change; others wait.

    ``began_at`` is the revision the agent's form was opened with.

    Raises ``NotFound``, and ``Conflict`` when somebody changed it meanwhile.
    """
    incident = one_locked(session, Incident, incident_id)
    demand_revision(incident.revision, began_at)
    return incident


def happened(  # noqa: PLR0913 (an event has this many parts)
    act: Acting,
    incident: Incident,
    kind: EventKind,
    sentence: str,
    *,
    values: Mapping[str, Any] | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    public: bool = False,
    touches: bool = True,
    at: datetime | None = None,
) -> IncidentEvent:
    """Set ``values`` on the incident, write the event and the audit trail's line; returns the
    event.

    Raises ``Refused`` when they would take the incident from who is finally responsible, or out of
    a bounce lock.

    ``sentence`` is the audit trail's, ``text`` what was typed. ``touches`` False: it is no work on
    the incident, so its age untouched goes on (a reminder, a raise, a look). ``at`` is when it
    happened, where that was not just now: clocks count from there, while the audit trail says when
    it was written down.
    """
    values = dict(values or {})
    before = {name: getattr(incident, name) for name in values}
    demand(objections(hold_of(act.session, incident), before, values, act.by))
    was_free = _is_free(incident)
    change = Change(about=Incident)
    change.put(incident, values)
    incident.is_open = incident.state in OPEN
    incident.rank = rank_of(
        incident.priority, incident.raises, is_mass=incident.is_mass
    )
    if was_free and incident.rank != EMERGENCY and not _is_free(incident):
        incident.turn = (act.session.scalar(select(func.max(Incident.turn))) or 0) + 1
    incident.revision += 1
    incident.look_at = None
    if touches:
        incident.touched_at = act.now
    if kind is EventKind.REPORTED or FOUND_BY & set(values or {}):
        index(
            act.session,
            "incident",
            incident.id,
            f"{incident.id} {incident.title}",
            _words_found(incident),
        )
    event = IncidentEvent(
        incident_id=incident.id,
        at=at or act.now,
        kind=kind,
        by=act.by,
        text=text.strip(),
        data=dict(data or {}),
        public=public,
        team_id=incident.team_id,
        state=incident.state,
    )
    act.session.add(event)
    act.session.flush()
    action = f"incident.{kind.value.replace(' ', '-')}"
    change.record(act, incident, action, sentence, reason=text)
    return event


def hold_of(session: Session, incident: Incident) -> Hold:
    """Return what holds an incident where it is."""
    service = session.get(Service, incident.service_id) if incident.service_id else None
    return Hold(
        incident.state in OPEN,
        incident.owner,
        incident.owner_fixed_at,
        incident.bounce_locked_at,
        service.name if service else "",
        service.owner if service else "",
    )


def _is_free(incident: Incident) -> bool:
    """Tell whether it stands in the queue to be taken up."""
    return (
        incident.state in OPEN
        and incident.state is not IncidentState.WAITING
        and not incident.agent
    )


def _words_found(incident: Incident) -> str:
    return f"{incident.requester} {incident.description} {incident.source_ref or ''}"


ENDED_WAIT = {"waiting_on": None, "waiting_until": None}


def open_one(
    session: Session, incident_id: int, *, began_at: int | None = None
) -> Incident:
    """Return an open incident for a change.

    Raises ``Refused`` when it has been restored or ended.
    """
    incident = locked(session, incident_id, began_at=began_at)
    if incident.state not in OPEN:
        raise Refused(
            said(
                "This incident is %(value)s. Reopen it first.",
                value=incident.state.value,
            )
        )
    return incident


def team_in_use(session: Session, team_id: int | None) -> Team:
    """Return a team that work can be given to. Raises ``Invalid``."""
    team = session.scalar(
        select(Team).where(Team.id == team_id, Team.retired_at.is_(None))
    )
    if team is None:
        raise Invalid(said("Choose a team."), field="team_id")
    return team

"""Work on an incident: take it, begin, wait, note something, try a step, be present."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from app.auth.queries import operators_with
from app.core.acting import Acting
from app.core.errors import Invalid
from app.core.said import said
from app.incidents.events import happened, locked, open_one
from app.incidents.work.queries import LASTS
from app.models.incidents.incident import Incident, Presence
from app.models.incidents.words import Doing, EventKind, IncidentState, WaitingOn

LEVELS = {1: "1st level", 2: "2nd level", 3: "3rd level or provider"}


def assign(
    act: Acting, incident_id: int, agent: str, *, began_at: int | None = None
) -> Incident:
    """Give an incident to somebody who works at the desk, or to nobody."""
    incident = open_one(act.session, incident_id, began_at=began_at)
    if agent and agent not in {
        operator.name for operator in operators_with(act.session, "desk")
    }:
        raise Invalid(
            said("%(agent)s does not work at the desk.", agent=agent), field="agent"
        )
    state = incident.state
    if state in (IncidentState.NEW, IncidentState.ASSIGNED):
        in_hand = agent or incident.team_id
        state = IncidentState.ASSIGNED if in_hand else IncidentState.NEW
    sentence = (
        f"{agent} works on {incident.title}"
        if agent
        else f"Nobody works on {incident.title} for now"
    )
    values = {"agent": agent, "state": state}
    happened(
        act,
        incident,
        EventKind.ASSIGNED,
        sentence,
        values=values,
        data={"agent": agent},
    )
    return incident


def start(act: Acting, incident_id: int) -> Incident:
    """Begin to work on an incident; who begins has it, unless somebody has it already."""
    incident = open_one(act.session, incident_id)
    values = {
        "state": IncidentState.IN_PROGRESS,
        "agent": incident.agent or act.by,
        "waiting_on": None,
        "waiting_until": None,
    }
    kind = (
        EventKind.RESUMED
        if incident.state is IncidentState.WAITING
        else EventKind.STARTED
    )
    happened(
        act,
        incident,
        kind,
        f"Work on {incident.title}",
        values=values,
        public=True,
    )
    return incident


def wait(
    act: Acting,
    incident_id: int,
    on: WaitingOn,
    until: datetime,
    why: str,
    *,
    began_at: int | None = None,
) -> Incident:
    """Wait for the requester, a provider or a change, until a moment at which somebody looks
    again.
    """
    incident = open_one(act.session, incident_id, began_at=began_at)
    if not why.strip():
        raise Invalid(said("Say what it waits for."), field="why")
    if until <= act.now:
        raise Invalid(said("Say until when; that moment has passed."), field="until")
    values = {"state": IncidentState.WAITING, "waiting_on": on, "waiting_until": until}
    data = {"on": on.value, "until": until.isoformat()}
    sentence = f"Waits for the {on.value}: {incident.title}"
    happened(
        act,
        incident,
        EventKind.WAITING,
        sentence,
        values=values,
        text=why,
        data=data,
        public=on is WaitingOn.REQUESTER,
    )
    return incident


def note(act: Acting, incident_id: int, text: str, *, public: bool = False) -> Incident:
    """Write something down; ``public``: the requester reads it too."""
    incident = locked(act.session, incident_id)
    if not text.strip():
        raise Invalid(said("Write something."), field="text")
    sentence = f"{'Answer' if public else 'Note'} on {incident.title}"
    happened(
        act,
        incident,
        EventKind.NOTE,
        sentence,
        text=text,
        public=public,
    )
    return incident


def step(
    act: Acting,
    incident_id: int,
    text: str,
    level: int,
    *,
    helped: bool = False,
) -> Incident:
    """Write down what was tried to restore the service, and by which level.

    A first step begins the work.
    """
    incident = open_one(act.session, incident_id)
    if not text.strip():
        raise Invalid(said("Say what was tried."), field="text")
    if level not in LEVELS:
        raise Invalid(said("Levels are 1, 2 and 3."), field="level")
    begins = incident.state in (IncidentState.NEW, IncidentState.ASSIGNED)
    values = (
        {"state": IncidentState.IN_PROGRESS, "agent": incident.agent or act.by}
        if begins
        else {}
    )
    data = {"level": level, "helped": helped}
    sentence = f"Tried on {incident.title}: {text.strip()[:120]}"
    happened(
        act,
        incident,
        EventKind.STEP,
        sentence,
        values=values,
        text=text,
        data=data,
    )
    return incident


def be_present(act: Acting, incident_id: int, doing: Doing) -> None:
    """Note that somebody looks at an incident; a page that is closed is forgotten by itself."""
    act.session.execute(delete(Presence).where(Presence.seen_at < act.now - LASTS))
    mine = select(Presence).where(
        Presence.incident_id == incident_id, Presence.operator == act.by
    )
    found = act.session.scalars(mine).first()
    if found is None:
        act.session.add(
            Presence(
                incident_id=incident_id, operator=act.by, doing=doing, seen_at=act.now
            )
        )
    else:
        found.doing, found.seen_at = doing, act.now

"""It works again, it is over, it comes back; or it was none, or another one."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import update

from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.incidents.events import ENDED_WAIT, happened, locked, open_one
from app.incidents.queries import children_of, desk_numbers
from app.models.incidents.incident import Contact, Incident, Problem
from app.models.incidents.words import OPEN, EventKind, IncidentState


def restore(
    act: Acting,
    incident_id: int,
    what: str,
    *,
    at: datetime | None = None,
    cause: str = "",
    began_at: int | None = None,
) -> Incident:
    """The requester can work again: since when, and what did it. The cause may follow later."""
    incident = open_one(act.session, incident_id, began_at=began_at)
    at = (at or act.now).astimezone(UTC)
    if not what.strip():
        raise Invalid(
            said("Say what restored it, so that the next one is quicker."), field="what"
        )
    if at > act.now:
        raise Invalid(said("That moment has not come yet."), field="at")
    if at < incident.reported_at:
        raise Invalid(said("That is before it was reported."), field="at")
    values = {
        "state": IncidentState.RESTORED,
        "restored_at": at,
        "resolution": what.strip(),
        "cause": cause.strip(),
        **ENDED_WAIT,
        "asked_team_id": None,
        "first_response_at": incident.first_response_at or act.now,
    }
    happened(
        act,
        incident,
        EventKind.RESTORED,
        f"Restored: {incident.title}",
        values=values,
        text=what,
        data={"at": at.isoformat(), "cause": bool(cause.strip())},
        public=True,
    )
    restore_children(act, incident, what, at=at)
    return incident


def restore_children(
    act: Acting,
    incident: Incident,
    what: str,
    *,
    at: datetime | None = None,
) -> None:
    """Restore with a mass incident what belongs to it; each is closed with its reporter."""
    for child in children_of(act.session, incident.id):
        if child.is_open:
            restore(act, child.id, what, at=max(at or act.now, child.reported_at))


def close(act: Acting, incident_id: int) -> Incident:
    """End a restored incident: the requester agrees, or did not object in time."""
    incident = locked(act.session, incident_id)
    if incident.state is not IncidentState.RESTORED:
        raise Refused(
            said(
                "This incident is %(value)s. Only a restored one can be closed.",
                value=incident.state.value,
            )
        )
    values = {"state": IncidentState.CLOSED, "closed_at": act.now}
    sentence = f"Closed: {incident.title}"
    happened(act, incident, EventKind.CLOSED, sentence, values=values, public=True)
    return incident


def reopen(
    act: Acting,
    incident_id: int,
    reason: str,
    *,
    began_at: int | None = None,
) -> Incident:
    """It does not work after all. An owner who was finally responsible is so again."""
    incident = locked(act.session, incident_id, began_at=began_at)
    if incident.state in OPEN:
        raise Refused(said("This incident is open."))
    if incident.state is IncidentState.MERGED:
        raise Refused(
            said(
                "It was merged into incident %(merged_into_id)s; go on there.",
                merged_into_id=incident.merged_into_id,
            )
        )
    if not reason.strip():
        raise Invalid(said("Say what does not work."), field="reason")
    data = {
        "was": incident.state.value,
        "restored": incident.restored_at.isoformat() if incident.restored_at else "",
    }
    values = {
        "state": IncidentState.ASSIGNED if incident.team_id else IncidentState.NEW,
        "restored_at": None,
        "closed_at": None,
    }
    sentence = f"Reopened: {incident.title}"
    happened(
        act,
        incident,
        EventKind.REOPENED,
        sentence,
        values=values,
        text=reason,
        data=data,
        public=True,
    )
    return incident


def cancel(
    act: Acting,
    incident_id: int,
    reason: str,
    *,
    began_at: int | None = None,
) -> Incident:
    """End an incident that was none."""
    incident = open_one(act.session, incident_id, began_at=began_at)
    if not reason.strip():
        raise Invalid(said("Say why there is nothing to restore."), field="reason")
    values = {
        "state": IncidentState.CANCELLED,
        "closed_at": act.now,
        "asked_team_id": None,
        **ENDED_WAIT,
    }
    sentence = f"Cancelled: {incident.title}"
    happened(
        act,
        incident,
        EventKind.CANCELLED,
        sentence,
        values=values,
        text=reason,
        public=True,
    )
    return incident


def merge(
    act: Acting,
    incident_id: int,
    into_id: int | None,
    *,
    began_at: int | None = None,
) -> Incident:
    """Merge a duplicate into another open incident; who reported it and every contact go along.

    Returns that one.
    """
    if into_id is None or into_id == incident_id:
        raise Invalid(said("Name the other incident by its number."), field="into_id")
    first, second = sorted((incident_id, into_id))
    rows = {number: locked(act.session, number) for number in (first, second)}
    source, goal = open_one(act.session, incident_id, began_at=began_at), rows[into_id]
    if goal.state not in OPEN:
        raise Invalid(
            said(
                "Incident %(into_id)s is %(value)s.",
                into_id=into_id,
                value=goal.state.value,
            ),
            field="into_id",
        )
    values = {
        "state": IncidentState.MERGED,
        "closed_at": act.now,
        "merged_into_id": into_id,
        "asked_team_id": None,
        **ENDED_WAIT,
    }
    sentence = f"Merged into incident {into_id}: {source.title}"
    happened(
        act,
        source,
        EventKind.MERGED,
        sentence,
        values=values,
        data={"into": into_id},
    )
    act.session.execute(
        update(Contact)
        .where(Contact.incident_id == incident_id)
        .values(incident_id=into_id)
    )
    act.session.execute(
        update(Incident)
        .where(Incident.parent_id == incident_id)
        .values(parent_id=into_id)
    )
    data = {"from": incident_id, "title": source.title, "requester": source.requester}
    sentence = f"Incident {incident_id} is the same as {goal.title}"
    text = "\n".join(part for part in (source.description, source.effect) if part)
    values = {
        "contacts": goal.contacts + source.contacts,
        "site_weight": max(goal.site_weight, source.site_weight),
    }
    happened(
        act,
        goal,
        EventKind.JOINED,
        sentence,
        values=values,
        text=text,
        data=data,
    )
    return goal


def open_problem(
    act: Acting, incident_id: int, text: str, workaround: str = ""
) -> Problem:
    """Write down the cause to be removed, after restoration and where the desk keeps problem
    records.
    """
    incident = locked(act.session, incident_id)
    if not desk_numbers(act.session).problem_records:
        raise Refused(said("This desk keeps no problem records."))
    if incident.state in OPEN:
        raise Refused(said("First it has to work again; the cause comes after that."))
    if not text.strip():
        raise Invalid(said("Say what the cause may be."), field="text")
    if act.session.query(Problem).filter_by(incident_id=incident_id).first():
        raise Refused(said("There is a problem record already."))
    change = Change(about=Problem)
    made = change.add(
        act.session,
        Problem(
            incident_id=incident_id,
            text=text.strip(),
            workaround=workaround.strip(),
            created_at=act.now,
            created_by=act.by,
        ),
    )
    change.record(act, made, "problem.open", f"Problem behind {incident.title}")
    return made

"""Mass incidents: declare one, say where it is felt, let reports join and leave; closing stays per
reporter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid, Refused
from app.core.said import nsaid, said
from app.incidents.events import happened, locked
from app.incidents.mass.queries import running_mass
from app.incidents.queries import children_of, site_names
from app.incidents.rules import stands_as
from app.messages.queries.policy import inform_numbers
from app.models.incidents.incident import Incident, IncidentEvent
from app.models.incidents.words import EventKind
from app.models.people import Site


def declare_mass(
    act: Acting,
    incident_id: int,
    site_ids: Sequence[int],
    *,
    children: Collection[int] = (),
) -> Incident:
    """Make an incident a mass incident.

    From now on the clock of the first message runs; nobody can forget it.
    """
    incident = locked(act.session, incident_id)
    if incident.parent_id is not None:
        raise Refused(said("This belongs to a mass incident already."))
    if not incident.is_open:
        raise Refused(said("What works again is no mass incident any more."))
    if incident.is_mass:
        return incident
    sites = _known(act.session, site_ids)
    standing = stands_as(incident.priority, incident.raises)
    first = act.now + timedelta(
        minutes=inform_numbers(act.session).first_minutes(standing, mass=True)
    )
    due = min(first, incident.next_update_at or first)
    happened(
        act,
        incident,
        EventKind.CHANGED,
        f"Mass incident: {incident.title}",
        values={"is_mass": True, "mass_sites": sites, "next_update_at": due},
        data={"mass": True, "sites": site_names(act.session, sites)},
        text=said(
            "Mass incident at %(sites)s. The first message is owed.",
            sites=nsaid("%(number)s site", "%(number)s sites", len(sites)),
        ),
    )
    for child in children:
        if child != incident.id:
            join_mass(act, child, incident.id)
    return incident


def set_mass_sites(act: Acting, incident_id: int, site_ids: Sequence[int]) -> Incident:
    """Say where a mass incident is felt."""
    incident = _mass(act.session, incident_id)
    sites = _known(act.session, site_ids)
    if sites != incident.mass_sites:
        names = site_names(act.session, sites)
        happened(
            act,
            incident,
            EventKind.CHANGED,
            f"Sites affected: {', '.join(names) or 'none'}",
            values={"mass_sites": sites},
            data={"sites": names},
            text=f"Sites affected: {', '.join(names) or 'none'}",
        )
    return incident


def join_mass(act: Acting, incident_id: int, parent_id: int) -> Incident:
    """Let a report belong to a mass incident: it is informed and restored with it, and closed with
    its reporter.
    """
    parent = _mass(act.session, parent_id)
    child = locked(act.session, incident_id)
    if child.id == parent.id or child.is_mass:
        raise Refused(said("A mass incident does not belong to another one."))
    if not child.is_open:
        raise Refused(said("This one works again already."))
    wider = _widens(parent, child)
    happened(
        act,
        child,
        EventKind.JOINED,
        f"Belongs to {parent.id}: {parent.title}",
        values={"parent_id": parent.id, "next_update_at": parent.next_update_at},
        data={
            "parent": parent.id,
            "owed": _moment(child.next_update_at),
            "takes": _moment(parent.next_update_at),
            "site": child.site_id if wider else None,
        },
        text=f"Belongs to the mass incident {parent.id}: {parent.title}",
    )
    if wider and child.site_id:
        set_mass_sites(act, parent.id, [*parent.mass_sites, child.site_id])
    return child


def _widens(parent: Incident, child: Incident) -> bool:
    return bool(child.site_id) and child.site_id not in parent.mass_sites


def leave_mass(act: Acting, incident_id: int, reason: str) -> Incident:
    """Take a report out of a mass incident: it is something else."""
    child = locked(act.session, incident_id)
    if child.parent_id is None:
        raise Refused(said("This belongs to no mass incident."))
    if not reason.strip():
        raise Invalid(said("Say why this is something else."), field="reason")
    joined, parent_id = _joined(act.session, child), child.parent_id
    happened(
        act,
        child,
        EventKind.CHANGED,
        f"No longer belongs to {parent_id}",
        values={"parent_id": None, **_owed_before(child, joined)},
        data={"left": parent_id},
        text=reason,
    )
    _narrow(act, parent_id, joined.get("site"))
    return child


def _joined(session: Session, child: Incident) -> Mapping[str, Any]:
    """Return what was noted when a report joined the mass incident it belongs to."""
    mine = select(IncidentEvent.data).where(
        IncidentEvent.incident_id == child.id, IncidentEvent.kind == EventKind.JOINED
    )
    last = session.scalars(mine.order_by(IncidentEvent.id.desc()).limit(1)).first()
    return last if last and last.get("parent") == child.parent_id else {}


def _owed_before(child: Incident, joined: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message a report owed before it joined, unless it was informed since."""
    if "takes" not in joined or joined["takes"] != _moment(child.next_update_at):
        return {}
    owed = joined["owed"]
    return {"next_update_at": datetime.fromisoformat(owed) if owed else None}


def _narrow(act: Acting, parent_id: int, site_id: int | None) -> None:
    """Take a site that came with one report out again, unless another one is there too."""
    parent = act.session.get(Incident, parent_id)
    if parent is None or site_id is None or site_id not in parent.mass_sites:
        return
    if all(one.site_id != site_id for one in children_of(act.session, parent_id)):
        left = [site for site in parent.mass_sites if site != site_id]
        set_mass_sites(act, parent_id, left)


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def end_mass(act: Acting, incident_id: int, reason: str) -> Incident:
    """Say that this was no mass incident; its reports stand alone again."""
    incident = _mass(act.session, incident_id)
    if not reason.strip():
        raise Invalid(said("Say why it is none."), field="reason")
    for child in children_of(act.session, incident.id):
        leave_mass(act, child.id, reason)
    happened(
        act,
        incident,
        EventKind.CHANGED,
        f"No mass incident: {incident.title}",
        values={"is_mass": False, "mass_sites": []},
        data={"mass": False},
        text=reason,
    )
    return incident


def join_running_mass(act: Acting, incident: Incident) -> Incident | None:
    """Let a new report join the mass incident that runs for its service and site; tell which."""
    parent = running_mass(act.session, incident.service_id, incident.site_id)
    if parent is None or parent.id == incident.id:
        return None
    join_mass(act, incident.id, parent.id)
    return parent


def _mass(session: Session, incident_id: int) -> Incident:
    incident = locked(session, incident_id)
    if not incident.is_mass:
        raise Refused(said("This is no mass incident."))
    return incident


def _known(session: Session, site_ids: Sequence[int]) -> list[int]:
    for site_id in site_ids:
        one(session, Site, site_id)
    return sorted(set(site_ids))

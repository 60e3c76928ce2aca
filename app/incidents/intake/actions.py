"""A report becomes an incident, however it comes; its impact and its service are found anew."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.catalog.hours.queries import hours_of
from app.catalog.hours.rules import after
from app.catalog.matrix.queries import current_matrix
from app.catalog.matrix.rules import UNSURE, arithmetic, priority_of
from app.catalog.scripts.queries import published_script
from app.catalog.scripts.rules import walk
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Conflict, Invalid, Refused
from app.core.said import said
from app.incidents.events import happened, locked, open_one
from app.incidents.mass.actions import join_running_mass
from app.incidents.queries import desk_numbers
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState
from app.models.incidents.incident import (
    Classification,
    Contact,
    Incident,
    IncidentFact,
)
from app.models.incidents.words import EventKind, IncidentKind, IncidentState, Via
from app.models.people import Person, Site

UNCLASSIFIED = 3
"""Priority until somebody classified it: in the middle, so that it is neither lost nor first."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known when somebody reports.

    ``impact`` comes from the influence script, never from the requester.

    ``answers`` are those to the script, as ``[{"question", "text", "answer"}]``; ``facts`` by the
    id of the fact. ``call_id`` is the phone call it came with.
    """

    title: str
    description: str = ""
    effect: str = ""
    kind: IncidentKind = IncidentKind.INCIDENT
    via: Via = Via.PHONE
    person_id: int | None = None
    requester: str = ""
    requester_mail: str = ""
    requester_phone: str = ""
    site_id: int | None = None
    service_id: int | None = None
    script_id: int | None = None
    answers: Sequence[Mapping[str, Any]] = ()
    impact: int | None = None
    facts: Mapping[int, str] = field(default_factory=dict)
    team_id: int | None = None
    call_id: int | None = None
    source_ref: str | None = None
    reported_at: datetime | None = None


def report(act: Acting, told: Report) -> Incident:
    """Write down an incident with its first contact.

    Raises ``Invalid`` naming the field that cannot be used.
    """
    _check(told)
    service = one(act.session, Service, told.service_id) if told.service_id else None
    if service and service.state is ServiceState.RETIRED:
        raise Invalid(
            said(
                "%(name)s is retired; choose the service that took its place.",
                name=service.name,
            ),
            field="service_id",
        )
    incident = _made(act, told, service)
    act.session.add(incident)
    act.session.flush()
    _first_contact(act, told, incident)
    happened(
        act,
        incident,
        EventKind.REPORTED,
        f"Reported: {incident.title}",
        public=True,
        data={"via": told.via.value},
        at=incident.reported_at,
    )
    join_running_mass(act, incident)
    return incident


def _check(told: Report) -> None:
    if not told.title.strip():
        raise Invalid(said("Say in a few words what does not work."), field="title")
    if told.person_id is None and not (
        told.requester.strip() or told.requester_mail or told.requester_phone
    ):
        raise Invalid(
            said("Say who reports it: a name, a number or a mail address."),
            field="requester",
        )
    if told.impact is not None and not 1 <= told.impact <= 4:
        raise Invalid(
            said("Impact goes from 1 (many sites) to 4 (one person)."), field="impact"
        )


def _made(act: Acting, told: Report, service: Service | None) -> Incident:
    at = told.reported_at or act.now
    person = one(act.session, Person, told.person_id) if told.person_id else None
    site = one(act.session, Site, told.site_id) if told.site_id else None
    urgency = (service.urgency or UNSURE) if service else None
    priority = UNCLASSIFIED
    if told.impact is not None and urgency is not None:
        priority = priority_of(current_matrix(act.session), told.impact, urgency)
    team_id = told.team_id or (service.team_id if service else None)
    return Incident(
        kind=told.kind,
        title=told.title.strip(),
        description=told.description.strip(),
        effect=told.effect.strip(),
        via=told.via,
        state=IncidentState.ASSIGNED if team_id else IncidentState.NEW,
        is_open=True,
        person_id=told.person_id,
        requester=told.requester.strip() or (person.name if person else ""),
        requester_mail=told.requester_mail.strip() or (person.mail if person else ""),
        requester_phone=told.requester_phone.strip()
        or (person.phone or person.mobile if person else ""),
        site_id=told.site_id,
        site_weight=site.weight if site else 1,
        service_id=told.service_id,
        script_id=told.script_id,
        impact=told.impact,
        urgency=urgency,
        priority=priority,
        raises=0,
        rank=priority,
        target_at=target(act.session, told.service_id, priority, at),
        team_id=team_id,
        touched_at=act.now,
        reported_at=at,
        source_ref=told.source_ref,
        mail_token=secrets.token_hex(5),
        created_by=act.by,
        revision=0,
        contacts=1,
        mass_sites=[],
    )


def target(
    session: Session, service_id: int | None, priority: int, since: datetime
) -> datetime:
    """Return until when an incident of this priority has to be restored, in the business hours of
    its service.
    """
    hours = desk_numbers(session).target_hours[priority]
    return after(hours_of(session, service_id), since, timedelta(hours=hours))


def _first_contact(act: Acting, told: Report, incident: Incident) -> None:
    act.session.add(
        Contact(
            incident_id=incident.id,
            at=incident.reported_at,
            via=told.via,
            who=incident.requester
            or incident.requester_mail
            or incident.requester_phone,
            text=incident.description,
            call_id=told.call_id,
            by=act.by,
        )
    )
    for fact_id, value in told.facts.items():
        if value.strip():
            act.session.add(
                IncidentFact(
                    incident_id=incident.id, fact_id=fact_id, value=value.strip()
                )
            )
    if incident.impact is not None and incident.urgency is not None:
        act.session.add(
            Classification(
                incident_id=incident.id,
                script_id=told.script_id,
                answers=[dict(each) for each in told.answers],
                impact=incident.impact,
                urgency=incident.urgency,
                priority=incident.priority,
                at=act.now,
                by=act.by,
            )
        )


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
        raise Refused(said("Only an open incident of a service is assessed again."))
    script = published_script(act.session, incident.service_id)
    if script is None or script.id != script_id:
        raise Conflict(
            said("The script was changed meanwhile; look at the questions again.")
        )
    found = walk(script.content, answers)
    if found.impact is None or found.unused:
        raise Refused(
            said("Answer the questions to their end; only then the impact is known.")
        )
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
        "target_at": target(
            act.session, incident.service_id, priority, incident.reported_at
        ),
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
        raise Invalid(said("Choose a service."), field="service_id")
    service = one(act.session, Service, service_id)
    if service.state is ServiceState.RETIRED or service.id == incident.service_id:
        what = (
            "is retired"
            if service.state is ServiceState.RETIRED
            else "is its service already"
        )
        raise Invalid(
            said("%(name)s %(what)s.", name=service.name, what=what), field="service_id"
        )
    if not reason.strip():
        raise Invalid(said("Say how you know."), field="reason")
    urgency = service.urgency or UNSURE
    impact = incident.impact
    priority = (
        priority_of(current_matrix(act.session), impact, urgency)
        if impact
        else incident.priority
    )
    values = {
        "service_id": service.id,
        "urgency": urgency,
        "priority": priority,
        "target_at": target(act.session, service.id, priority, incident.reported_at),
    }
    data = {
        "service": [incident.service_id, service.id],
        "priority": [incident.priority, priority],
    }
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

"""Who is calling and what is open for them, and what the form of a report asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.catalog.scripts.queries import published_script
from app.catalog.scripts.rules import Walk, taken, walk
from app.core.changes import one
from app.models.catalog.service import Fact, Service, ServiceRight
from app.models.catalog.words import ServiceKind, ServiceState
from app.models.directory import Membership
from app.models.incidents.desk import Call
from app.models.incidents.incident import Incident, IncidentEvent
from app.models.incidents.words import OPEN, CallState, EventKind, IncidentState
from app.models.people import Site
from app.people.queries.callers import Candidate, caller, find_callers
from app.people.rules.numbers import is_withheld

RINGS_FOR, TALKS_FOR = timedelta(minutes=3), timedelta(hours=2)
"""A call whose end was never told is not shown for ever."""

RECENT, MOST_CALLS = 5, 20
SAYING = (
    EventKind.INFORMED,
    EventKind.NOTE,
    EventKind.CONTACT,
    EventKind.REPORTED,
    EventKind.RESTORED,
)


@dataclass(frozen=True, slots=True)
class CallerTold:
    """One incident of a caller: what was said last to them, and by when they were promised to hear
    again.
    """

    id: int
    title: str
    state: IncidentState
    priority: int
    service: str
    contacts: int
    reported_at: datetime
    next_update_at: datetime | None
    last: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Card:
    """One call as the agent sees it before picking up; ``person`` is known, or ``candidates`` are
    who it may be.
    """

    call: Call
    withheld: bool
    person: Candidate | None
    candidates: Sequence[Candidate]
    open: Sequence[CallerTold]
    recent: Sequence[CallerTold]


def open_of(session: Session, person_id: int) -> list[CallerTold]:
    """Return what is open for a person, or waits for their word that it works again, the newest
    first.
    """
    mine = Incident.person_id == person_id
    return _caller_told(
        session,
        mine & (Incident.is_open | (Incident.state == IncidentState.RESTORED)),
        MOST_CALLS,
    )


def recent_of(session: Session, person_id: int) -> list[CallerTold]:
    """Return the last few incidents of a person that are over."""
    over = (
        ~Incident.is_open
        & (Incident.state != IncidentState.RESTORED)
        & (Incident.state != IncidentState.MERGED)
    )
    return _caller_told(session, (Incident.person_id == person_id) & over, RECENT)


def calls_now(session: Session, agent: str, now: datetime) -> list[Call]:
    """Return the calls that ring or are talked at this agent's telephone, or at nobody's in
    particular.
    """
    rings = (Call.state == CallState.RINGING) & (Call.started_at > now - RINGS_FOR)
    talks = (
        (Call.state == CallState.ANSWERED)
        & (Call.started_at > now - TALKS_FOR)
        & Call.incident_id.is_(None)
    )
    mine = select(Call).where(rings | talks, Call.agent.in_((agent, "")))
    return list(session.scalars(mine.order_by(Call.started_at.desc()).limit(3)))


def last_calls(session: Session, agent: str) -> list[Call]:
    """Return the last calls of this agent and those of nobody in particular."""
    mine = select(Call).where(or_(Call.agent == agent, Call.agent == ""))
    return list(
        session.scalars(mine.order_by(Call.started_at.desc()).limit(MOST_CALLS))
    )


def card(
    session: Session, call_id: int, person_id: int | None = None, *, country: str = ""
) -> Card:
    """Return what is known of a call; ``person_id`` is the one the agent chose.

    Raises ``NotFound``.
    """
    call = one(session, Call, call_id)
    withheld = is_withheld(call.number)
    found = [] if withheld else find_callers(session, call.number, country=country)
    chosen = person_id or call.person_id
    person = next((each for each in found if each.person_id == chosen), None)
    person = person or (caller(session, chosen, "chosen") if chosen else None)
    known = person.person_id if person else 0
    return Card(
        call,
        withheld,
        person,
        found,
        open_of(session, known),
        recent_of(session, known),
    )


def similar_here(
    session: Session, site_id: int | None, service_id: int | None
) -> list[Incident]:
    """Return what is open at a site for a service: together it may be one mass incident."""
    if not site_id or not service_id:
        return []
    same = select(Incident).where(
        Incident.site_id == site_id,
        Incident.service_id == service_id,
        Incident.state.in_(OPEN),
        Incident.is_open,
    )
    return list(
        session.scalars(
            same.order_by(Incident.is_mass.desc(), Incident.reported_at.desc()).limit(
                10
            )
        )
    )


def site_of(session: Session, name: str) -> int | None:
    """Return the site a directory's word for it means."""
    named = func.lower(Site.name) == name.strip().lower()
    return (
        session.scalar(select(Site.id).where(named, Site.retired_at.is_(None)))
        if name.strip()
        else None
    )


def _caller_told(
    session: Session, which: ColumnElement[bool], limit: int
) -> list[CallerTold]:
    chosen = (
        select(Incident, Service.name)
        .outerjoin(Service, Service.id == Incident.service_id)
        .where(which)
    )
    found = session.execute(
        chosen.order_by(Incident.reported_at.desc()).limit(limit)
    ).all()
    said = _last_said(session, [incident.id for incident, _service in found])
    return [
        _line(incident, service, said.get(incident.id)) for incident, service in found
    ]


def _line(one: Incident, service: str | None, said: IncidentEvent | None) -> CallerTold:
    words = said.text or (said.kind.value if said else "") if said else ""
    return CallerTold(
        one.id,
        one.title,
        one.state,
        one.priority,
        service or "",
        one.contacts,
        one.reported_at,
        one.next_update_at,
        words,
        said.at if said else None,
    )


def _last_said(session: Session, ids: Sequence[int]) -> dict[int, IncidentEvent]:
    newest = (
        select(func.max(IncidentEvent.id))
        .where(IncidentEvent.incident_id.in_(ids), IncidentEvent.kind.in_(SAYING))
        .group_by(IncidentEvent.incident_id)
    )
    events = session.scalars(select(IncidentEvent).where(IncidentEvent.id.in_(newest)))
    return {event.incident_id: event for event in events}


MOST_LIKELY, MOST_FOUND = 5, 9


@dataclass(frozen=True, slots=True)
class IntakeAsked:
    """What a page of intake was sent with, or opened for."""

    person_id: int | None = None
    service_id: int | None = None
    service: str = ""
    site_id: int | None = None
    seen_service: int | None = None
    script_id: int | None = None
    tokens: Sequence[str] = ()
    chosen: str = ""
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What the page offers: the caller with what is open, the services, how far the script is, the
    facts to ask for.

    ``changed``: somebody published another version of the script since the page was shown.
    """

    person: Candidate | None
    open: Sequence[CallerTold]
    services: Sequence[tuple[Service, str]]
    unfound: bool
    service: Service | None
    script_id: int | None
    walk: Walk | None
    changed: bool
    facts: Sequence[Fact]
    similar: Sequence[Incident]
    names: Sequence[str]


def intake(session: Session, asked: IntakeAsked) -> Intake:
    """Return what intake shows for what is known so far."""
    person = caller(session, asked.person_id, "") if asked.person_id else None
    known = person.person_id if person else None
    found = find_services(session, asked.service)
    service = found[0] if len(found) == 1 else None
    if not asked.service.strip():
        service = session.get(Service, asked.service_id) if asked.service_id else None
    offered = {one.id: (one, why) for one, why in likely_services(session, known)}
    offered = {one.id: (one, "found") for one in found} | offered
    if service:
        offered.setdefault(service.id, (service, "chosen"))
    script, walked, changed = _walked(session, service, asked)
    return Intake(
        person,
        open_of(session, known) if known else (),
        list(offered.values()),
        bool(asked.service and not found),
        service,
        script,
        walked,
        changed,
        facts_asked(session, service.id if service else None),
        similar_here(session, asked.site_id, service.id if service else None),
        service_names(session),
    )


def _walked(
    session: Session, service: Service | None, asked: IntakeAsked
) -> tuple[int | None, Walk | None, bool]:
    script = published_script(session, service.id) if service else None
    if script is None or service is None:
        return (
            None,
            None,
            bool(asked.script_id and service and asked.seen_service == service.id),
        )
    same = asked.seen_service == service.id
    answers = taken(asked.tokens, asked.chosen, keep=asked.keep) if same else []
    return (
        script.id,
        walk(script.content, answers),
        same and asked.script_id != script.id,
    )


def likely_services(
    session: Session, person_id: int | None
) -> list[tuple[Service, str]]:
    """Return the services this caller most likely means, with the reason: reported before, then
    rights held.
    """
    if person_id is None:
        return []
    before = (
        select(Service, func.count())
        .join(Incident, Incident.service_id == Service.id)
        .where(Incident.person_id == person_id, Service.state != ServiceState.RETIRED)
        .group_by(Service.id)
        .order_by(func.count().desc(), Service.name)
        .limit(MOST_LIKELY)
    )
    held = (
        select(Service)
        .where(
            Service.id.in_(_held(person_id)), Service.state == ServiceState.PUBLISHED
        )
        .order_by(Service.urgency, Service.name)
        .limit(MOST_LIKELY)
    )
    found = {
        one.id: (one, "reported before") for one, _times in session.execute(before)
    }
    for each in session.scalars(held):
        found.setdefault(each.id, (each, "has the right"))
    return list(found.values())[:MOST_LIKELY]


def find_services(session: Session, text: str) -> list[Service]:
    """Return the services whose name or summary holds these words; one of exactly this name
    alone.
    """
    wanted = text.strip()
    if not wanted:
        return []
    offered = _offered()
    exact = session.scalars(
        offered.where(func.lower(Service.name) == wanted.lower())
    ).first()
    if exact:
        return [exact]
    named = list(
        session.scalars(
            offered.where(Service.name.icontains(wanted, autoescape=True)).limit(
                MOST_FOUND
            )
        )
    )
    told = offered.where(Service.summary.icontains(wanted, autoescape=True)).limit(
        MOST_FOUND
    )
    return named or list(session.scalars(told))


def service_names(session: Session) -> list[str]:
    """Return the names of all services the desk may choose, for the field's own list."""
    return list(session.scalars(_offered().with_only_columns(Service.name)))


def facts_asked(session: Session, service_id: int | None) -> Sequence[Fact]:
    """Return the facts a service asks for."""
    asked = select(Fact).where(Fact.service_id == service_id, Fact.retired_at.is_(None))
    return (
        session.scalars(asked.order_by(Fact.position, Fact.id)).all()
        if service_id
        else ()
    )


def _offered() -> Any:
    return (
        select(Service)
        .where(Service.state != ServiceState.RETIRED)
        .order_by(Service.kind == ServiceKind.PART, Service.name)
    )


def _held(person_id: int) -> Any:
    return (
        select(ServiceRight.service_id)
        .join(Membership, Membership.entitlement_id == ServiceRight.entitlement_id)
        .where(Membership.person_id == person_id)
    )

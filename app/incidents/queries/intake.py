"""What the desk is offered while it writes down an incident: services, the script, the facts to ask
for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.scripts.queries import published_script
from app.catalog.scripts.rules import Walk, taken, walk
from app.incidents.queries.callers import CallerTold, open_of, similar_here
from app.models.catalog.service import Fact, Service, ServiceRight
from app.models.catalog.words import ServiceKind, ServiceState
from app.models.directory import Membership
from app.models.incidents.incident import Incident
from app.models.people import Site
from app.people.queries.callers import Candidate, caller

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
    sites: Sequence[tuple[int, str]]


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
        _sites(session),
    )


def _walked(
    session: Session, service: Service | None, asked: IntakeAsked
) -> tuple[int | None, Walk | None, bool]:
    script = published_script(session, service.id) if service else None
    if script is None or service is None:
        return None, None, bool(asked.script_id and service and asked.seen_service == service.id)
    same = asked.seen_service == service.id
    answers = taken(asked.tokens, asked.chosen, keep=asked.keep) if same else []
    return script.id, walk(script.content, answers), same and asked.script_id != script.id


def likely_services(session: Session, person_id: int | None) -> list[tuple[Service, str]]:
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
        .where(Service.id.in_(_held(person_id)), Service.state == ServiceState.PUBLISHED)
        .order_by(Service.urgency, Service.name)
        .limit(MOST_LIKELY)
    )
    found = {one.id: (one, "reported before") for one, _times in session.execute(before)}
    for one in session.scalars(held):
        found.setdefault(one.id, (one, "has the right"))
    return list(found.values())[:MOST_LIKELY]


def find_services(session: Session, text: str) -> list[Service]:
    """Return the services whose name or summary holds these words; one of exactly this name
    alone.
    """
    wanted = text.strip()
    if not wanted:
        return []
    offered = _offered()
    exact = session.scalars(offered.where(func.lower(Service.name) == wanted.lower())).first()
    if exact:
        return [exact]
    named = list(
        session.scalars(
            offered.where(Service.name.icontains(wanted, autoescape=True)).limit(MOST_FOUND)
        )
    )
    told = offered.where(Service.summary.icontains(wanted, autoescape=True)).limit(MOST_FOUND)
    return named or list(session.scalars(told))


def service_names(session: Session) -> list[str]:
    """Return the names of all services the desk may choose, for the field's own list."""
    return list(session.scalars(_offered().with_only_columns(Service.name)))


def facts_asked(session: Session, service_id: int | None) -> Sequence[Fact]:
    """Return the facts a service asks for."""
    asked = select(Fact).where(Fact.service_id == service_id, Fact.retired_at.is_(None))
    return session.scalars(asked.order_by(Fact.position, Fact.id)).all() if service_id else ()


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


def _sites(session: Session) -> list[tuple[int, str]]:
    used = (
        select(Site.id, Site.name).where(Site.retired_at.is_(None)).order_by(func.lower(Site.name))
    )
    return [(row.id, row.name) for row in session.execute(used)]

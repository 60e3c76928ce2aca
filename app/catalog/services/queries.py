"""Services as lists, pages and other rooms need them: names, choices, users, the public page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.finding import named_like
from app.core.names import called
from app.directory.queries.holders import holders_of
from app.models.auth import Operator
from app.models.catalog.calendar import Calendar
from app.models.catalog.script import Script
from app.models.catalog.service import Dependency, Duty, Fact, Service, ServiceRight
from app.models.catalog.words import ScriptState, ServiceKind, ServiceState
from app.models.incidents.incident import Incident
from app.models.people import Person, Site, Team

LIVE = Service.state != ServiceState.RETIRED
SORTS = {
    "name": func.lower(Service.name),
    "urgency": Service.urgency,
    "owner": Service.owner,
}


@dataclass(frozen=True, slots=True)
class ServiceFilter:
    """Which services are wanted; nothing means all that are not retired."""

    q: str = ""
    kind: str = ""
    state: str = ""
    owner: str = ""

    @property
    def active(self) -> bool:
        """Tell whether anything is narrowed down."""
        return bool(self.q or self.kind or self.state or self.owner)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service in the list, with what is still missing of it."""

    id: int
    name: str
    kind: ServiceKind
    state: ServiceState
    is_it: bool
    summary: str
    owner: str
    owner_can_sign_in: bool
    team: str
    urgency: int | None
    parts: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the catalogue is: for each aspect how many services have it, of how many that
    should.
    """

    begun: datetime | None
    total: int
    published: int
    aspects: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who uses a service."""

    id: int
    name: str
    mail: str
    phone: str
    mobile: str
    site: str


def get_service(session: Session, service_id: int) -> Service:
    """Return a service. Raises ``NotFound``."""
    found = one(session, Service, service_id)
    return found


def service_names(session: Session) -> list[str]:
    """Return the names of all services that are not retired, for forms that offer them."""
    return list(
        session.scalars(
            select(Service.name).where(LIVE).order_by(func.lower(Service.name))
        )
    )


def service_called(session: Session, name: str) -> int | None:
    """Return the number of the service with this name in any spelling of letters, or None."""
    return (
        session.scalar(
            select(Service.id).where(func.lower(Service.name) == name.lower())
        )
        if name
        else None
    )


def who_can_sign_in(session: Session) -> list[str]:
    """Return the operators who can sign in, by name: the only ones who can own a service."""
    usable = select(Operator.name).where(
        Operator.disabled_at.is_(None), Operator.password_hash != ""
    )
    return list(session.scalars(usable.order_by(func.lower(Operator.name))))


def users_of(
    session: Session, service_id: int, site_ids: Collection[int] | None = None
) -> list[User]:
    """Return who uses a service: who holds any of its rights as the lens of each sees it; without
    rights, everybody.

    ``site_ids`` keeps only people of these sites. Service accounts and disabled people use nothing.
    """
    rights = list(
        session.scalars(
            select(ServiceRight.entitlement_id).where(
                ServiceRight.service_id == service_id
            )
        )
    )
    wanted = _people(session, site_ids)
    if not rights:
        return [User(*row) for row in session.execute(wanted)]
    holders = frozenset[int]().union(*holders_of(session, rights).values())
    return [User(*row) for row in session.execute(wanted) if row.id in holders]


def count_services(session: Session, wanted: ServiceFilter) -> int:
    """Return how many services a filter lets through."""
    return (
        session.scalar(select(func.count()).select_from(_chosen(wanted).subquery()))
        or 0
    )


def service_lines(
    session: Session,
    wanted: ServiceFilter,
    sort: str = "name",
    offset: int = 0,
    limit: int = 10_000,
) -> list[ServiceLine]:
    """Return the services a filter lets through. Four queries."""
    key = SORTS[sort.removeprefix("-")]
    order = (key.desc() if sort.startswith("-") else key.asc()).nulls_last()
    query = (
        _chosen(wanted)
        .with_only_columns(Service, Team.name)
        .outerjoin(Team, Team.id == Service.team_id)
    )
    rows = session.execute(
        query.order_by(order, func.lower(Service.name)).offset(offset).limit(limit)
    ).all()
    known = _Having(session, [service.id for service, _team in rows])
    return [known.line(service, team or "") for service, team in rows]


def owners(session: Session) -> list[str]:
    """Return the names of those who own a service."""
    names = select(Service.owner).where(LIVE, Service.owner != "").distinct()
    return sorted(session.scalars(names), key=str.casefold)


def progress(session: Session) -> Progress:
    """Return how far the catalogue is. Six queries."""
    begun = session.scalar(select(func.min(Service.created_at)))
    lines = service_lines(session, ServiceFilter())
    customers = [line for line in lines if line.kind is ServiceKind.CUSTOMER]
    aspects = tuple(
        (aspect, sum(aspect not in line.missing for line in group), len(group))
        for aspect, group in (
            (aspect, customers if aspect in FOR_CUSTOMERS else lines)
            for aspect in ASPECTS
        )
    )
    published = sum(line.state is ServiceState.PUBLISHED for line in lines)
    return Progress(begun, len(lines), published, aspects)


ASPECTS = ("owner", "urgency", "text", "script", "facts")
FOR_CUSTOMERS = ("script", "facts")
"""What only services for customers need: parts are not asked about at intake."""


class _Having:
    """What the services of a list have, looked up for all of them at once."""

    def __init__(self, session: Session, ids: Sequence[int]) -> None:
        self.owners = set(who_can_sign_in(session))
        have_script = select(Script.service_id).where(
            Script.state == ScriptState.PUBLISHED
        )
        have_facts = select(Fact.service_id).where(Fact.retired_at.is_(None))
        self.scripts = set(
            session.scalars(have_script.where(Script.service_id.in_(ids)))
        )
        self.facts = set(session.scalars(have_facts.where(Fact.service_id.in_(ids))))
        counted = select(Dependency.service_id, func.count()).where(
            Dependency.service_id.in_(ids)
        )
        self.parts = dict(
            session.execute(counted.group_by(Dependency.service_id)).all()
        )

    def line(self, service: Service, team: str) -> ServiceLine:
        return ServiceLine(
            id=service.id,
            name=service.name,
            kind=service.kind,
            state=service.state,
            is_it=service.is_it,
            summary=service.summary,
            owner=service.owner,
            owner_can_sign_in=service.owner in self.owners,
            team=team,
            urgency=service.urgency,
            parts=self.parts.get(service.id, 0),
            missing=tuple(self._missing(service)),
        )

    def _missing(self, service: Service) -> Iterable[str]:
        customer = service.kind is ServiceKind.CUSTOMER
        has = {
            "owner": service.owner in self.owners,
            "urgency": service.urgency is not None,
            "text": bool(service.summary and (service.how_to_get or not customer)),
            "script": service.id in self.scripts,
            "facts": service.id in self.facts,
        }
        return (
            aspect
            for aspect in ASPECTS
            if not has[aspect] and (customer or aspect not in FOR_CUSTOMERS)
        )


def _chosen(wanted: ServiceFilter) -> Select[Any]:
    query = select(Service.id)
    query = query.where(
        Service.state == ServiceState(wanted.state)
        if wanted.state in list(ServiceState)
        else LIVE
    )
    for word in wanted.q.split():
        texts = (Service.name, Service.summary, Service.how_to_get, Service.for_it)
        query = query.where(
            or_(
                called(Service, word),
                *(text.icontains(word, autoescape=True) for text in texts),
            )
        )
    if wanted.kind in list(ServiceKind):
        query = query.where(Service.kind == ServiceKind(wanted.kind))
    if wanted.owner:
        query = query.where(
            Service.owner == ""
            if wanted.owner == "-"
            else named_like(Service.owner, wanted.owner)
        )
    return query


def _people(
    session: Session, site_ids: Collection[int] | None
) -> Select[int, str, str, str, str, str]:
    columns = (
        Person.id,
        Person.name,
        Person.mail,
        Person.phone,
        Person.mobile,
        Person.site,
    )
    there = (
        Person.gone_at.is_(None),
        Person.disabled.is_(False),
        Person.service.is_(False),
    )
    query = select(*columns).where(*there).order_by(func.lower(Person.name), Person.id)
    if site_ids is None:
        return query
    at_site = exists().where(
        Site.id.in_(list(site_ids)), func.lower(Site.name) == func.lower(Person.site)
    )
    return query.where(at_site)


def open_incidents(session: Session, service_id: int) -> int:
    """Return how many incidents of a service are open."""
    return incidents_of(session, service_id)[1]


def incidents_of(session: Session, service_id: int) -> tuple[int, int]:
    """Return how many incidents name a service, and how many of them are open."""
    counted = select(Incident.is_open, func.count()).where(
        Incident.service_id == service_id
    )
    by_state = dict(session.execute(counted.group_by(Incident.is_open)).all())
    return sum(by_state.values()), by_state.get(True, 0)


def calendar_choices(session: Session) -> list[tuple[str, str]]:
    """Return the business hours."""
    return [
        (str(row.id), row.name)
        for row in session.execute(
            select(Calendar.id, Calendar.name).order_by(Calendar.name)
        )
    ]


def parties(session: Session) -> list[str]:
    """Return who may be named in the table of duties: teams and whoever was named before."""
    teams = session.scalars(select(Team.name).where(Team.retired_at.is_(None)))
    return sorted(
        {*teams, *session.scalars(select(Duty.party).distinct())}, key=str.casefold
    )


@dataclass(frozen=True, slots=True)
class PublicService:
    """One service as a customer reads it."""

    id: int
    name: str
    summary: str
    how_to_get: str
    not_included: str
    audience: str
    hours: str
    price: float | None
    price_unit: str
    is_it: bool


def public_services(session: Session) -> list[PublicService]:
    """Return the published services for customers, by name."""
    columns = (
        Service.id,
        Service.name,
        Service.summary,
        Service.how_to_get,
        Service.not_included,
        Service.audience,
        func.coalesce(Calendar.name, "").label("hours"),
        Service.price,
        Service.price_unit,
        Service.is_it,
    )
    shown = (
        Service.state == ServiceState.PUBLISHED,
        Service.kind == ServiceKind.CUSTOMER,
    )
    query = (
        select(*columns)
        .outerjoin(Calendar, Calendar.id == Service.calendar_id)
        .where(*shown)
    )
    return [
        PublicService(**row._mapping)
        for row in session.execute(query.order_by(func.lower(Service.name)))
    ]

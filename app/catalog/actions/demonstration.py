"""The services of the demo company: made once, earlier than today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import operators_with
from app.catalog.actions.demonstration_texts import describe_services
from app.core.changes import Change
from app.models.catalog.service import Dependency, Fact, Service, ServiceRight
from app.models.catalog.words import ServiceKind, ServiceState
from app.models.directory import Entitlement
from app.models.people import Team


@dataclass(frozen=True, slots=True)
class _Told:
    name: str
    summary: str
    urgency: int
    team: str
    rights: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    kind: ServiceKind = ServiceKind.CUSTOMER


SERVICES = (
    _Told("Network", "What connects the sites.", 1, "Administrators", kind=ServiceKind.PART),
    _Told("Servers", "What the applications run on.", 1, "Administrators", kind=ServiceKind.PART),
    _Told(
        "Workplace",
        "A computer that is ready to work with.",
        3,
        "Service desk",
        facts=("Device number",),
    ),
    _Told(
        "Mail",
        "Mail, calendar and lists.",
        2,
        "Administrators",
        ("list-all",),
        ("Network", "Servers"),
    ),
    _Told(
        "Finance system",
        "Post, approve and report.",
        2,
        "Applications",
        ("app-finance-posting", "app-finance-approval", "app-finance-reports"),
        ("Network", "Servers"),
        ("Document number", "Error text"),
    ),
    _Told(
        "ERP",
        "Orders, material and stock.",
        1,
        "Applications",
        ("app-erp-users", "app-erp-stock"),
        ("Network", "Servers"),
        ("Order number",),
    ),
    _Told(
        "Customer relations",
        "Who buys what, and when.",
        3,
        "Applications",
        ("app-crm-users", "app-crm-admin"),
    ),
)


def seed_services(session: Session, *, by: str, now: datetime) -> bool:
    """Make the services of the demo, unless there is any service; tell whether."""
    if session.scalar(select(Service.id).limit(1)) is not None:
        return False
    owners = operators_with(session, "catalog")
    owner, then = (owners[0].name if owners else ""), now - timedelta(days=60)
    teams = dict(session.execute(select(Team.name, Team.id)).all())
    rights = dict(session.execute(select(Entitlement.cn, Entitlement.id)).all())
    made: dict[str, Service] = {}
    for told in SERVICES:
        made[told.name] = _make(session, told, owner, teams, then, by)
        for name in told.parts:
            session.add(Dependency(service_id=made[told.name].id, part_id=made[name].id))
        for name in told.rights:
            if name in rights:
                session.add(
                    ServiceRight(service_id=made[told.name].id, entitlement_id=rights[name])
                )
    session.flush()
    describe_services(session, made, by=by, now=then + timedelta(days=7))
    return True


def _make(
    session: Session, told: _Told, owner: str, teams: dict[str, int], then: datetime, by: str
) -> Service:
    state = ServiceState.PUBLISHED if owner else ServiceState.DRAFT
    change = Change(about=Service)
    service = change.add(
        session,
        Service(
            name=told.name,
            kind=told.kind,
            state=state,
            summary=told.summary,
            owner=owner,
            urgency=told.urgency,
            team_id=teams.get(told.team),
            created_at=then,
            created_by=by,
            published_at=then if owner else None,
        ),
    )
    for position, name in enumerate(told.facts):
        session.add(
            Fact(
                service_id=service.id, name=name, position=position, created_at=then, created_by=by
            )
        )
    change.record(
        session, service, "service.add", f"Added the service {service.name}", by=by, now=then
    )
    return service

"""The queue in the system's order: rank, weight of the site, target, reported; nobody sorts it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Service
from app.incidents.models import Incident, State
from app.people.models import Site, Team

ORDER = (Incident.rank, Incident.site_weight.desc(), Incident.target_at, Incident.reported_at)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One incident in the queue."""

    id: int
    title: str
    state: State
    requester: str
    priority: int
    impact: int | None
    urgency: int | None
    raises: int
    site_weight: int
    target_at: datetime
    reported_at: datetime
    agent: str
    service: str
    team: str
    site: str


def queue_lines(session: Session, offset: int = 0, limit: int = 50) -> list[QueueLine]:
    """Return the open incidents, the one to take up next first."""
    chosen = (
        select(Incident, Service.name, Team.name, Site.name)
        .outerjoin(Service, Service.id == Incident.service_id)
        .outerjoin(Team, Team.id == Incident.team_id)
        .outerjoin(Site, Site.id == Incident.site_id)
        .where(Incident.is_open)
        .order_by(*ORDER)
        .offset(offset)
        .limit(limit)
    )
    return [_line(one, service, team, site) for one, service, team, site in session.execute(chosen)]


def _line(one: Incident, service: str | None, team: str | None, site: str | None) -> QueueLine:
    return QueueLine(
        one.id, one.title, one.state, one.requester, one.priority, one.impact, one.urgency, one.raises,
        one.site_weight, one.target_at, one.reported_at, one.agent, service or "", team or "", site or "",
    )  # fmt: skip

"""What management has to take note of, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.catalog.service import Service
from app.models.incidents.incident import Escalation, Incident, WorkOrder
from app.models.incidents.words import OrderState
from app.models.people import Team

LATEST = 20


@dataclass(frozen=True, slots=True)
class EscalationLine:
    """One thing management was told; with its answer once somebody took note."""

    id: int
    level: int
    why: str
    at: datetime
    seen_at: datetime | None
    seen_by: str
    answer: str
    incident_id: int
    title: str
    priority: int
    is_open: bool
    service: str
    team: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A work order that was refused lately, or not answered in its time."""

    id: int
    incident_id: int
    what: str
    state: OrderState
    answer: str
    by: str
    team: str
    due_at: datetime


def escalation_lines(session: Session, *, noted: bool = False) -> list[EscalationLine]:
    """Return what nobody has taken note of, the highest level first; or the latest with their
    answers.

    One query.
    """
    chosen = (
        select(
            Escalation, Incident.title, Incident.priority, Incident.is_open, Service.name, Team.name
        )
        .join(Incident, Incident.id == Escalation.incident_id)
        .outerjoin(Service, Service.id == Incident.service_id)
        .outerjoin(Team, Team.id == Incident.team_id)
    )
    if noted:
        chosen = (
            chosen.where(Escalation.seen_at.is_not(None))
            .order_by(Escalation.seen_at.desc())
            .limit(LATEST)
        )
    else:
        order = (Escalation.level.desc(), Incident.priority, Escalation.at)
        chosen = chosen.where(Escalation.seen_at.is_(None)).order_by(*order).limit(200)
    return [
        EscalationLine(
            one.id,
            one.level,
            one.why,
            one.at,
            one.seen_at,
            one.seen_by,
            one.answer,
            one.incident_id,
            title,
            priority,
            is_open,
            service or "",
            team or "",
        )
        for one, title, priority, is_open, service, team in session.execute(chosen)
    ]


def order_lines(session: Session, now: datetime) -> Sequence[OrderLine]:
    """Return the work orders refused in the last 30 days and those not answered in time.

    One query.
    """
    refused = (WorkOrder.state == OrderState.REFUSED) & (
        WorkOrder.answered_at > now - timedelta(days=30)
    )
    late = (WorkOrder.state == OrderState.OPEN) & (WorkOrder.due_at <= now)
    chosen = (
        select(WorkOrder, Team.name)
        .join(Team, Team.id == WorkOrder.team_id)
        .where(or_(refused, late))
        .order_by(WorkOrder.due_at)
        .limit(100)
    )
    return [
        OrderLine(
            one.id,
            one.incident_id,
            one.what,
            one.state,
            one.answer,
            one.answered_by,
            team,
            one.due_at,
        )
        for one, team in session.execute(chosen)
    ]

"""Who is responsible for an incident, what he ordered, and what management was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.incidents.queries.policy import desk_numbers
from app.models.catalog.service import Service
from app.models.incidents.incident import Escalation, Incident, Problem, WorkOrder
from app.models.incidents.words import OrderState
from app.models.people import Team


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who owns the service, whether he is finally responsible, and who is asked for a hand-over."""

    service_owner: str
    decides: str
    fixed: bool
    asked_team: str
    escalations: Sequence[Escalation]
    problem: Problem | None
    problems_kept: bool


@dataclass(frozen=True, slots=True)
class Order:
    """One work order as the page shows it."""

    id: int
    team: str
    what: str
    due_at: datetime
    state: OrderState
    answer: str
    answered_by: str
    by: str


def responsibility_of(session: Session, incident: Incident) -> Responsibility:
    """Return who is responsible for an incident."""
    owner = session.scalar(select(Service.owner).where(Service.id == incident.service_id)) or ""
    fixed = incident.is_open and incident.owner_fixed_at is not None
    asked = session.scalar(select(Team.name).where(Team.id == incident.asked_team_id)) or ""
    told = select(Escalation).where(Escalation.incident_id == incident.id).order_by(Escalation.id)
    problem = session.scalars(select(Problem).where(Problem.incident_id == incident.id)).first()
    return Responsibility(
        owner,
        incident.owner if fixed else owner,
        fixed,
        asked,
        session.scalars(told).all(),
        problem,
        desk_numbers(session).problem_records,
    )


def orders_of(session: Session, incident_id: int) -> Sequence[Order]:
    """Return the work orders of an incident, the first due first."""
    chosen = (
        select(WorkOrder, Team.name)
        .join(Team, Team.id == WorkOrder.team_id)
        .where(WorkOrder.incident_id == incident_id)
        .order_by(WorkOrder.due_at)
    )
    return [
        Order(
            one.id,
            team,
            one.what,
            one.due_at,
            one.state,
            one.answer,
            one.answered_by,
            one.created_by,
        )
        for one, team in session.execute(chosen)
    ]

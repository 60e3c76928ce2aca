"""Whose hands an incident was in, what the way cost, who answers for it, and what was ordered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.together import Question
from app.incidents.hands.rules import DelayMoment, Move, cost_of, hands
from app.incidents.queries import desk_numbers
from app.models.incidents.incident import (
    Escalation,
    Incident,
    IncidentEvent,
    Problem,
    WorkOrder,
)
from app.models.incidents.words import OPEN, EventKind, OrderState
from app.models.people import Team

MOVED = (EventKind.HANDED_OVER, EventKind.RETURNED, EventKind.REDIRECTED)
WORK = (
    EventKind.STARTED,
    EventKind.RESUMED,
    EventKind.STEP,
    EventKind.NOTE,
    EventKind.WAITING,
    EventKind.INFORMED,
    EventKind.RESTORED,
    EventKind.ORDERED,
)


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in the hands of a team; ``cost`` is hours × site weight × cost of a weight-hour."""

    team: str
    since: datetime
    held: timedelta
    idle: timedelta
    cost: float


@dataclass(frozen=True, slots=True)
class Delay:
    """All stays, and what the incident lasted and cost in all."""

    stays: Sequence[Stay]
    held: timedelta
    idle: timedelta
    cost: float
    currency: str
    weight: int


def moves_of(session: Session, incident_id: int) -> list[Move]:
    """Return the hand-overs of an incident, oldest first."""
    chosen = (
        select(IncidentEvent.kind, IncidentEvent.data)
        .where(IncidentEvent.incident_id == incident_id, IncidentEvent.kind.in_(MOVED))
        .order_by(IncidentEvent.id)
    )
    return [
        Move(data.get("from"), data.get("to"), kind is EventKind.RETURNED)
        for kind, data in session.execute(chosen)
    ]


def delay_of(session: Session, incident: Incident, now: datetime) -> Delay:
    """Return how long an incident lay in which hands, until it was restored or until now."""
    numbers, names = (
        desk_numbers(session),
        dict(session.execute(select(Team.id, Team.name)).all()),
    )
    chosen = (
        select(IncidentEvent.at, IncidentEvent.team_id, IncidentEvent.kind)
        .where(IncidentEvent.incident_id == incident.id)
        .order_by(IncidentEvent.at, IncidentEvent.id)
    )
    moments = [
        DelayMoment(at, team_id, kind in WORK)
        for at, team_id, kind in session.execute(chosen)
    ]
    end = (
        now
        if incident.state in OPEN
        else incident.restored_at or incident.closed_at or incident.touched_at
    )
    price, weight = numbers.cost_per_weight_hour, incident.site_weight
    stays = [
        Stay(
            names.get(hand.team_id or 0, ""),
            hand.since,
            hand.held,
            hand.idle,
            cost_of(hand.held, weight, price),
        )
        for hand in hands(moments, end)
    ]
    held, idle = (
        sum((one.held for one in stays), timedelta()),
        sum((one.idle for one in stays), timedelta()),
    )
    return Delay(
        stays, held, idle, cost_of(held, weight, price), numbers.currency, weight
    )


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who owns the service, whether he is finally responsible, and who is asked for a hand-over."""

    service_owner: str
    decides: str
    fixed: bool
    asked_team: str
    escalations: Sequence[Any]
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


def escalations_asked(incident_id: int) -> Question:
    """Return the question for what management was told of an incident."""
    return select(Escalation.id, Escalation.why, Escalation.seen_at).where(
        Escalation.incident_id == incident_id
    )


def orders_asked(incident_id: int) -> Question:
    """Return the question for the work orders of an incident."""
    return (
        select(
            WorkOrder.id,
            Team.name.label("team"),
            WorkOrder.what,
            WorkOrder.due_at,
            WorkOrder.state,
            WorkOrder.answer,
            WorkOrder.answered_by,
            WorkOrder.created_by.label("by"),
        )
        .join(Team, Team.id == WorkOrder.team_id)
        .where(WorkOrder.incident_id == incident_id)
    )


def orders_in(rows: Iterable[Any]) -> Sequence[Order]:
    """Return work orders, the first due first."""
    return sorted((Order(**vars(row)) for row in rows), key=lambda one: one.due_at)

"""Through whose hands an incident went, how long it lay there and what that cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.incidents.queries.policy import desk_numbers
from app.incidents.rules.delay import DelayMoment, cost_of, hands
from app.incidents.rules.hands import Move
from app.models.incidents.incident import Incident, IncidentEvent
from app.models.incidents.words import OPEN, EventKind
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
    numbers, names = desk_numbers(session), dict(session.execute(select(Team.id, Team.name)).all())
    chosen = (
        select(IncidentEvent.at, IncidentEvent.team_id, IncidentEvent.kind)
        .where(IncidentEvent.incident_id == incident.id)
        .order_by(IncidentEvent.at, IncidentEvent.id)
    )
    moments = [
        DelayMoment(at, team_id, kind in WORK) for at, team_id, kind in session.execute(chosen)
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
    return Delay(stays, held, idle, cost_of(held, weight, price), numbers.currency, weight)

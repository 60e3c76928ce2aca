"""The clocks of one incident, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.hours.queries import hours_of
from app.catalog.hours.rules import Hours
from app.incidents.queries.policy import desk_numbers
from app.incidents.rules import clock
from app.incidents.rules.clock import Clock, Hand, Mark, Spent, TimeShare
from app.incidents.rules.policy import DeskNumbers
from app.models.catalog.calendar import Calendar
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident, IncidentEvent
from app.models.incidents.words import EventKind
from app.models.people import Team, TeamKind


@dataclass(frozen=True, slots=True)
class Clocks:
    """All clocks of an incident, who had it for how long, and what the delay costs."""

    clocks: tuple[Clock, ...]
    total: Spent
    running: bool
    target: timedelta
    target_rule: str
    target_at: datetime
    shares: tuple[TimeShare, ...]
    hands: tuple[Hand, ...]
    cost: str
    cost_rule: str
    hours: str

    @property
    def late(self) -> bool:
        """Tell whether the target is over, or was when it worked again."""
        return self.total.business > self.target

    @property
    def target_text(self) -> str:
        """The target in words."""
        return clock.in_hours(self.target)


def clocks_of(session: Session, incident: Incident, now: datetime) -> Clocks:
    """Return the clocks of an incident as they stand at ``now``; the same number of queries for
    each.
    """
    marks = marks_of(session, [incident.id]).get(incident.id) or [
        Mark(incident.reported_at, "reported", incident.state.value)
    ]
    return _computed(
        incident, _whole(marks, incident), hours_of(session, incident.service_id), session, now
    )


def marks_of(session: Session, incident_ids: list[int]) -> dict[int, list[Mark]]:
    """Return the events of these incidents as marks on their clocks, in the order of time.

    One query.
    """
    chosen = (
        select(IncidentEvent, Team.name, Team.kind)
        .outerjoin(Team, Team.id == IncidentEvent.team_id)
        .where(IncidentEvent.incident_id.in_(incident_ids))
        .order_by(IncidentEvent.at, IncidentEvent.id)
    )
    found: dict[int, list[Mark]] = {}
    waiting: dict[int, str] = {}
    for event, team, kind in session.execute(chosen):
        if event.kind is EventKind.WAITING:
            waiting[event.incident_id] = str(event.data.get("on") or "")
        mark = Mark(
            event.at,
            event.kind.value,
            event.state.value,
            team or "",
            kind is TeamKind.EXTERNAL,
            waiting.get(event.incident_id, ""),
            bool(event.data.get("agent")),
            event.public,
        )
        found.setdefault(event.incident_id, []).append(mark)
    return found


def _whole(marks: list[Mark], incident: Incident) -> list[Mark]:
    """Let the first hand begin with the report, also when it was told of later."""
    first = marks[0]
    start = Mark(incident.reported_at, first.kind, first.state, first.team, first.external)
    return [start, *(mark for mark in marks[1:] if mark.at >= incident.reported_at)]


def _computed(
    incident: Incident, marks: list[Mark], hours: Hours, session: Session, now: datetime
) -> Clocks:
    numbers = desk_numbers(session)
    restored = clock.restored_at(marks)
    end = restored or now
    held = clock.hands(marks, end)
    spoken = clock.spoken(hours, _calendar(session, incident.service_id))
    total = clock.spent(hours, incident.reported_at, end)
    target = timedelta(hours=numbers.target_hours[incident.priority])
    return Clocks(
        clocks=_clocks(incident, marks, hours, restored, now),
        total=total,
        running=restored is None,
        target=target,
        target_rule=_target_rule(incident, numbers, spoken),
        target_at=incident.target_at,
        shares=tuple(clock.shares(hours, held)),
        hands=tuple(held),
        cost=_cost(incident, total, numbers),
        cost_rule=_cost_rule(incident, total, numbers),
        hours=spoken,
    )


def _clocks(
    incident: Incident, marks: list[Mark], hours: Hours, restored: datetime | None, now: datetime
) -> tuple[Clock, ...]:
    answered = incident.first_response_at or clock.first(marks, (EventKind.INFORMED.value,))
    rows = (
        ("To own", clock.owned_at(marks), "From the report until somebody took it by name."),
        (
            "First response",
            answered,
            "From the report until the first message of a person to the requester.",
        ),
        (
            "To restore",
            restored,
            "From the report until it works again. It never stops, whoever has it.",
        ),
        (
            "To close",
            incident.closed_at,
            "From the report until the requester agreed, or did not object in time.",
        ),
    )
    return tuple(
        Clock(name, clock.spent(hours, incident.reported_at, at or now), at, rule)
        for name, at, rule in rows
        if name != "To close" or restored
    )


def _target_rule(incident: Incident, numbers: DeskNumbers, spoken: str) -> str:
    wanted = clock.number(numbers.target_hours[incident.priority])
    return (
        f"Target: {wanted} business hours after the report, because P{incident.priority}; {spoken}."
    )


def _cost(incident: Incident, total: Spent, numbers: DeskNumbers) -> str:
    cost = clock.cost_of_delay(total.business, incident.site_weight, numbers.cost_per_weight_hour)
    return f"{cost:,.0f} {numbers.currency}"


def _cost_rule(incident: Incident, total: Spent, numbers: DeskNumbers) -> str:
    hours = total.business / timedelta(hours=1)
    return (
        f"{hours:,.1f} business hours × site weight {incident.site_weight} × "
        f"{clock.number(numbers.cost_per_weight_hour)} {numbers.currency}"
    )


def _calendar(session: Session, service_id: int | None) -> str:
    chosen = (
        select(Calendar.name)
        .join(Service, Service.calendar_id == Calendar.id)
        .where(Service.id == service_id)
    )
    return session.scalar(chosen) or ""

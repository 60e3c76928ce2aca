"""What the worker needs to judge a batch of incidents, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.catalog.hours.queries import hours_in, office_hours
from app.catalog.hours.rules import ALWAYS, Hours
from app.models.catalog.calendar import Calendar, Holiday
from app.models.catalog.service import Service
from app.models.incidents.incident import Escalation, Incident, IncidentEvent
from app.models.incidents.words import EventKind, IncidentState

BATCH = 50


@dataclass(frozen=True, slots=True)
class Past:
    """What was done already for each incident: the rules management was told by, and when raises
    fell due.
    """

    told: dict[int, set[str]]
    raised: dict[int, list[datetime]]


def due_incidents(session: Session, now: datetime, besides: ColumnElement[bool]) -> Sequence[int]:
    """Return some open incidents that are to be judged, by number; ``besides`` is a further
    condition.
    """
    chosen = select(Incident.id).where(_is_due(now), besides)
    return session.scalars(chosen.order_by(Incident.id).limit(BATCH)).all()


def still_due(session: Session, incident_ids: Sequence[int], now: datetime) -> Sequence[Incident]:
    """Return those of some incidents that are still to be judged, locked; those others work on are
    passed by.
    """
    chosen = (
        select(Incident).where(Incident.id.in_(incident_ids), _is_due(now)).order_by(Incident.id)
    )
    return session.scalars(chosen.with_for_update(skip_locked=True)).all()


def due_to_close(session: Session, before: datetime, besides: ColumnElement[bool]) -> Sequence[int]:
    """Return some incidents that have been restored since before this moment without an
    objection.
    """
    chosen = select(Incident.id).where(
        Incident.state == IncidentState.RESTORED, Incident.restored_at <= before, besides
    )
    return session.scalars(chosen.order_by(Incident.id).limit(BATCH)).all()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(Incident.is_open, or_(Incident.look_at.is_(None), Incident.look_at <= now))


def past_of(session: Session, incident_ids: Sequence[int]) -> Past:
    """Return what was done already for these incidents. Two queries."""
    told: dict[int, set[str]] = defaultdict(set)
    chosen = select(Escalation.incident_id, Escalation.rule).where(
        Escalation.incident_id.in_(incident_ids)
    )
    for incident_id, rule in session.execute(chosen):
        told[incident_id].add(rule)
    raised: dict[int, list[datetime]] = defaultdict(list)
    kinds = (EventKind.RAISED, EventKind.RESUMED)
    events = select(IncidentEvent.incident_id, IncidentEvent.data).where(
        IncidentEvent.incident_id.in_(incident_ids), IncidentEvent.kind.in_(kinds)
    )
    for incident_id, data in session.execute(events):
        if data.get("due"):
            raised[incident_id].append(datetime.fromisoformat(data["due"]))
    return Past(told, raised)


def all_hours(session: Session) -> dict[int | None, Hours]:
    """Return the business hours of every service by its number; one without a calendar is not among
    them.

    Under ``None`` are the office hours, in which a report counts that names no service yet.
    """
    days: dict[int, set[date]] = defaultdict(set)
    for calendar_id, day in session.execute(select(Holiday.calendar_id, Holiday.day)):
        days[calendar_id].add(day)
    calendars = {
        each.id: hours_in(each, days[each.id]) for each in session.scalars(select(Calendar))
    }
    services = select(Service.id, Service.calendar_id).where(Service.calendar_id.is_not(None))
    found: dict[int | None, Hours] = {None: office_hours(session)}
    for service, calendar in session.execute(services):
        found[service] = calendars.get(calendar or 0, ALWAYS)
    return found

"""The priority matrix in force, and the business hours of a service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.rules.hours import ALWAYS, USUAL_OFFICE, Hours
from app.catalog.rules.priority import DEFAULT
from app.models.catalog.calendar import Calendar, Holiday
from app.models.catalog.script import PriorityMatrix
from app.models.catalog.service import Service


def current_matrix(session: Session) -> Sequence[Sequence[int]]:
    """Return the cells of the newest matrix, or the default."""
    newest = session.scalars(
        select(PriorityMatrix).order_by(PriorityMatrix.id.desc()).limit(1)
    ).first()
    return newest.cells if newest else DEFAULT


def hours_of(session: Session, service_id: int | None) -> Hours:
    """Return the business hours in which a service is looked after; round the clock when it names
    no calendar.

    No service at all: nobody sorted the report yet, so office hours count.
    """
    if service_id is None:
        return office_hours(session)
    calendar_id = session.scalar(select(Service.calendar_id).where(Service.id == service_id))
    calendar = session.get(Calendar, calendar_id) if calendar_id else None
    return _with_holidays(session, calendar) if calendar else ALWAYS


def office_hours(session: Session) -> Hours:
    """Return the hours of the desk itself: the calendar marked so, else the first one made, else
    the usual ones.
    """
    marked_first = (Calendar.is_office.desc(), Calendar.id)
    office = session.scalars(select(Calendar).order_by(*marked_first).limit(1)).first()
    return _with_holidays(session, office) if office else USUAL_OFFICE


def _with_holidays(session: Session, calendar: Calendar) -> Hours:
    days = session.scalars(select(Holiday.day).where(Holiday.calendar_id == calendar.id))
    return hours_in(calendar, days)


def hours_in(calendar: Calendar, holidays: Iterable[date]) -> Hours:
    """Return the business hours a calendar stands for."""
    weekly = {
        int(day): [
            (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in intervals
        ]
        for day, intervals in calendar.hours.items()
    }
    return Hours(calendar.timezone, weekly, frozenset(holidays))

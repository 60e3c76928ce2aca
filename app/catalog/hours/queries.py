"""In which hours the clocks of a service run, and calendars as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.hours.rules import ALWAYS, DAYS, USUAL_OFFICE, Hours, sentence, text_of
from app.core.changes import one
from app.core.together import Question
from app.core.unchanged import unchanged
from app.models.catalog.calendar import Calendar, Holiday
from app.models.catalog.service import Service


def hours_of(session: Session, service_id: int | None) -> Hours:
    """Return the business hours in which a service is looked after; round the clock when it names
    no calendar.

    No service at all: nobody sorted the report yet, so office hours count.
    """
    return named_hours(session, service_id)[1]


def named_hours(session: Session, service_id: int | None) -> tuple[str, Hours]:
    """Return the hours of a service and what its calendar is called; without a calendar of its own
    nothing. One query.
    """
    key = ("hours of a service", service_id)
    return unchanged(session, key, lambda: _named_hours(session, service_id))


def _named_hours(session: Session, service_id: int | None) -> tuple[str, Hours]:
    if service_id is None:
        return "", office_hours(session)
    own = select(Service.calendar_id).where(Service.id == service_id)
    calendar, days = _with_holidays(session, own)
    return (calendar.name, hours_in(calendar, days)) if calendar else ("", ALWAYS)


def office_hours(session: Session) -> Hours:
    """Return the hours of the desk itself: the calendar marked so, else the first one made, else
    the usual ones. One query.
    """
    marked_first = (Calendar.is_office.desc(), Calendar.id)
    calendar, days = _with_holidays(
        session, select(Calendar.id).order_by(*marked_first).limit(1)
    )
    return hours_in(calendar, days) if calendar else USUAL_OFFICE


def _with_holidays(
    session: Session, chosen: Question
) -> tuple[Calendar | None, list[date]]:
    rows = session.execute(
        select(Calendar, Holiday.day)
        .outerjoin(Holiday, Holiday.calendar_id == Calendar.id)
        .where(Calendar.id == chosen.scalar_subquery())
    ).all()
    return (rows[0][0] if rows else None), [day for _, day in rows if day is not None]


def hours_in(calendar: Calendar, holidays: Iterable[date]) -> Hours:
    """Return the business hours a calendar stands for."""
    weekly = {
        int(day): [
            (time.fromisoformat(opens), time.fromisoformat(closes))
            for opens, closes in intervals
        ]
        for day, intervals in calendar.hours.items()
    }
    return Hours(calendar.timezone, weekly, frozenset(holidays))


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """One calendar; ``week`` are its lines as they are typed, by day."""

    id: int
    name: str
    timezone: str
    revision: int
    is_office: bool
    sentence: str
    week: Mapping[str, str]
    holidays: Sequence[Holiday]
    services: Sequence[tuple[int, str]]


def calendar_pages(session: Session) -> list[CalendarPage]:
    """Return all calendars by name, in three queries."""
    return _pages(
        session, session.scalars(select(Calendar).order_by(Calendar.name)).all()
    )


def calendar_page(session: Session, calendar_id: int) -> CalendarPage:
    """Return one calendar. Raises ``NotFound``."""
    return _pages(session, [one(session, Calendar, calendar_id)])[0]


def _pages(session: Session, calendars: Sequence[Calendar]) -> list[CalendarPage]:
    ids = [calendar.id for calendar in calendars]
    holidays = session.scalars(
        select(Holiday).where(Holiday.calendar_id.in_(ids)).order_by(Holiday.day)
    ).all()
    using = session.execute(
        select(Service.calendar_id, Service.id, Service.name)
        .where(Service.calendar_id.in_(ids))
        .order_by(Service.name)
    ).all()
    return [
        _page(
            calendar,
            [holiday for holiday in holidays if holiday.calendar_id == calendar.id],
            [(row.id, row.name) for row in using if row.calendar_id == calendar.id],
        )
        for calendar in calendars
    ]


def _page(
    calendar: Calendar, holidays: Sequence[Holiday], services: Sequence[tuple[int, str]]
) -> CalendarPage:
    hours = hours_in(calendar, [holiday.day for holiday in holidays])
    week = {day: text_of(hours.weekly.get(index, ())) for index, day in enumerate(DAYS)}
    return CalendarPage(
        id=calendar.id,
        name=calendar.name,
        timezone=calendar.timezone,
        revision=calendar.revision,
        is_office=calendar.is_office,
        sentence=sentence(hours),
        week=week,
        holidays=holidays,
        services=services,
    )

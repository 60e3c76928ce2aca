"""Calendars as pages show them: the week in words, holidays, which services keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.queries.priority import hours_in
from app.catalog.rules.calendar_text import DAYS, sentence, text_of
from app.core.changes import one
from app.models.catalog.calendar import Calendar, Holiday
from app.models.catalog.service import Service


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
    return _pages(session, session.scalars(select(Calendar).order_by(Calendar.name)).all())


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

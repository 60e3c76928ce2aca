"""Business hours: several intervals a day, in a time zone, with holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.hours.rules import Wrong, holidays_of, problems, weekly_of
from app.core.acting import Acting
from app.core.changes import Change, demand_revision, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.figures import listed
from app.core.said import nsaid, said
from app.models.catalog.calendar import Calendar, Holiday
from app.models.catalog.service import Service


@dataclass(frozen=True, slots=True)
class CalendarDraft:
    """What a calendar is called, its time zone, and its week: by the day's English name in small
    letters, a line.

    ``is_office``: reports that name no service yet count in these hours; the calendar that had it
    gives it up.
    """

    name: str
    timezone: str = "UTC"
    week: Mapping[str, str] = field(default_factory=dict)
    is_office: bool = False


def add_calendar(act: Acting, draft: CalendarDraft) -> Calendar:
    """Make a calendar. Raises ``Invalid`` naming the field."""
    values = _checked(act.session, draft, None)
    change = Change(about=Calendar)
    _give_up_office(act.session, change, draft, None)
    calendar = change.add(act.session, Calendar(created_at=act.now, **values))
    change.record(act, calendar, "calendar.add", f"Added the calendar {calendar.name}")
    return calendar


def change_calendar(
    act: Acting,
    calendar_id: int,
    draft: CalendarDraft,
    *,
    began_at: int | None = None,
) -> Calendar:
    """Change name, zone or week.

    Raises ``Conflict`` when somebody else did since the form was opened.
    """
    calendar = one_locked(act.session, Calendar, calendar_id)
    demand_revision(calendar.revision, began_at)
    change = Change(about=Calendar)
    _give_up_office(act.session, change, draft, calendar_id)
    if change.put(calendar, _checked(act.session, draft, calendar_id)):
        calendar.revision += 1
        change.record(
            act,
            calendar,
            "calendar.change",
            f"Changed the calendar {calendar.name}",
        )
    return calendar


@dataclass(frozen=True, slots=True)
class HolidaysKept:
    """Which days were added, and how many that were there got another name."""

    added: tuple[date, ...]
    renamed: int

    @property
    def count(self) -> int:
        """Return how many were written."""
        return len(self.added) + self.renamed


def add_holidays(act: Acting, calendar_id: int, text: str) -> HolidaysKept:
    """Add the days of pasted lines like "2026-12-25 Christmas"; one already there gets the name."""
    calendar = one_locked(act.session, Calendar, calendar_id)
    found = _days(text)
    there = {
        row.day: row
        for row in act.session.scalars(
            select(Holiday).where(Holiday.calendar_id == calendar_id)
        )
    }
    change, renamed = Change(about=Calendar), 0
    added = tuple(day for day in found if day not in there)
    for day, name in found.items():
        if day not in there:
            change.add(
                act.session, Holiday(calendar_id=calendar_id, day=day, name=name)
            )
        elif name:
            renamed += change.put(there[day], {"name": name})
    if added or renamed:
        change.record(
            act, calendar, "calendar.holidays", f"Holidays of {calendar.name}"
        )
    return HolidaysKept(added, renamed)


def remove_holidays(act: Acting, calendar_id: int, text: str) -> int:
    """Make the days of pasted lines working days again; returns how many were holidays."""
    asked = select(Holiday.id).where(
        Holiday.calendar_id == calendar_id, Holiday.day.in_(_days(text))
    )
    numbers = act.session.scalars(asked.order_by(Holiday.day)).all()
    for number in numbers:
        remove_holiday(act, calendar_id, number)
    return len(numbers)


def remove_holiday(act: Acting, calendar_id: int, holiday_id: int) -> Holiday:
    """Take one holiday out, and return it."""
    calendar, holiday = (
        one_locked(act.session, Calendar, calendar_id),
        one(act.session, Holiday, holiday_id),
    )
    if holiday.calendar_id != calendar_id:
        raise Refused(said("That holiday belongs to another calendar."))
    change = Change(
        about=Calendar, before={"day": holiday.day.isoformat(), "name": holiday.name}
    )
    sentence = f"{holiday.day} is a working day of {calendar.name}"
    change.record(act, calendar, "calendar.holiday-remove", sentence)
    act.session.delete(holiday)
    return holiday


def remove_calendar(act: Acting, calendar_id: int) -> None:
    """Remove a calendar that no service uses."""
    calendar = one_locked(act.session, Calendar, calendar_id)
    used = act.session.scalars(
        select(Service.name)
        .where(Service.calendar_id == calendar_id)
        .order_by(Service.name)
    ).all()
    if used:
        raise Refused(
            nsaid(
                "%(used)s keeps these hours; give it others first.",
                "%(used)s keep these hours; give them others first.",
                len(used),
                used=listed(used),
            ),
            details=tuple(used),
        )
    change = Change(
        about=Calendar, before={"name": calendar.name, "hours": calendar.hours}
    )
    change.record(
        act,
        calendar,
        "calendar.remove",
        f"Removed the calendar {calendar.name}",
    )
    act.session.delete(calendar)


def _give_up_office(
    session: Session, change: Change, draft: CalendarDraft, calendar_id: int | None
) -> None:
    """Take the office hours from the calendar that had them, when this one is to have them."""
    if not draft.is_office:
        return
    others = select(Calendar).where(
        Calendar.is_office, Calendar.id != (calendar_id or 0)
    )
    for other in session.scalars(others):
        change.put(other, {"is_office": False})
        other.revision += 1


def _days(text: str) -> dict[date, str]:
    try:
        found = holidays_of(text)
    except Wrong as problem:
        raise Invalid(problem.sentence, field="holidays") from None
    if not found:
        raise Invalid(
            said("Paste one holiday a line, like 2026-12-25 Christmas."),
            field="holidays",
        )
    return found


def _checked(
    session: Session, draft: CalendarDraft, calendar_id: int | None
) -> dict[str, Any]:
    name = draft.name.strip()
    if not name:
        raise Invalid(said("Give the calendar a name."), field="name")
    other = session.scalar(select(Calendar.id).where(Calendar.name == name))
    if other is not None and other != calendar_id:
        raise Invalid(said("There is a calendar of this name already."), field="name")
    wrong = problems(draft.week, draft.timezone)
    for where, sentence in wrong.items():
        raise Invalid(sentence, field=where, details=tuple(wrong.values()))
    hours = {
        str(day): [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in intervals]
        for day, intervals in weekly_of(draft.week).items()
    }
    return {
        "name": name,
        "timezone": draft.timezone,
        "hours": hours,
        "is_office": draft.is_office,
    }

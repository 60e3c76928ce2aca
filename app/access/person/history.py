"""What happened to one person: switches, decisions about them, and what readings found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.core.plain import ref
from app.core.trail import ToldEvent, history, readable
from app.directory.queries import changes_of_person
from app.models.access.wave import Switch
from app.models.people import Person

MOST = 50
"""How many events a person's page shows."""

OF_WAVES = ("plan", "approve", "apply", "withdraw", "send_back", "stopped")
OF_SWITCHES = (
    "soaking",
    "confirm",
    "undo",
    "undone",
    "conflict",
    "failed",
    "stale",
    "step_back",
)
"""The steps of a wave and of a switch that a reader of one person's history wants to know."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened: an event of the trail, or, without one, what a reading found
    (``text``).

    ``wave_id`` leads to its wave.
    """

    at: datetime
    event: ToldEvent | None
    text: str = ""
    wave_id: int | None = None


def history_of(
    session: Session, person: Person, permissions: Collection[str]
) -> tuple[Happened, ...]:
    """Return what happened to a person as somebody with ``permissions`` may read it, the newest
    first, at most 50.
    """
    waves = list(
        session.scalars(select(Switch.wave_id).where(Switch.person_id == person.id))
    )
    found = [
        *_decided(session, person, waves, permissions),
        *_found_by_readings(session, person),
    ]
    return tuple(sorted(found, key=lambda event: event.at, reverse=True)[:MOST])


def _decided(
    session: Session, person: Person, waves: list[int], permissions: Collection[str]
) -> list[Happened]:
    """Return audit events of the person's waves, without those about other people in them."""
    subjects = {f"wave:{wave_id}": wave_id for wave_id in waves}
    of_wave = AuditEvent.subject.in_(subjects)
    about_all = and_(
        of_wave, AuditEvent.action.in_([f"wave.{name}" for name in OF_WAVES])
    )
    about_one = and_(
        of_wave,
        AuditEvent.action.in_([f"switch.{name}" for name in OF_SWITCHES]),
        AuditEvent.label.contains(person.name, autoescape=True),
        readable(permissions),
    )
    named = or_(about_all, about_one, AuditEvent.subject == ref(person))
    events = history(
        session,
        select(AuditEvent).where(named).order_by(AuditEvent.id.desc()),
        permissions,
        limit=MOST,
    )
    return [
        Happened(event.at, event, wave_id=subjects.get(event.subject))
        for event in events
    ]


def _found_by_readings(session: Session, person: Person) -> list[Happened]:
    return [
        Happened(change.at, None, change.text)
        for change in changes_of_person(session, person.id, MOST)
    ]

"""When the next message is owed, and the wave of contacts of a mass incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.said import said
from app.messages.rules.policy import InformNumbers

UNIT, OWNER, MANAGEMENT = 1, 2, 3
LONGEST_LOOK_BACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Owed:
    """When a message is owed, and why: ``promised`` in the last one, or the ``first`` after the
    report.
    """

    at: datetime
    promised: bool


def owed(
    *,
    priority: int,
    mass: bool,
    reported_at: datetime,
    next_update_at: datetime | None,
    informed: bool,
    numbers: InformNumbers,
) -> Owed | None:
    """Return the message that is owed next for an open incident, or None."""
    if next_update_at is not None:
        return Owed(next_update_at, promised=informed)
    first = 0 if informed else numbers.first_minutes(priority, mass=mass)
    return (
        Owed(reported_at + timedelta(minutes=first), promised=False) if first else None
    )


def level_at(due: datetime, now: datetime, numbers: InformNumbers) -> int:
    """Return up to whom a message that was due is reminded of by now; 0: it is not late."""
    if now < due:
        return 0
    late = (now - due) / timedelta(minutes=1)
    if late >= numbers.management_after:
        return MANAGEMENT
    return OWNER if late >= numbers.owner_after else UNIT


STEP = timedelta(minutes=10)
MOST_STEPS = 36
COMPARED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Span:
    """Ten minutes: when they begin, how many contacts, and whether the message was out before they
    began.
    """

    start: datetime
    contacts: int
    after: bool


@dataclass(frozen=True, slots=True)
class IncidentWave:
    """The contacts of a mass incident in spans; ``before`` and ``after`` are those 30 minutes
    around the message.

    ``after`` is None while the 30 minutes are not over, ``informed_at`` while nobody was informed.
    """

    spans: tuple[Span, ...]
    informed_at: datetime | None
    before: int
    after: int | None
    total: int


def wave_of(
    contacts: Sequence[datetime], informed_at: datetime | None, now: datetime
) -> IncidentWave:
    """Count contacts per ten minutes from the first one on, for at most six hours."""
    inside = sorted(at for at in contacts if at <= now)
    if not inside:
        return IncidentWave((), informed_at, 0, None, 0)
    start = _floor(inside[0])
    steps = min(MOST_STEPS, int((now - start) / STEP) + 1)
    counts = [0] * steps
    for at in inside:
        place = int((at - start) / STEP)
        if place < steps:
            counts[place] += 1
    spans = tuple(
        Span(
            start + place * STEP,
            count,
            informed_at is not None and start + place * STEP >= informed_at,
        )
        for place, count in enumerate(counts)
    )
    return IncidentWave(
        spans,
        informed_at,
        _before(inside, informed_at, now),
        _after(inside, informed_at, now),
        len(inside),
    )


def sentence(wave: IncidentWave) -> str:
    """Say in words what the wave shows."""
    if wave.informed_at is None:
        return said(
            "%(before)s contacts in the last 30 minutes, %(total)s in all. "
            "Nobody was informed so far.",
            before=wave.before,
            total=wave.total,
        )
    before = said(
        "%(before)s contacts in the 30 minutes before the first message",
        before=wave.before,
    )
    if wave.after is None:
        return said(
            "%(before)s; the 30 minutes after it are not over yet.", before=before
        )
    return said(
        "%(before)s, %(after)s in the 30 minutes after it.",
        before=before,
        after=wave.after,
    )


def _before(
    contacts: Sequence[datetime], informed_at: datetime | None, now: datetime
) -> int:
    end = informed_at or now
    return sum(
        end - COMPARED <= at < end or (informed_at is None and at == end)
        for at in contacts
    )


def _after(
    contacts: Sequence[datetime], informed_at: datetime | None, now: datetime
) -> int | None:
    if informed_at is None or now < informed_at + COMPARED:
        return None
    return sum(informed_at <= at < informed_at + COMPARED for at in contacts)


def _floor(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 10, second=0, microsecond=0)

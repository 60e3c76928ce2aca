"""The promise clock: when the next message is owed, how late it is, and who hears of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
    return Owed(reported_at + timedelta(minutes=first), promised=False) if first else None


def level_at(due: datetime, now: datetime, numbers: InformNumbers) -> int:
    """Return up to whom a message that was due is reminded of by now; 0: it is not late."""
    if now < due:
        return 0
    late = (now - due) / timedelta(minutes=1)
    if late >= numbers.management_after:
        return MANAGEMENT
    return OWNER if late >= numbers.owner_after else UNIT

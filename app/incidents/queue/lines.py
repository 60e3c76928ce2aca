"""One incident in the queue: as it is read, and as its page shows it at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from app.incidents.queue.rules import QueueStanding, reason, rounded
from app.models.incidents.incident import Incident
from app.models.incidents.words import IncidentState, WaitingOn

TO_BE_TAKEN = (IncidentState.NEW, IncidentState.ASSIGNED)


class QueueLine(NamedTuple):
    """One incident in the queue. ``kept_every``: it has a place kept for the longest overdue, one
    of so many; 0 when it has none.
    """

    id: int
    title: str
    state: IncidentState
    requester: str
    impact: int | None
    urgency: int | None
    priority: int
    raises: int
    rank: int
    site_weight: int
    reported_at: datetime
    target_at: datetime
    next_update_at: datetime | None
    agent: str
    owner: str
    owner_fixed_at: datetime | None
    bounce_locked_at: datetime | None
    hand_overs: int
    bounces: int
    contacts: int
    waiting_on: WaitingOn | None
    waiting_until: datetime | None
    is_mass: bool
    revision: int
    asked: bool
    service: str
    team: str
    site: str
    kept_every: int

    @property
    def marked(self) -> bool:
        """Tell whether there may be more to say of it than its columns do."""
        return bool(
            self.kept_every
            or self.asked
            or self.is_mass
            or self.hand_overs
            or self.waiting_on
            or self.next_update_at
            or self.bounce_locked_at
            or self.owner_fixed_at
        )

    @property
    def can_be_taken(self) -> bool:
        """Tell whether nobody has it in hand yet."""
        return not self.agent and self.state in TO_BE_TAKEN

    def reason(self, now: datetime) -> str:
        """Say why it stands where it stands."""
        return reason(standing_of(self, self.target_at - now, self.kept_every))


class QueueRow(NamedTuple):
    """A line as its page shows it. Times are as exact as they are read: a row stays the same until
    it reads differently.

    ``late``: by how much its next message is. ``ended``: its target counts no more.
    """

    line: QueueLine
    left: timedelta
    age: timedelta
    late: timedelta | None
    waited_enough: bool
    ended: bool

    @property
    def reason(self) -> str:
        """Say why it stands where it stands."""
        return reason(standing_of(self.line, self.left, self.line.kept_every))


def row_of(line: QueueLine, now: datetime, *, ended: bool) -> QueueRow:
    """Return a line as its page shows it now."""
    due, until = line.next_update_at, line.waiting_until
    return QueueRow(
        line,
        rounded(line.target_at - now),
        rounded(now - line.reported_at),
        rounded(now - due) if due and due < now else None,
        bool(until and until <= now),
        ended,
    )


def standing_of(
    one: Incident | QueueLine, left: timedelta, kept_every: int = 0
) -> QueueStanding:
    """Return what decides about the place of an incident."""
    return QueueStanding(
        priority=one.priority,
        impact=one.impact,
        urgency=one.urgency,
        raises=one.raises,
        site_weight=one.site_weight,
        left=left,
        is_mass=one.is_mass,
        kept_every=kept_every,
    )

"""What a requester is told: four words of status, and what may be answered when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS = ("Received", "Being worked on", "Please check", "Closed")
"""The four words; everything else about an incident is internal."""

LINK_LASTS = timedelta(days=90)
"""How long after the end the link still opens the page."""

REOPEN_WITHIN = timedelta(days=30)
RATE_WITHIN = timedelta(days=7)
"""How long a rating may be given after closing, and changed after it was given."""

MOST_AN_HOUR = 10
LONGEST_TEXT = 4000
_STEP = {
    "new": 0,
    "assigned": 0,
    "in progress": 1,
    "waiting": 1,
    "restored": 2,
    "closed": 3,
    "cancelled": 3,
    "merged": 1,
}
_OPEN = ("new", "assigned", "in progress", "waiting")


@dataclass(frozen=True, slots=True)
class RequesterStanding:
    """Where an incident stands for its requester, and what they may say; ``state`` is one of the
    incident's states.
    """

    state: str
    waiting_on: str | None
    ended_at: datetime | None
    rated_at: datetime | None
    now: datetime

    @property
    def step(self) -> int:
        """Return which of the four words it is, from 0."""
        return _STEP[self.state]

    @property
    def word(self) -> str:
        """Return the word."""
        return STEPS[self.step]

    @property
    def may_confirm(self) -> bool:
        """Tell whether "it works again" means anything now."""
        return self.state in _OPEN or self.state == "restored"

    @property
    def may_object(self) -> bool:
        """Tell whether "it is still broken" means anything now: not for ever after closing."""
        if self.state in ("cancelled", "merged"):
            return False
        return self.state != "closed" or self._within(self.ended_at, REOPEN_WITHIN)

    @property
    def may_add(self) -> bool:
        """Tell whether something can be added: as long as somebody works on it."""
        return self.state in _OPEN

    @property
    def may_rate(self) -> bool:
        """Tell whether a rating is taken: within a week after closing, or after the first one was
        given.
        """
        return self.state == "closed" and self._within(
            self.rated_at or self.ended_at, RATE_WITHIN
        )

    @property
    def link_works(self) -> bool:
        """Tell whether the link still opens the page."""
        return self.ended_at is None or self._within(self.ended_at, LINK_LASTS)

    def _within(self, since: datetime | None, lasts: timedelta) -> bool:
        return since is not None and self.now - since <= lasts

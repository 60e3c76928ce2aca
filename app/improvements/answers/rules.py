"""Until when a link opens, and what may be answered with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.models.improvements.words import IterationState, ParticipationState

LINK_LASTS = timedelta(days=30)
"""How long a link opens its page after it was given or sent."""
LONGEST_WORDS = 4000
GOING = (IterationState.RUNNING, IterationState.REVIEWING)


@dataclass(frozen=True, slots=True)
class AnswerStanding:
    """Where somebody stands when they open their link."""

    rung: IterationState
    person: ParticipationState
    left: bool
    until: datetime | None
    now: datetime

    @property
    def opens(self) -> bool:
        """Tell whether the link still opens the page."""
        return self.until is not None and self.now <= self.until and not self.left

    @property
    def begun(self) -> bool:
        """Tell whether there is anything to answer yet."""
        return self.rung is not IterationState.PLANNED

    @property
    def may_answer(self) -> bool:
        """Tell whether an answer is taken: while the rung goes on, and not after an undo."""
        undone = self.person is ParticipationState.UNDONE
        return self.opens and self.rung in GOING and not undone


def link_lasts(now: datetime, until: datetime | None = None) -> datetime:
    """Return until when a link opens that is given now; one that opens longer stays."""
    fresh = now + LINK_LASTS
    return max(fresh, until) if until else fresh

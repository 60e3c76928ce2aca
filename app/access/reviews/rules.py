"""Which questions of a review are worth ten minutes of an owner."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

MOST_QUESTIONS = 10
ASKED_AGAIN_AFTER = timedelta(days=180)
"""What was answered less than half a year ago is not asked again."""
LINK_OPENS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MayBeAsked:
    """Somebody who holds a right directly, and what is known of it."""

    person_id: int
    right_id: int
    since: datetime
    off: bool
    privileged: bool
    last_asked: date | None

    @property
    def pair(self) -> tuple[int, int]:
        """Return person and right."""
        return self.person_id, self.right_id

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: who is off first, then privileged rights, those asked about least, oldest."""
        return (
            not self.off,
            not self.privileged,
            self.last_asked or date.min,
            self.since,
            self.pair,
        )


def worth_asking(
    held: Iterable[MayBeAsked], answered: Collection[tuple[int, int]]
) -> list[MayBeAsked]:
    """Return at most ten questions, what is most doubtful first; ``answered`` were answered
    lately.
    """
    due = (one for one in held if one.pair not in answered)
    return sorted(due, key=lambda one: one.order)[:MOST_QUESTIONS]

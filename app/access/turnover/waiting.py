"""What waits of people who joined, moved or left."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.access.turnover.queries import turnover_sum
from app.core.waiting import Wait, Waiter, WaitingFound, WaitingLine, tells


@tells(Wait.TURNOVER)
def people_turned(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find, in one line for all, the people who joined, moved or left and wait for a look."""
    if not who.may("plan"):
        return
    found = turnover_sum(session, who.now)
    if found.at is None:
        return
    counts = {turn.value: count for turn, count in found.counts.items()}
    line = WaitingLine(
        Wait.TURNOVER,
        _("Joined, moved, left"),
        found.at,
        "/turnover",
        f"turnover:{found.newest}",
        why=_("%(joined)s joined, %(moved)s moved, %(left)s left", **counts),
    )
    yield WaitingFound((line,), 1)

"""How every action of this room changes an improvement: locked first, told in one event, a sign of
life.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import changes
from app.core.acting import Acting
from app.core.changes import cleaned, demand, latest_day, one, one_locked, word
from app.core.db import Base
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration

__all__ = [
    "NotedChange",
    "cleaned",
    "demand",
    "latest_day",
    "locked",
    "locked_iteration",
    "one",
    "tell",
    "word",
]


@dataclass(slots=True)
class NotedChange(changes.Change):
    """One sentence about an improvement in the making."""

    about: type[Base] | None = Improvement


def locked(session: Session, improvement_id: int) -> Improvement:
    """Return an improvement for a change; others who want to change it wait.

    Raises ``NotFound``.
    """
    return one_locked(session, Improvement, improvement_id)


def locked_iteration(session: Session, iteration_id: int) -> tuple[Improvement, Iteration]:
    """Return an iteration and its improvement for a change. Raises ``NotFound``."""
    improvement = locked(session, one(session, Iteration, iteration_id).improvement_id)
    return improvement, session.get_one(Iteration, iteration_id, populate_existing=True)


def tell(
    act: Acting,
    improvement: Improvement,
    action: str,
    sentence: str,
    change: NotedChange | None = None,
    *,
    reason: str = "",
) -> None:
    """Record what was done to an improvement or to anything in it; it counts as a sign of life."""
    improvement.touched_at = act.now
    (change or NotedChange()).record(act, improvement, action, sentence, reason=reason)

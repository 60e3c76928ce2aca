"""Which objectives of the business improvements serve, and why others were never started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import (
    HeldBack,
    ImprovementKind,
    ImprovementState,
)

WORKED_ON = (ImprovementState.IN_PROGRESS, ImprovementState.ON_HOLD)
WAITING = (ImprovementState.RAISED, ImprovementState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Aim:
    """An improvement that is worked on, and the objective it serves ("" where nobody said)."""

    id: int
    title: str
    objective: str


@dataclass(frozen=True, slots=True)
class NeverStarted:
    """Improvements that wait and were never tried: what kept each of them, and the one that waits
    longest.
    """

    kept: tuple[tuple[HeldBack | None, int], ...]
    oldest: Improvement

    @property
    def count(self) -> int:
        """Return how many there are."""
        return sum(count for _, count in self.kept)

    @property
    def since(self) -> date:
        """Return the day on which the oldest was raised."""
        return self.oldest.created_at.date()


def aims(session: Session) -> Sequence[Aim]:
    """Return what is worked on with the objective it serves, those without one last; a role serves
    what its programme does.
    """
    chosen = (
        select(Improvement.id, Improvement.title, Improvement.objective)
        .where(
            Improvement.state.in_(WORKED_ON), Improvement.kind != ImprovementKind.ROLE
        )
        .order_by(Improvement.objective == "", Improvement.title, Improvement.id)
    )
    return [Aim(*row) for row in session.execute(chosen)]


def never_started(session: Session) -> NeverStarted | None:
    """Return what waits and was never tried; None where nothing does."""
    tried = select(Iteration.improvement_id).where(Iteration.started_at.is_not(None))
    chosen = (
        select(Improvement)
        .where(Improvement.state.in_(WAITING), Improvement.id.not_in(tried))
        .order_by(Improvement.created_at, Improvement.id)
    )
    found = session.scalars(chosen).all()
    if not found:
        return None
    counts = Counter(one.held_back for one in found)
    order = (*HeldBack, None)
    kept = tuple((why, counts[why]) for why in order if counts[why])
    return NeverStarted(kept, found[0])

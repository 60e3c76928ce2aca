"""Which objectives of the business improvements serve, and why others were never started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, load_only

from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import (
    HeldBack,
    ImprovementKind,
    ImprovementState,
)

SHOWN = (
    Improvement.title,
    Improvement.objective,
    Improvement.state,
    Improvement.held_back,
    Improvement.created_at,
)
WORKED_ON = (ImprovementState.IN_PROGRESS, ImprovementState.ON_HOLD)
WAITING = (ImprovementState.RAISED, ImprovementState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class NeverStarted:
    """Improvements that wait and were never tried, the one that waits longest first."""

    waiting: Sequence[Improvement]

    @property
    def kept(self) -> tuple[tuple[HeldBack | None, int], ...]:
        """Return what kept how many of them from being started; None where nobody said."""
        counts = Counter(one.held_back for one in self.waiting)
        return tuple((why, counts[why]) for why in (*HeldBack, None) if counts[why])


def aims(session: Session) -> tuple[Sequence[Improvement], NeverStarted]:
    """Return what is worked on, that which names no objective last, and what waits and was never
    tried. A role serves what its programme does. One query.
    """
    tried = exists().where(
        Iteration.improvement_id == Improvement.id, Iteration.started_at.is_not(None)
    )
    chosen = (
        select(Improvement, tried)
        .where(
            Improvement.state.in_((*WORKED_ON, *WAITING)),
            Improvement.kind != ImprovementKind.ROLE,
        )
        .order_by(Improvement.created_at, Improvement.id)
        .options(load_only(*SHOWN))
    )
    rows = session.execute(chosen).all()
    named = [one for one, _ in rows if one.state in WORKED_ON]
    named.sort(key=lambda one: (not one.objective, one.title.casefold()))
    waiting = [one for one, begun in rows if one.state in WAITING and not begun]
    return named, NeverStarted(waiting)

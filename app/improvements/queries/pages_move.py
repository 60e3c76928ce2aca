"""What a move over the board asks for, before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.improvements.queries.register import get_improvement
from app.improvements.queries.standing import facts_of
from app.improvements.rules.improvement import objections
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState

ANY_REASON = "x"


@dataclass(frozen=True, slots=True)
class MoveWanted:
    """A move somebody thinks of.

    ``firm`` are objections that no reason answers; ``open`` those that one does.
    """

    improvement: Improvement
    to: ImprovementState
    firm: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Tell whether the move can be made, with a reason if one is asked for."""
        return not self.firm


def wanted_move(
    session: Session, improvement_id: int, to: ImprovementState, today: date, wip_limit: int
) -> MoveWanted:
    """Return what stands in the way of a move. Raises ``NotFound``."""
    improvement = get_improvement(session, improvement_id)
    facts = facts_of(session, improvement, wip_limit)
    firm = objections(facts, to, ANY_REASON, today)
    every = objections(facts, to, "", today)
    return MoveWanted(improvement, to, firm, tuple(one for one in every if one not in firm))

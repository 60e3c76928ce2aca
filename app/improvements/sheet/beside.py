"""What stands beside an improvement, each kind with what one wants to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.said import joined, nsaid, said
from app.improvements.queries import first_start
from app.improvements.sheet.queries import SheetHead, head_of
from app.models.improvements.improvement import CostBenefit, Note
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import (
    ImprovementNoteKind,
    IterationState,
    Side,
)

Kind = ImprovementNoteKind
ASKING = (IterationState.PLANNED, IterationState.RUNNING)


@dataclass(frozen=True, slots=True)
class BesidePage:
    """What stands beside an improvement; ``began`` is the day of its first change, ``rung`` the one
    that volunteers may be asked for, and ``there`` who takes part in it.
    """

    head: SheetHead
    notes: tuple[Note, ...]
    began: date | None
    costs: tuple[CostBenefit, ...]
    rung: Iteration | None
    there: frozenset[str]

    def of(self, *kinds: str) -> list[Note]:
        """Return the notes of these kinds, the earliest first."""
        return [note for note in self.notes if note.kind in kinds]

    def free(self, volunteer: Note) -> bool:
        """Tell whether a volunteer can be asked for the rung."""
        return self.rung is not None and volunteer.who.casefold() not in self.there

    def before_start(self, shown: Note) -> bool:
        """Tell whether it was shown before anything changed."""
        day = shown.happened_on
        return day is not None and (self.began is None or day < self.began)

    @property
    def shown_told(self) -> str:
        """Say to how many it was shown before the start."""
        shown = self.of(Kind.PRESENTATION)
        early = sum(map(self.before_start, shown))
        if not early and self.began is not None:
            return said("Nobody was shown it before the start.")
        if not early:
            return said("Show it to everybody it concerns before it starts.")
        return nsaid(
            "Shown %(number)s time before the start.",
            "Shown %(number)s times before the start.",
            early,
        )

    @property
    def success_told(self) -> str:
        """Say how many see the success, and beside it how the costs stand to their plan."""
        asked = self.of(Kind.STAKEHOLDER)
        seen = sum(note.answer is True for note in asked)
        told = said(
            "%(seen)s of %(asked)s see the success.", seen=seen, asked=len(asked)
        )
        over = over_plan(self.costs)
        if over is None:
            return told
        return joined([told, _cost_told(over, seen)])

    @property
    def practices_told(self) -> str:
        """Say how many practices were adopted, skipped or are not decided."""
        answers = [note.answer for note in self.of(Kind.PRACTICE)]
        return said(
            "%(adopted)s adopted, %(skipped)s skipped, %(open)s not decided.",
            adopted=answers.count(True),
            skipped=answers.count(False),
            open=answers.count(None),
        )

    @property
    def articles_told(self) -> str:
        """Say how many articles came of the hands-on, and how many are still to be written."""
        found = self.of(Kind.ARTICLE)
        written = sum(bool(note.url) for note in found)
        left = len(found) - written
        return said(
            "%(written)s written, %(left)s to be written.", written=written, left=left
        )


def over_plan(costs: Sequence[CostBenefit]) -> int | None:
    """Return by how many per cent costs are above their plan, below 0 where they are under it; None
    where nothing is known of both in one unit.
    """
    known = [
        one
        for one in costs
        if one.side == Side.COST and one.planned and one.actual is not None
    ]
    if not known or len({one.unit for one in known}) > 1:
        return None
    planned = sum(one.planned or 0 for one in known)
    actual = sum(one.actual or 0 for one in known)
    return round((actual / planned - 1) * 100)


def _cost_told(over: int, seen: int) -> str:
    if over <= 0:
        return said("The costs stay within their plan.")
    if seen:
        return said(
            "The costs are %(over)s %% over their plan; to those it is a success.",
            over=over,
        )
    return said("The costs are %(over)s %% over their plan.", over=over)


def beside_page(session: Session, improvement_id: int) -> BesidePage:
    """Load what stands beside an improvement. Raises ``NotFound``."""
    head = head_of(session, improvement_id)
    rung = session.scalars(
        select(Iteration)
        .where(Iteration.improvement_id == improvement_id, Iteration.state.in_(ASKING))
        .order_by(Iteration.number.desc())
    ).first()
    return BesidePage(
        head,
        tuple(_standing(session, Note, improvement_id)),
        first_start(session, improvement_id),
        tuple(_standing(session, CostBenefit, improvement_id)),
        rung,
        _taking_part(session, rung.id) if rung else frozenset(),
    )


def _standing(session: Session, kind: Any, improvement_id: int) -> Sequence[Any]:
    mine = select(kind).where(
        kind.improvement_id == improvement_id, kind.struck_at.is_(None)
    )
    return session.scalars(mine.order_by(kind.id)).all()


def _taking_part(session: Session, rung_id: int) -> frozenset[str]:
    names = select(Participation.name).where(
        Participation.iteration_id == rung_id, Participation.left_at.is_(None)
    )
    return frozenset(name.casefold() for name in session.scalars(names))

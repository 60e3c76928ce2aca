"""A finding with what it belongs to, and whom it may have happened to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Finding, Iteration, Participation


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A finding with what it belongs to."""

    finding: Finding
    improvement: Improvement
    iteration: Iteration | None
    participant: Participation | None


def finding_page(session: Session, finding_id: int) -> FindingPage:
    """Load a finding. Raises ``NotFound``."""
    finding = one(session, Finding, finding_id)
    iteration = (
        session.get(Iteration, finding.iteration_id) if finding.iteration_id else None
    )
    person = (
        session.get(Participation, finding.participation_id)
        if finding.participation_id
        else None
    )
    return FindingPage(
        finding, session.get_one(Improvement, finding.improvement_id), iteration, person
    )


def people_of(session: Session, iteration_id: int) -> list[tuple[int, str]]:
    """Return number and name of everybody who takes part in an iteration."""
    chosen = select(Participation.id, Participation.name).where(
        Participation.iteration_id == iteration_id, Participation.left_at.is_(None)
    )
    return [
        (number, name)
        for number, name in session.execute(chosen.order_by(Participation.id))
    ]

"""One participant with the iteration."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation


def participant(
    session: Session, participation_id: int
) -> tuple[Participation, Iteration, Improvement]:
    """Return a participant with the iteration and its improvement. Raises ``NotFound``."""
    person = one(session, Participation, participation_id)
    iteration = session.get_one(Iteration, person.iteration_id)
    return person, iteration, session.get_one(Improvement, iteration.improvement_id)

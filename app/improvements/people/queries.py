"""One participant with the iteration."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation


def participant(
    session: Session, participation_id: int
) -> tuple[Participation, Iteration, Improvement]:
    """Return a participant with the iteration and its improvement. Raises ``NotFound``."""
    person = session.get(Participation, participation_id)
    if person is None:
        raise NotFound(f"There is no participant {participation_id}.")
    iteration = session.get_one(Iteration, person.iteration_id)
    return person, iteration, session.get_one(Improvement, iteration.improvement_id)

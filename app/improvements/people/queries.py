"""One participant with the rung, and which of several are gone from the directory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.people import Person


def participant(
    session: Session, participation_id: int
) -> tuple[Participation, Iteration, Improvement]:
    """Return a participant with the iteration and its improvement. Raises ``NotFound``."""
    person = one(session, Participation, participation_id)
    iteration = session.get_one(Iteration, person.iteration_id)
    return person, iteration, session.get_one(Improvement, iteration.improvement_id)


def gone_people(
    session: Session, people: Iterable[Participation]
) -> dict[int, datetime]:
    """Return since when participants are gone from the directory, by their numbers.

    One query for the rungs they are in.
    """
    rungs = {one.iteration_id for one in people if one.person_id}
    if not rungs:
        return {}
    found = (
        select(Participation.id, Person.gone_at)
        .join(Person, Person.id == Participation.person_id)
        .where(Participation.iteration_id.in_(rungs), Person.gone_at.is_not(None))
    )
    return {row.id: row.gone_at for row in session.execute(found)}

"""How every action changes an improvement: locked first, told in one event; and who is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.queries import operator_named
from app.core import changes
from app.core.acting import Acting
from app.core.changes import one, one_locked
from app.core.db import Base
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.people import Person
from app.people.queries import find_person

Row = TypeVar("Row", bound=Base)


@dataclass(slots=True)
class NotedChange(changes.Change):
    """One sentence about an improvement in the making."""

    about: type[Base] | None = Improvement


def locked(session: Session, improvement_id: int) -> Improvement:
    """Return an improvement for a change; others who want to change it wait.

    Raises ``NotFound``.
    """
    return one_locked(session, Improvement, improvement_id)


def locked_iteration(
    session: Session, iteration_id: int
) -> tuple[Improvement, Iteration]:
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


def add_told(
    act: Acting, improvement: Improvement, row: Row, action: str, sentence: str
) -> Row:
    """Add a row that belongs to an improvement, tell so, and return it."""
    change = NotedChange()
    made = change.add(act.session, row)
    tell(act, improvement, action, sentence, change)
    return made


def put_told(
    act: Acting,
    improvement: Improvement,
    row: Base,
    values: Mapping[str, Any],
    action: str,
    sentence: Callable[[], str],
) -> bool:
    """Change a row that belongs to an improvement, and tell so where that changes anything; the
    sentence is made of what is there afterwards.
    """
    change = NotedChange()
    is_other = bool(change.put(row, values))
    if is_other:
        tell(act, improvement, action, sentence(), change)
    return is_other


def demand_of_it(
    session: Session, improvement_id: int, kind: Any, number: int | None, field: str
) -> None:
    """Raise ``Invalid`` naming the field for a row of another improvement; none is fine."""
    if number is None:
        return
    if one(session, kind, number).improvement_id != improvement_id:
        raise Invalid(said("Choose one of this improvement."), field=field)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as the program knows them; a typed name has neither number."""

    name: str = ""
    operator_id: int | None = None
    person_id: int | None = None
    site_id: int | None = None


def known(session: Session, text: str, field: str) -> Who:
    """Return the operator or person a text means; nothing means nobody.

    Raises ``Invalid`` when nobody is meant.
    """
    text = text.strip()
    if not text:
        return Who()
    operator = operator_named(session, text)
    if operator is not None and operator.disabled_at is None:
        return Who(operator.name, operator_id=operator.id)
    person = _called(session, text) or _found(session, text, field)
    return Who(person.name, person_id=person.id)


def anybody(session: Session, text: str, field: str) -> Who:
    """Return whom a text means, or the name as typed.

    Raises ``Invalid`` when it may mean several people.
    """
    text = text.strip()
    try:
        return known(session, text, field)
    except Invalid as error:
        if error.details:
            raise
        return Who(text)


def _called(session: Session, text: str) -> Person | None:
    """Return the only person who bears this name and is there."""
    named = (
        select(Person)
        .where(func.lower(Person.name) == text.lower(), Person.gone_at.is_(None))
        .limit(2)
    )
    people = session.scalars(named).all()
    return people[0] if len(people) == 1 else None


def _found(session: Session, text: str, field: str) -> Person:
    try:
        return find_person(session, text)
    except (NotFound, Refused) as error:
        raise Invalid(error.message, field=field, details=error.details) from error

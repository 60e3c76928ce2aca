"""Who is meant: an operator by name, a person of the directory by uid or DN, or a name as typed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.queries import operator_named
from app.core.errors import Invalid, NotFound, Refused
from app.models.people import Person
from app.people.queries import find_person


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as the program knows them; a typed name has neither number."""

    name: str = ""
    operator_id: int | None = None
    person_id: int | None = None


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

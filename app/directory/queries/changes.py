"""What changed between readings, for the page of a reading, of a right and of a person.

Who was given or lost what is told from the intervals of memberships; everything else, and what
versions before kept of it, are sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from app.directory.queries.told import told as all_told
from app.directory.rules import KINDS


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes of a reading are wanted."""

    q: str = ""
    kind: str = ""

    @property
    def active(self) -> bool:
        """Tell whether anything is narrowed down."""
        return bool(self.q or self.kind)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference to the reading before, and when it was seen."""

    kind: str
    text: str
    person_id: int | None
    entitlement_id: int | None
    at: datetime

    @property
    def label(self) -> str:
        """Return the kind in words."""
        return KINDS[self.kind]


def changes_page(
    session: Session,
    reading_id: int,
    wanted: ChangeFilter,
    offset: int = 0,
    limit: int | None = None,
) -> list[ChangeLine]:
    """Return the changes of a reading that a filter lets through: by kind, in the order of their
    weight.
    """
    told = all_told(reading_id=reading_id)
    weight = case({kind: place for place, kind in enumerate(KINDS)}, value=told.c.kind)
    chosen = _lines(told).where(*_wanted(told, wanted))
    chosen = chosen.order_by(
        weight, told.c.text, told.c.entitlement_id, told.c.person_id
    )
    return [
        ChangeLine(*row) for row in session.execute(chosen.offset(offset).limit(limit))
    ]


def count_changes(session: Session, reading_id: int, wanted: ChangeFilter) -> int:
    """Return how many changes of a reading a filter lets through."""
    told = all_told(reading_id=reading_id)
    return (
        session.scalar(
            select(func.count()).select_from(told).where(*_wanted(told, wanted))
        )
        or 0
    )


def kinds_of(session: Session, reading_id: int) -> list[tuple[str, str, int]]:
    """Return the kinds of changes a reading has, with their label and number, in the order of their
    weight.
    """
    told = all_told(reading_id=reading_id)
    numbers: dict[str, int] = dict(
        session.execute(select(told.c.kind, func.count()).group_by(told.c.kind)).all()
    )
    return [
        (kind, label, numbers[kind]) for kind, label in KINDS.items() if kind in numbers
    ]


def changes_of_right(
    session: Session, right_id: int, limit: int = 100
) -> list[ChangeLine]:
    """Return what readings saw change about a right, the newest first."""
    return _newest(session, all_told(right_id=right_id), limit)


def changes_of_person(
    session: Session, person_id: int, limit: int = 100
) -> list[ChangeLine]:
    """Return what readings saw change about a person, the newest first."""
    return _newest(session, all_told(person_id=person_id), limit)


_Line = tuple[str, str, int | None, int | None, datetime]


def _newest(session: Session, told: Subquery, limit: int) -> list[ChangeLine]:
    chosen = _lines(told).order_by(
        told.c.at.desc(), told.c.reading_id.desc(), told.c.kind, told.c.text
    )
    return [ChangeLine(*row) for row in session.execute(chosen.limit(limit))]


def _lines(told: Subquery) -> Select[*_Line]:
    return select(
        told.c.kind, told.c.text, told.c.person_id, told.c.entitlement_id, told.c.at
    )


def _wanted(told: Subquery, wanted: ChangeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.kind:
        yield told.c.kind == wanted.kind
    for word in wanted.q.split():
        yield told.c.text.icontains(word, autoescape=True)

"""What changed between readings, for the page of a reading, of a right and of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.directory.models import Reading, ReadingChange
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
    session: Session, reading_id: int, wanted: ChangeFilter, offset: int = 0, limit: int | None = None
) -> list[ChangeLine]:
    """Return the changes of a reading that a filter lets through, in the order they were kept."""
    chosen = _chosen(reading_id, wanted).order_by(ReadingChange.id).offset(offset).limit(limit)
    return _lines(session, chosen)


def count_changes(session: Session, reading_id: int, wanted: ChangeFilter) -> int:
    """Return how many changes of a reading a filter lets through."""
    return session.scalar(select(func.count()).select_from(_chosen(reading_id, wanted).subquery())) or 0


def kinds_of(session: Session, reading_id: int) -> list[tuple[str, str, int]]:
    """Return the kinds of changes a reading has, with their label and number, in the order of their weight."""
    counted = select(ReadingChange.kind, func.count()).where(ReadingChange.reading_id == reading_id)
    numbers: dict[str, int] = dict(session.execute(counted.group_by(ReadingChange.kind)).all())
    return [(kind, label, numbers[kind]) for kind, label in KINDS.items() if kind in numbers]


def changes_of_right(session: Session, right_id: int, limit: int = 100) -> list[ChangeLine]:
    """Return what readings saw change about a right, the newest first."""
    return _lines(session, _all().where(ReadingChange.entitlement_id == right_id).order_by(*_NEWEST).limit(limit))


def changes_of_person(session: Session, person_id: int, limit: int = 100) -> list[ChangeLine]:
    """Return what readings saw change about a person, the newest first."""
    return _lines(session, _all().where(ReadingChange.person_id == person_id).order_by(*_NEWEST).limit(limit))


_NEWEST = (Reading.id.desc(), ReadingChange.id)


def _all() -> Select[str, str, int | None, int | None, datetime | None, datetime]:
    columns = (ReadingChange.kind, ReadingChange.text, ReadingChange.person_id, ReadingChange.entitlement_id)
    return select(*columns, Reading.ended_at, Reading.started_at).join(Reading, Reading.id == ReadingChange.reading_id)


def _chosen(
    reading_id: int, wanted: ChangeFilter
) -> Select[str, str, int | None, int | None, datetime | None, datetime]:
    query = _all().where(ReadingChange.reading_id == reading_id)
    if wanted.kind:
        query = query.where(ReadingChange.kind == wanted.kind)
    for word in wanted.q.split():
        query = query.where(ReadingChange.text.icontains(word, autoescape=True))
    return query


def _lines(
    session: Session, query: Select[str, str, int | None, int | None, datetime | None, datetime]
) -> list[ChangeLine]:
    return [ChangeLine(*row[:4], at=row.ended_at or row.started_at) for row in session.execute(query)]

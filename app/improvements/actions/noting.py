"""How every action of this room changes rows: what was before and after goes into the audit trail, in one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, cast

from sqlalchemy import Enum as SqlEnum
from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from app import audit
from app.db import Base
from app.errors import Invalid, NotFound, Refused
from app.improvements.models import Improvement, Iteration
from app.improvements.plain import NAMES, fields, plain, ref

EASTERNMOST = timedelta(hours=14)
Row = TypeVar("Row", bound=Base)
Word = TypeVar("Word", bound=StrEnum)


@dataclass(slots=True)
class Change:
    """One sentence in the making: the fields it changed, by name; those of other records as ``finding:7.state``."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def put(self, row: Base, values: Mapping[str, Any]) -> bool:
        """Set columns of a row and note those that differ; tell whether any did."""
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in differing.items():
            key = _key(row, name)
            self.before.setdefault(key, plain(getattr(row, name)))
            self.after[key] = plain(value)
            setattr(row, name, value)
        return bool(differing)

    def add(self, session: Session, row: Row) -> Row:
        """Add a row and note what it holds; returns it with its number."""
        session.add(row)
        session.flush()
        shown = {name: value for name, value in fields(row).items() if value not in (None, "") and name != "id"}
        self.after |= {_key(row, name): value for name, value in shown.items()}
        return row


def locked(session: Session, improvement_id: int) -> Improvement:
    """Return an improvement for a change; others who want to change it wait. Raises ``NotFound``."""
    found = session.get(Improvement, improvement_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(f"There is no improvement {improvement_id}.")
    return found


def locked_iteration(session: Session, iteration_id: int) -> tuple[Improvement, Iteration]:
    """Return an iteration and its improvement for a change. Raises ``NotFound``."""
    improvement_id = one(session, Iteration, iteration_id).improvement_id
    improvement = locked(session, improvement_id)
    return improvement, session.get_one(Iteration, iteration_id, populate_existing=True)


def one(session: Session, kind: type[Row], row_id: int) -> Row:
    """Return a row by its number. Raises ``NotFound``."""
    found = session.get(kind, row_id)
    if found is None:
        raise NotFound(f"There is no {NAMES[kind]} {row_id}.")
    return found


def tell(
    session: Session, improvement: Improvement, action: str, sentence: str, change: Change | None = None,
    *, by: str, now: datetime, reason: str = "",
) -> None:  # fmt: skip
    """Record what was done to an improvement or to anything in it; it counts as a sign of life."""
    noted = change or Change()
    improvement.touched_at = now
    audit.record(
        session, by, action, ref(improvement), sentence,
        before=noted.before, after=noted.after, reason=reason.strip(), at=now,
    )  # fmt: skip


def latest_day(now: datetime) -> date:
    """Return the latest day it is anywhere on earth; whoever types "today" there is not ahead of time."""
    return (now + EASTERNMOST).date()


def demand(objections: Iterable[str]) -> None:
    """Raise ``Refused`` with the first objection as its message and all of them as details; nothing: go on."""
    found = tuple(objections)
    if found:
        raise Refused(found[0], details=found)


def cleaned(kind: type[Base], values: Mapping[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """Return typed values for columns of a table: no spaces around texts, words as the enums they stand for.

    Raises ``Invalid`` for a field nobody may set and for a word that is none of those possible.
    """
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise Invalid(f"{unknown[0]} cannot be set.", field=unknown[0])
    columns = inspect(kind).columns
    return {name: _typed(columns[name].type, name, value) for name, value in values.items()}


def word(kind: type[Word], value: str, field: str) -> Word:
    """Return the word of an enum that a text stands for. Raises ``Invalid`` with the possible ones."""
    try:
        return kind(value)
    except ValueError:
        raise Invalid(f"“{value}” is none of: {', '.join(kind)}.", field=field) from None


def _typed(column: TypeEngine[Any], name: str, value: Any) -> Any:
    if isinstance(column, SqlEnum) and column.enum_class and value is not None:
        return word(cast(type[StrEnum], column.enum_class), value, name)
    return value.strip() if isinstance(value, str) else value


def _key(row: Base, name: str) -> str:
    return name if isinstance(row, Improvement) else f"{ref(row)}.{name}"

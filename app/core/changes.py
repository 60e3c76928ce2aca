"""How actions change rows: what was before and after goes into the audit trail, in one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Delete, Update, inspect
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from app.core import audit
from app.core.acting import Acting
from app.core.db import Base
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.plain import fields, noun, plain, ref
from app.core.said import said

EASTERNMOST = timedelta(hours=14)
Row = TypeVar("Row", bound=Base)
Word = TypeVar("Word", bound=StrEnum)


@dataclass(slots=True)
class Change:
    """One sentence in the making: the fields it changed, by name; those of other records as
    ``finding:7.state``.

    ``about`` is the kind of record the sentence is about; its fields stand without the record's
    name.
    """

    about: type[Base] | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def put(self, row: Base, values: Mapping[str, Any]) -> bool:
        """Set columns of a row and note those that differ; tell whether any did."""
        differing = {
            name: value for name, value in values.items() if getattr(row, name) != value
        }
        for name, value in differing.items():
            key = self._key(row, name)
            self.before.setdefault(key, plain(getattr(row, name)))
            self.after[key] = plain(value)
            setattr(row, name, value)
        return bool(differing)

    def add(self, session: Session, row: Row) -> Row:
        """Add a row and note what it holds; returns it with its number."""
        session.add(row)
        session.flush()
        self._note_new(row)
        return row

    def note_all(self, rows: Iterable[Base]) -> None:
        """Note what rows hold that were written in one go."""
        for row in rows:
            self._note_new(row)

    def record(
        self,
        act: Acting,
        about: Base | str,
        action: str,
        sentence: str,
        *,
        reason: str = "",
    ) -> None:
        """Write the event: ``sentence`` is what a person reads, ``about`` the record it tells of,
        or its name in the trail, as in ``person:7``.
        """
        audit.record(
            act.session,
            act.by,
            action,
            about if isinstance(about, str) else ref(about),
            sentence,
            before=self.before or None,
            after=self.after,
            reason=reason.strip(),
            at=act.now,
        )

    def _note_new(self, row: Base) -> None:
        shown = {
            name: value
            for name, value in fields(row).items()
            if value not in (None, "") and name != "id"
        }
        self.after |= {self._key(row, name): value for name, value in shown.items()}

    def _key(self, row: Base, name: str) -> str:
        return (
            name
            if self.about is not None and isinstance(row, self.about)
            else f"{ref(row)}.{name}"
        )


def one(session: Session, kind: type[Row], row_id: int) -> Row:
    """Return a row by its number. Raises ``NotFound``."""
    return _there(session.get(kind, row_id), kind, row_id)


def one_locked(session: Session, kind: type[Row], row_id: int) -> Row:
    """Return a row for a change; others who want to change it wait. Raises ``NotFound``."""
    return _there(
        session.get(kind, row_id, with_for_update=True, populate_existing=True),
        kind,
        row_id,
    )


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Run an update or deletion and return how many rows it met: none tells that somebody else
    was first.
    """
    return cast("CursorResult[object]", session.execute(statement)).rowcount


def demand_revision(current: int, began_at: int | None) -> None:
    """Raise ``Conflict`` when somebody changed the record since the form was opened; None: the
    caller does not say.
    """
    if began_at is not None and began_at != current:
        raise Conflict(
            said(
                "Somebody changed this meanwhile. What you typed is kept below; "
                "compare and save again."
            )
        )


def latest_day(now: datetime) -> date:
    """Return the latest day it is anywhere on earth; whoever types "today" there is not ahead of
    time.
    """
    return (now + EASTERNMOST).date()


def demand(objections: Iterable[str]) -> None:
    """Raise ``Refused`` with the first objection as its message and all of them as details;
    nothing: go on.
    """
    found = tuple(objections)
    if found:
        raise Refused(found[0], details=found)


def cleaned(
    kind: type[Base], values: Mapping[str, Any], allowed: Iterable[str]
) -> dict[str, Any]:
    """Return typed values for columns of a table: no spaces around texts, words as the enums they
    stand for.

    Raises ``Invalid`` for a field nobody may set and for a word that is none of those possible.
    """
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise Invalid(
            said("%(value)s cannot be set.", value=unknown[0]), field=unknown[0]
        )
    columns = inspect(kind).columns
    return {
        name: _typed(columns[name].type, name, value) for name, value in values.items()
    }


def word(kind: type[Word], value: str, field: str) -> Word:
    """Return the word of an enum that a text stands for.

    Raises ``Invalid`` with the possible ones.
    """
    try:
        return kind(value)
    except ValueError:
        raise Invalid(
            said(
                "“%(value)s” is none of: %(kind)s.", value=value, kind=", ".join(kind)
            ),
            field=field,
        ) from None


def _there(found: Row | None, kind: type[Row], row_id: int) -> Row:
    if found is None:
        raise NotFound(
            said("There is no %(kind)s %(row_id)s.", kind=noun(kind), row_id=row_id)
        )
    return found


def _typed(column: TypeEngine[Any], name: str, value: Any) -> Any:
    if isinstance(column, SqlEnum) and column.enum_class and value is not None:
        return word(cast(type[StrEnum], column.enum_class), value, name)
    return value.strip() if isinstance(value, str) else value

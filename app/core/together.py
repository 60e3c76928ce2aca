"""Several small questions in one statement: a trip to the database costs more than columns that
stay empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

Question = Select[*tuple[Any, ...]]
Asked = Mapping[str, Question]
Answered = dict[str, list[SimpleNamespace]]
"""The rows of each question by its name, each with its columns by their names."""


class Seats:
    """The columns all questions share: as many of each type as one of them needs."""

    def __init__(self) -> None:
        self.empty: list[ColumnElement[Any]] = []
        self._by_type: dict[object, list[int]] = {}

    def taken(self, columns: list[ColumnElement[Any]]) -> list[int]:
        """Return the seats of the columns of one question; new ones are added where they lack."""
        used: dict[object, int] = {}
        found = []
        for column in columns:
            kind = _kind(column)
            seats = self._by_type.setdefault(kind, [])
            place = used.get(kind, 0)
            used[kind] = place + 1
            if place == len(seats):
                seats.append(len(self.empty))
                self.empty.append(cast(null(), column.type))
            found.append(seats[place])
        return found


class Together:
    """Several questions in one statement, written once and asked as often as one likes."""

    def __init__(self, asked: Asked) -> None:
        parts = {name: question.subquery() for name, question in asked.items()}
        seats = Seats()
        self._taken = {name: seats.taken(list(part.c)) for name, part in parts.items()}
        self._names = {name: part.c.keys() for name, part in parts.items()}
        rows = []
        for name, part in parts.items():
            filled = list(seats.empty)
            for seat, column in zip(self._taken[name], part.c, strict=True):
                filled[seat] = column
            named = (each.label(f"c{place}") for place, each in enumerate(filled))
            rows.append(select(literal(name), *named).select_from(part))
        self._statement = union_all(*rows)

    def answers(
        self, session: Session, values: Mapping[str, Any] | None = None
    ) -> Answered:
        """Return what each question finds, for these values; its rows come in no order."""
        found: Answered = {name: [] for name in self._names}
        for name, *row in session.execute(self._statement, values):
            mine = (row[seat] for seat in self._taken[name])
            columns = dict(zip(self._names[name], mine, strict=True))
            found[name].append(SimpleNamespace(**columns))
        return found


def together(session: Session, asked: Asked) -> Answered:
    """Ask several questions in one statement; each one's rows come in no order."""
    return Together(asked).answers(session)


def _kind(column: ColumnElement[Any]) -> object:
    return type(column.type), getattr(column.type, "enum_class", None)

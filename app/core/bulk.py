"""Many rows written at once: what a statement costs is paid once, and not again for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

AT_ONCE = 1_000
"""So many rows are handed to the database in one go."""

Fit = Callable[[Any], Any]


def insert_rows(
    session: Session,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Insert rows given as tuples in the order of ``columns``.

    The first goes the usual way, so that whoever listens to what a session writes hears of it.
    """
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return
    session.execute(insert(table), [dict(zip(columns, first, strict=True))])
    writing = _Writing(session.connection(), table, columns)
    while some := list(islice(waiting, AT_ONCE)):
        writing.write(some)


class _Writing:
    """One statement in the words of the database, and what makes values fit for its driver."""

    def __init__(
        self, connection: Connection, table: Table, columns: Sequence[str]
    ) -> None:
        dialect = connection.dialect
        usual = {
            column.name: column.default.arg
            for column in table.c
            if column.name not in columns
            and isinstance(column.default, ScalarElementColumnDefault)
        }
        self._connection, self._usual = connection, tuple(usual.values())
        self._columns = [*columns, *usual]
        compiled = insert(table).compile(dialect=dialect, column_keys=self._columns)
        self._text, self._order = str(compiled), compiled.positiontup
        kinds = [table.c[name].type.dialect_impl(dialect) for name in self._columns]
        found = [kind.bind_processor(dialect) for kind in kinds]
        self._fitting = [(place, fit) for place, fit in enumerate(found) if fit]

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Hand some rows over."""
        usual = (repeat(value, len(rows)) for value in self._usual)
        by_column: list[Iterable[Any]] = [*zip(*rows, strict=True), *usual]
        for place, fit in self._fitting:
            by_column[place] = _each_once(fit, by_column[place])
        named = dict(zip(self._columns, by_column, strict=True))
        order = self._order or self._columns
        fit_rows = zip(*(named[name] for name in order), strict=True)
        if self._order is not None:
            self._connection.exec_driver_sql(self._text, list(fit_rows))
            return
        each = [dict(zip(order, row, strict=True)) for row in fit_rows]
        self._connection.exec_driver_sql(self._text, each)


def _each_once(fit: Fit, values: Iterable[Any]) -> Iterator[Any]:
    """Make values fit, one that comes again and again only once."""
    before, fitted = object(), None
    for value in values:
        if value is not before:
            before, fitted = value, fit(value)
        yield fitted

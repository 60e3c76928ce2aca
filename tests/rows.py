"""One row in every table, made from nothing but what the tables say of themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Enum, Table, TypeDecorator, func, insert, select
from sqlalchemy.types import TypeEngine

from app.core.db import Base, Database

APPEND_ONLY = (
    "audit_event",
    "business_case",
    "decision",
    "iteration_snapshot",
    "measurement",
)
"""The tables whose rows may be added and never changed."""


def fill(database: Database) -> dict[str, int]:
    """Put one row into every table, parents first, and return how many rows each table has."""
    with database.migrating() as connection, connection.begin():
        for table in Base.metadata.sorted_tables:
            if connection.scalar(select(func.count()).select_from(table)) == 0:
                connection.execute(insert(table).values(a_row(table)))
    return counts(database)


def a_row(table: Table) -> dict[str, object]:
    """Return a value for each column that needs one; every reference points at row 1."""
    return {
        column.name: 1
        if column.foreign_keys or column.primary_key
        else a_value(column.type)
        for column in table.columns
        if not column.nullable or column.foreign_keys
    }


def a_value(kind: TypeEngine[Any]) -> object:
    if isinstance(kind, Enum):
        return kind.enums[0]
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return [] if isinstance(plain, JSON) else SAMPLES[plain.python_type]


MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SAMPLES: dict[type, object] = {
    str: "x",
    int: 1,
    bool: True,
    float: 1.0,
    date: MOMENT.date(),
    datetime: MOMENT,
}


def counts(database: Database) -> dict[str, int]:
    with database.migrating() as connection:
        return {
            t.name: connection.scalar(select(func.count()).select_from(t)) or 0
            for t in Base.metadata.sorted_tables
        }

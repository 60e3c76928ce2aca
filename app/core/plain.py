"""Rows as plain values: what the audit trail keeps of them, and by which name a record is called
there.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import inspect

from app.core.db import Base


def noun(kind: type[Base]) -> str:
    """Return what one row of a table is called: its ``noun``, or the name of the table."""
    return kind.noun or kind.__tablename__.replace("_", " ")


def ref(row: Base) -> str:
    """Return the name of a record, such as ``finding:12``, by which the audit trail and sentences
    point to it.
    """
    number = inspect(row).mapper.primary_key_from_instance(row)[0]
    return f"{noun(type(row)).replace(' ', '-')}:{number}"


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: words for enums, ISO for days and moments."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def fields(row: Base) -> dict[str, Any]:
    """Return all columns of a row as plain values."""
    return {name: plain(getattr(row, name)) for name in _names(type(row))}


def _names(kind: type[Base]) -> list[str]:
    return [attribute.key for attribute in inspect(kind).column_attrs]

"""Column types that several rooms use."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum


def worded(enum: type[StrEnum], name: str) -> Enum:
    """Return a column type that stores ``enum`` by value, with a CHECK called ``name``."""
    return Enum(enum, name=name, native_enum=False, create_constraint=True, length=20, values_callable=_values)


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]

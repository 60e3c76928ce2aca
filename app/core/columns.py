"""Column types that several rooms use."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Enum, Integer, String, Text, inspect

from app.core.errors import Invalid
from app.core.said import Grouped, said
from app.core.texts import LARGEST_NUMBER, can_be_kept

LONGEST_LINE, LONGEST_TEXT = 4_000, 200_000
"""Characters that a line and a text hold; a column with another limit names it: ``info={"longest":
…}``.
"""

SECRET = {"secret": True}
"""What a column that holds a secret carries as ``info``."""


def worded(enum: type[StrEnum], name: str) -> Enum:
    """Return a column type that stores ``enum`` by value, with a CHECK called ``name``."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=_values,
    )


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]


def demand_kept(row: Any) -> None:
    """Raise ``Invalid`` naming the field of a row that SQLite would keep and PostgreSQL not, or
    that is endless.
    """
    state = inspect(row)
    for name, column in state.mapper.columns.items():
        value = state.dict.get(name)
        if isinstance(value, (str, int)) and (problem := _objection(column, value)):
            spoken = name.replace("_", " ").capitalize()
            raise Invalid(
                said("%(spoken)s %(problem)s", spoken=spoken, problem=problem),
                field=name,
            )


def _objection(column: Column[Any], value: str | int) -> str:
    if isinstance(value, int):
        too_large = type(column.type) is Integer and abs(value) > LARGEST_NUMBER
        return said("is too large a number.") if too_large else ""
    if not can_be_kept(value):
        return said("holds a character that no text holds.")
    if not isinstance(column.type, String):
        return ""
    longest = column.info.get(
        "longest", LONGEST_TEXT if isinstance(column.type, Text) else LONGEST_LINE
    )
    if len(value) <= longest:
        return ""
    most = Grouped(longest)
    return said("is too long: at most %(most)s characters.", most=most)

"""Counts that cost the same however much there is: above ten thousand nobody needs the number."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

MOST_EXACT = 10_000
MORE = MOST_EXACT + 1
"""Stands for every number above ``MOST_EXACT``; `so_many` of the pages writes it as ``10,000+``."""


def up_to_most(
    column: InstrumentedAttribute[int], *wanted: ColumnElement[bool]
) -> Select[int]:
    """Ask how many rows of the column's table are ``wanted``, exactly up to ``MOST_EXACT``; above
    it the answer is ``MORE``.
    """
    some = select(literal(1)).select_from(column.class_).where(*wanted)
    return select(func.count()).select_from(some.limit(MORE).subquery())

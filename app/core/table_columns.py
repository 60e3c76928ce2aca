"""What a room wants of a table: its columns, what may be said about them, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MONTHS_FIRST = {"month": True, "day": False}
"""What stands first in dates such as 03/02/2026, as forms say it."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a room reads: the field, what its heading may be called, the best name first, and what a
    cell means.

    ``words`` are the words a cell may hold and what they mean; what is none of them is read by
    ``read`` where that is not plain text. ``kind`` is ``text``, ``day`` or ``moment``.
    """

    name: str
    headings: tuple[str, ...]
    read: Callable[[str], Any] = str
    kind: str = "text"
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of table, those that have to be there, and those known to be of no
    use.
    """

    columns: tuple[Column, ...]
    needed: tuple[str, ...]
    computed: tuple[str, ...] = ()
    most_rows: int = 5000
    each_once: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said about a table: which heading holds what, what words mean, how its dates
    are written.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    months_first: bool | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line: its number, its cells as they were, its values by field, and what is wrong with
    them.
    """

    line: int
    cells: tuple[str, ...]
    values: Mapping[str, Any]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableIn:
    """A table that was read: heading, rows, headings without a meaning; what was understood and
    what is open.

    ``unknown``: words nobody knows, by field. ``undecided``: headings of dates that may mean two
    days.
    """

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    ignored: tuple[str, ...]
    found: Mapping[str, str]
    unknown: Mapping[str, tuple[str, ...]]
    undecided: tuple[str, ...]
    notes: tuple[str, ...]

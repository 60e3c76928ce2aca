"""Fields as they were at an earlier time, and two edits of the same thing brought together without
losing either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed at the same time: what it was, what they saved, what you
    typed.
    """

    field: str
    was: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """What is left to change of an edit, and the fields on which it clashes with what was saved
    meanwhile.
    """

    changes: dict[str, Any]
    clashes: tuple[Clash, ...]


def rewound(current: Values, earlier: Iterable[Values]) -> dict[str, Any]:
    """Return fields as they were; ``earlier`` are the values before each change since then, the
    latest change first.

    Fields that are not among the current ones are left out.
    """
    values = dict(current)
    for before in earlier:
        values |= {name: value for name, value in before.items() if name in values}
    return values


def merge(base: Values, current: Values, mine: Values) -> Merge:
    """Bring an edit that started from ``base`` onto ``current``; fields untouched by it stay as
    they are now.
    """
    touched = {
        name: value
        for name, value in mine.items()
        if value != base[name] and value != current[name]
    }
    clashes = tuple(
        Clash(name, base[name], current[name], value)
        for name, value in touched.items()
        if current[name] != base[name]
    )
    return Merge(touched, clashes)

"""A closed iteration, frozen: one text and its hash.

Later corrections stand beside it, never in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from app.core.canonical import canonical, fingerprint
from app.models.improvements.words import DecisionKind


@dataclass(frozen=True, slots=True)
class SnapshotContent:
    """The canonical text and its SHA-256."""

    text: str
    hash: str

    @property
    def intact(self) -> bool:
        """Tell whether the text is still the one that was frozen."""
        return fingerprint(self.text) == self.hash


@dataclass(frozen=True, slots=True)
class Closed:
    """What of a closed iteration the next one may start from. ``people`` are those not undone."""

    decision: DecisionKind
    what_changes: str
    days: int
    hours: float
    minimum_points: int
    people: tuple[int, ...]
    open_findings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The next iteration as it is offered.

    The prediction is empty on purpose: it has to be made anew.
    """

    what_changes: str
    days: int
    hours: float
    minimum_points: int
    people: tuple[int, ...]
    findings: tuple[int, ...]


def freeze(content: Mapping[str, Any]) -> SnapshotContent:
    """Freeze plain values, dates, dataclasses and sequences of them.

    Raises ``TypeError`` for anything else.
    """
    text = canonical({key: _plain(value) for key, value in content.items()})
    return SnapshotContent(text, fingerprint(text))


def carry_over(closed: Closed) -> Draft:
    """Copy what carries over; a larger rung gets new people, the same rung keeps its own."""
    people = () if closed.decision is DecisionKind.SCALE else closed.people
    return Draft(
        what_changes=closed.what_changes,
        days=closed.days,
        hours=closed.hours,
        minimum_points=closed.minimum_points,
        people=people,
        findings=closed.open_findings,
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a snapshot.")

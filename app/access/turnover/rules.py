"""What a reading saw of a person means for access, and what colleagues hold (design 5.13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

LOOKED_BACK = timedelta(days=90)
"""So long what a reading saw of a person waits for somebody."""
BACK_WITHIN = timedelta(days=90)
"""So long after the rights of somebody who left were taken off they come back with one click."""


class PersonTurn(StrEnum):
    """What happened to a person."""

    JOINED = "joined"
    MOVED = "moved"
    LEFT = "left"


TURNS: Mapping[str, PersonTurn] = {
    "person new": PersonTurn.JOINED,
    "person back": PersonTurn.JOINED,
    "person enabled": PersonTurn.JOINED,
    "person moved": PersonTurn.MOVED,
    "person changed": PersonTurn.MOVED,
    "person gone": PersonTurn.LEFT,
    "person disabled": PersonTurn.LEFT,
}
"""What each kind of change of a reading means here."""


def kinds_of(turn: str) -> list[str]:
    """Return the kinds of changes that mean a turn; all of them for any other word."""
    return [kind for kind, means in TURNS.items() if turn in (means, "")]


@dataclass(frozen=True, slots=True)
class Usual:
    """A right with how many of the colleagues hold it."""

    right_id: int
    held_by: int
    of: int

    @property
    def is_usual(self) -> bool:
        """Tell whether at least half of the colleagues hold it."""
        return self.of > 0 and 2 * self.held_by >= self.of


def usual_rights(
    direct: Mapping[int, frozenset[int]],
    colleagues: Collection[int],
    also: Iterable[int] = (),
) -> dict[int, Usual]:
    """Return the rights of colleagues, and those of ``also``, with how many hold each."""
    counts = Counter(right for one in colleagues for right in direct[one])
    rights = {*counts, *also}
    return {right: Usual(right, counts[right], len(colleagues)) for right in rights}


@dataclass(frozen=True, slots=True)
class HeldThrough:
    """One right somebody who left held directly: since when, until when, and when he left."""

    since: datetime
    until: datetime | None
    left_at: datetime


def left_over_on(held: Iterable[HeldThrough], day: date) -> int:
    """Count the rights that were held on a day by people who had left by then."""
    return sum(
        one.since.date() <= day
        and one.left_at.date() <= day
        and (one.until is None or one.until.date() > day)
        for one in held
    )

"""The arithmetic of evidence: what was held, what Rung gave and took, what others did, what is
held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

Pair = tuple[int, int]
"""A right and a person."""


@dataclass(frozen=True, slots=True)
class HeldFor:
    """Somebody held a right from ``since`` until ``until`` (None: still); who began and ended it,
    as the record of readings tells.
    """

    pair: Pair
    since: datetime
    until: datetime | None
    begun_by_rung: bool
    ended_by_rung: bool

    def at(self, moment: datetime) -> bool:
        """Tell whether it lasted at a moment; an end is no longer part of it."""
        return self.since <= moment and (self.until is None or self.until > moment)


@dataclass(frozen=True, slots=True)
class JournalMove:
    """One membership that Rung gave or took, as its journal tells."""

    at: datetime
    given: bool


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """What must come to zero: held at the start + given − taken ± foreign − held at the end.

    Given and taken are counted in the journal, all else in the record of readings: the two are
    kept by different hands.
    """

    start: int
    given: int
    taken: int
    foreign_given: int
    foreign_taken: int
    end: int

    @property
    def difference(self) -> int:
        """Return what does not add up; zero where the journal and the record agree."""
        own = self.given - self.taken
        foreign = self.foreign_given - self.foreign_taken
        return self.start + own + foreign - self.end


def balance(
    held: Sequence[HeldFor],
    moves: Iterable[JournalMove],
    since: datetime,
    until: datetime,
) -> BalanceLine:
    """Return the line of one directory for the time after ``since``, up to and with ``until``."""
    own = [move for move in moves if since < move.at <= until]
    begun = [one for one in held if since < one.since <= until]
    ended = [one for one in held if one.until and since < one.until <= until]
    return BalanceLine(
        start=sum(one.at(since) for one in held),
        given=sum(move.given for move in own),
        taken=sum(not move.given for move in own),
        foreign_given=sum(not one.begun_by_rung for one in begun),
        foreign_taken=sum(not one.ended_by_rung for one in ended),
        end=sum(one.at(until) for one in held),
    )


@dataclass(frozen=True, slots=True)
class LaterLook:
    """A complete reading: its number, when it began and when it was over."""

    reading: int
    began: datetime
    ended: datetime


def look_after(
    looks: Sequence[LaterLook], ended: datetime, *, by_rung: bool
) -> LaterLook | None:
    """Return the first complete reading that can have seen a removal; ``looks`` are in order.

    What Rung removed is proved by a reading that began afterwards; what others removed was found
    by the very reading that noted it.
    """
    for look in looks:
        if (look.began if by_rung else look.ended) >= ended:
            return look
    return None

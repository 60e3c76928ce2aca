"""Why an incident stands where it stands in the queue: the order's rules, and the reason in words.

Two laws. No incident that was raised by age stands before one that is P1 by its own impact, or
before a mass incident. And no incident waits for ever: behind those, of every few places one
belongs to the longest overdue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.catalog.matrix.rules import arithmetic
from app.core.said import joined, nsaid, said
from app.incidents.rules import EMERGENCY, rank_of

TIMES = ("", "once", "twice")
JUST_OVER = timedelta(seconds=-1)


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """What decides about the place in the queue, in this order: rank, weight, target, reported.

    ``left``: the time to the target, below zero when that is over. ``kept_every``: it has one of
    the places kept for the longest overdue, one of so many; 0 when it has none.
    """

    priority: int
    impact: int | None
    urgency: int | None
    raises: int
    site_weight: int
    left: timedelta
    is_mass: bool = False
    kept_every: int = 0

    @property
    def rank(self) -> int:
        """Return the rank: emergencies 0, else the priority after raises, 1 at best."""
        return rank_of(self.priority, self.raises, is_mass=self.is_mass)


def reason(standing: QueueStanding) -> str:
    """Say why: "P2 = impact 2 × urgency 1; site weight 8; 3 h to target; raised once"."""
    parts = [
        arithmetic(standing.impact, standing.urgency, standing.priority),
        said("site weight %(site_weight)s", site_weight=standing.site_weight),
        _to_target(standing.left),
    ]
    if standing.is_mass:
        parts.insert(0, said("a mass incident stands before what age raised"))
    elif standing.raises and standing.rank != EMERGENCY:
        parts.append(
            said(
                "raised %(raises)s, so it stands as P%(rank)s",
                raises=_times(standing.raises),
                rank=standing.rank,
            )
        )
    if standing.kept_every:
        parts.append(
            said(
                "one of %(kept_every)s places is kept for the longest overdue",
                kept_every=standing.kept_every,
            )
        )
    return joined(parts, "; ")


@dataclass(frozen=True, slots=True)
class QueueCandidate:
    """An incident that wants a place. ``free``: nobody has it in hand, so it is to be taken up."""

    number: int
    free: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the queue and who has it; ``kept``: it is one of those for the longest
    overdue.
    """

    number: int
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: one of ``every`` take-ups is the longest overdue's, ``taken`` were taken up
    so far.

    Counting what was taken up, and not places alone, is what bounds the wait: otherwise one who
    always takes the first place would leave the fifth where it is for ever.
    """

    every: int
    taken: int = 0

    def is_kept(self, following: int) -> bool:
        """Tell whether the take-up after so many more belongs to the longest overdue."""
        return (self.taken + following) % self.every == 0


def seated(
    emergencies: Sequence[int],
    others: Sequence[QueueCandidate],
    overdue: Sequence[int],
    turn: Turn,
) -> Iterator[Place]:
    """Yield the places of the queue in order.

    ``others`` are in the order of rank, weight and target; ``overdue`` are the free ones of them
    whose target is over, the longest first. Emergencies come first; behind them some places are
    kept for the longest overdue.
    """
    for number in emergencies:
        yield Place(number)
    seats: set[int] = set()
    late, following = iter(overdue), 1
    for candidate in others:
        if candidate.number in seats:
            continue
        if candidate.free and turn.is_kept(following):
            kept = next((number for number in late if number not in seats), None)
            if kept is not None:
                seats.add(kept)
                following += 1
                yield Place(kept, kept=True)
        if candidate.number not in seats:
            seats.add(candidate.number)
            following += candidate.free
            yield Place(candidate.number)


def _to_target(left: timedelta) -> str:
    return (
        said("%(left)s to target", left=span(left))
        if left >= timedelta()
        else said("%(left)s over target", left=span(-left))
    )


def _times(count: int) -> str:
    return (
        TIMES[count]
        if count < len(TIMES)
        else nsaid("%(number)s time", "%(number)s times", count)
    )


def rounded(duration: timedelta) -> timedelta:
    """Return a duration without what ``span`` does not say of it; one below zero stays there."""
    if duration < timedelta():
        return min(-rounded(-duration), JUST_OVER)
    minutes = duration // timedelta(minutes=1)
    unit = 1 if minutes < 60 else 60 if minutes < 48 * 60 else 24 * 60
    return timedelta(minutes=minutes // unit * unit)


def span(duration: timedelta) -> str:
    """Write a duration with one unit: "40 min", "3 h", "2 days"."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 60:
        return said("%(minutes)s min", minutes=minutes)
    if minutes < 48 * 60:
        return said("%(hours)s h", hours=minutes // 60)
    return nsaid("%(number)s day", "%(number)s days", minutes // (24 * 60))

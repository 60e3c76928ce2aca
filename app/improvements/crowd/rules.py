"""Many people of a rung: counted by where they stand, and their numbers written short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.improvements.rules import WORDS
from app.models.improvements.words import ParticipationState

ONE_BY_ONE = 25
"""So many people stand on the page of a rung by name; more are counted there."""
MOST_NUMBERS = 100_000
"""More numbers than this are in no rung; a longer text is not read."""

GROUPS: Mapping[str, tuple[ParticipationState, ...]] = {
    "asked": (ParticipationState.INVITED,),
    "ready": (ParticipationState.PREPARED,),
    "using": (ParticipationState.SWITCHED, ParticipationState.OBSERVING),
    "works": (ParticipationState.ACCEPTED,),
    "undone": (ParticipationState.UNDONE,),
}
"""The states under which people are counted, by the word that stands in addresses."""
GONE = "gone"
"""The word in addresses for who is gone from the directory before saying how it was."""
ONWARD: Mapping[str, tuple[ParticipationState, ...]] = {
    "asked": (ParticipationState.PREPARED, ParticipationState.SWITCHED),
    "ready": (ParticipationState.SWITCHED,),
    "using": (ParticipationState.ACCEPTED, ParticipationState.UNDONE),
    "works": (ParticipationState.UNDONE,),
    "undone": (ParticipationState.PREPARED,),
}
"""Where many may be taken from each of them."""


@dataclass(frozen=True, slots=True)
class CrowdGroup:
    """So many people who stand at the same place; ``key`` is its word in addresses."""

    key: str
    word: str
    number: int
    onward: tuple[ParticipationState, ...]


def groups(numbers: Mapping[ParticipationState, int]) -> tuple[CrowdGroup, ...]:
    """Return how many people stand where, without places at which nobody does."""
    found = (
        CrowdGroup(
            key,
            WORDS[states[0]],
            sum(numbers.get(state, 0) for state in states),
            ONWARD[key],
        )
        for key, states in GROUPS.items()
    )
    return tuple(one for one in found if one.number)


def group_of(state: ParticipationState) -> str:
    """Return under which word somebody in a state is counted."""
    return next(key for key, states in GROUPS.items() if state in states)


def is_there(state: ParticipationState, to: ParticipationState) -> bool:
    """Tell whether somebody stands where they would be moved to."""
    return group_of(state) == group_of(to)


def shortened(numbers: Iterable[int]) -> str:
    """Write numbers short: 3, 4, 5 and 9 as ``3-5,9``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(_run(first, last) for first, last in runs)


def lengthened(text: str) -> frozenset[int]:
    """Return the numbers that were written short; what is none is left out."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            continue
        begin, end = int(first), int(last or first)
        if len(found) + end - begin < MOST_NUMBERS:
            found.update(range(begin, end + 1))
    return frozenset(found)


def lines_of(text: str | None) -> list[str]:
    """Return the lines of a text in which anything stands."""
    return [each.strip() for each in (text or "").splitlines() if each.strip()]


def counted_names(names: Iterable[str], most: int = 3) -> str:
    """Return a few names and how many there are besides."""
    counted = Counter(names)
    shown = list(counted)[:most]
    rest = counted.total() - sum(counted[name] for name in shown)
    return ", ".join(shown) + (f" +{rest}" if rest else "")


def _run(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"

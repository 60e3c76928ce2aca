"""How far a change has climbed: one person, a few, many, everyone (design section 1)."""

from __future__ import annotations

from dataclasses import dataclass

STARTS = (1, 2, 6)
"""From how many people on the rungs "one", "a few" and "many" are reached; "everyone" depends on
whom it is for.
"""

TOP = 4


@dataclass(frozen=True, slots=True)
class Rungs:
    """Rungs ``done`` and ``running`` of four; ``people`` are in, ``fitting`` is for how many it is
    in all.
    """

    done: int
    running: int
    people: int
    fitting: int


def rungs(accepted: int, moving: int, eligible: int | None) -> Rungs:
    """Return the rungs that people who accepted have reached, and those that people on the move
    would reach.

    Nobody knows what "everyone" is until somebody said for how many people it is.
    """
    people = accepted + moving
    done = _reached(accepted, eligible)
    running = max(_reached(people, eligible) - done, 1 if moving and done < TOP else 0)
    return Rungs(done, running, people, max(eligible or 0, people))


def _reached(people: int, eligible: int | None) -> int:
    if people and eligible and people >= eligible:
        return TOP
    return sum(people >= start for start in STARTS)

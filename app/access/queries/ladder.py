"""How far a role or a wave has climbed: one person, a few, many, everyone who fits (design section 1)."""

from __future__ import annotations

from dataclasses import dataclass

STARTS = (1, 2, 6)
"""From how many people on the rungs "one", "a few" and "many" are reached; "everyone" depends on who fits."""

TOP = 4


@dataclass(frozen=True, slots=True)
class Rungs:
    """Rungs ``done`` and ``running`` of four; ``people`` are in, ``fitting`` could be (those in are among them)."""

    done: int
    running: int
    people: int
    fitting: int


def rungs(confirmed: int, moving: int, fitting: int) -> Rungs:
    """Return the rungs that people who are confirmed have reached, and those that people on the move would reach."""
    people = confirmed + moving
    fitting = max(fitting, people)
    done = _reached(confirmed, fitting)
    running = max(_reached(people, fitting) - done, 1 if moving and done < TOP else 0)
    return Rungs(done, running, people, fitting)


def _reached(people: int, fitting: int) -> int:
    if people and people >= fitting:
        return TOP
    return sum(people >= start for start in STARTS)

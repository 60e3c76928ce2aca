"""Where a person is stuck on the way to a change: the first of five steps that is not there (after
Prosci's ADKAR).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

BARRIER_UP_TO = 3


@dataclass(frozen=True, slots=True)
class Scores:
    """Answers from 1 to 5, in the order in which a change happens to a person."""

    awareness: int
    desire: int
    knowledge: int
    ability: int
    reinforcement: int


def barrier(scores: Scores) -> str:
    """Return the first step scored 3 or less, with a capital letter, or nothing.

    Later ones wait for it.
    """
    named = ((field.name, getattr(scores, field.name)) for field in fields(scores))
    return next(
        (name.capitalize() for name, score in named if score <= BARRIER_UP_TO), ""
    )

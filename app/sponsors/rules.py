"""Where a person is stuck on the way to a change: the first of five steps that is not there (after
Prosci's ADKAR).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.models.sponsors.words import Barrier

BARRIER_UP_TO = 3


@dataclass(frozen=True, slots=True)
class Scores:
    """Answers from 1 to 5, in the order in which a change happens to a person; None: not asked."""

    awareness: int | None = None
    desire: int | None = None
    knowledge: int | None = None
    ability: int | None = None
    reinforcement: int | None = None


def barrier(scores: Scores) -> Barrier | None:
    """Return the first step scored 3 or less, or None; later ones wait for it."""
    named = ((field.name, getattr(scores, field.name)) for field in fields(scores))
    stuck = (
        Barrier(name)
        for name, score in named
        if score is not None and score <= BARRIER_UP_TO
    )
    return next(stuck, None)

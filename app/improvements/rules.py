"""Tables of allowed moves between states: what is not in the table cannot happen; and what the
states of people are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.core.figures import listed
from app.core.said import asking, said
from app.models.improvements.words import ParticipationState

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Moves(Generic[S]):
    """Where each state may lead. ``thing`` is what moves, as in "a rung"."""

    thing: str
    table: Mapping[S, tuple[S, ...]]

    def onward(self, state: S) -> tuple[S, ...]:
        """Return the states that may follow."""
        return self.table.get(state, ())

    def objections(self, state: S, to: S) -> tuple[str, ...]:
        """Return why this move is not in the table, or nothing."""
        if to in self.onward(state):
            return ()
        ways = listed([str(way) for way in self.onward(state)], "or")
        rest = f"from there it goes to {ways}" if ways else "nothing comes after that"
        return (
            f"{self.thing.capitalize()} that is {state} cannot become {to}; {rest}.",
        )


WORDS = {
    ParticipationState.INVITED: said("asked"),
    ParticipationState.PREPARED: said("ready"),
    ParticipationState.SWITCHED: said("using it"),
    ParticipationState.OBSERVING: said("using it"),
    ParticipationState.ACCEPTED: said("says it works"),
    ParticipationState.UNDONE: said("undone"),
}
"""What the state of somebody in a rung is called on screens; who is watched uses it too."""


def rung_named(rung_id: int, number: int) -> str:
    """Return how a rung is called by a line that asks for what is done on its page."""
    return asking(f"rung:{rung_id}", said("Rung %(number)s", number=number))

"""Tables of allowed moves between states: what is not in the table cannot happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.core.figures import listed

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

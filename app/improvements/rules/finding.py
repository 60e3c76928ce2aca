"""What an iteration brought up, and whether it stands in the way of more people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.improvements.rules.moves import Moves


class Kind(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    FIX = "fix before scaling"
    STOP = "stop"


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    FIXED = "fixed"
    VERIFIED = "verified"
    ACCEPTED = "accepted risk"


MOVES: Moves[State] = Moves(
    "a finding",
    {
        State.OPEN: (State.FIXED, State.ACCEPTED),
        State.FIXED: (State.VERIFIED, State.OPEN, State.ACCEPTED),
        State.VERIFIED: (State.OPEN,),
        State.ACCEPTED: (State.OPEN,),
    },
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as the gate sees it."""

    id: int
    title: str
    kind: Kind
    state: State

    @property
    def blocks(self) -> bool:
        """Tell whether it closes the gate: it must be fixed, and nobody verified that, nor accepted the risk."""
        return self.kind is not Kind.NOTE and self.state not in (State.VERIFIED, State.ACCEPTED)


def objections(state: State, to: State, who: str, why: str) -> tuple[str, ...]:
    """Return every reason against a move. An accepted risk needs a name and a reason, a check needs a name."""
    found = list(MOVES.objections(state, to))
    if to in (State.VERIFIED, State.ACCEPTED) and not who.strip():
        found.append("Say who verified it." if to is State.VERIFIED else "Say who accepts the risk.")
    if to is State.ACCEPTED and not why.strip():
        found.append("Say why the risk is acceptable.")
    if to is State.OPEN and not why.strip():
        found.append("Say why it is open again.")
    return tuple(found)


def blockers(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that close the gate, those that say stop first."""
    return sorted((finding for finding in findings if finding.blocks), key=lambda found: found.kind is not Kind.STOP)

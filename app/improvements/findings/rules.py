"""What an iteration brought up, and whether it stands in the way of more people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.improvements.rules import Moves
from app.models.improvements.words import FindingKind, FindingState

MOVES: Moves[FindingState] = Moves(
    "a finding",
    {
        FindingState.OPEN: (FindingState.FIXED, FindingState.ACCEPTED),
        FindingState.FIXED: (
            FindingState.VERIFIED,
            FindingState.OPEN,
            FindingState.ACCEPTED,
        ),
        FindingState.VERIFIED: (FindingState.OPEN,),
        FindingState.ACCEPTED: (FindingState.OPEN,),
    },
)


@dataclass(frozen=True, slots=True)
class FindingGiven:
    """A finding as the gate sees it."""

    id: int
    title: str
    kind: FindingKind
    state: FindingState

    @property
    def blocks(self) -> bool:
        """Tell whether it closes the gate: it must be fixed, and nobody verified that, nor accepted
        the risk.
        """
        return self.kind is not FindingKind.NOTE and self.state not in (
            FindingState.VERIFIED,
            FindingState.ACCEPTED,
        )


def objections(
    state: FindingState, to: FindingState, who: str, why: str
) -> tuple[str, ...]:
    """Return every reason against a move.

    An accepted risk needs a name and a reason, a check needs a name.
    """
    found = list(MOVES.objections(state, to))
    if to in (FindingState.VERIFIED, FindingState.ACCEPTED) and not who.strip():
        found.append(
            "Say who verified it."
            if to is FindingState.VERIFIED
            else "Say who accepts the risk."
        )
    if to is FindingState.ACCEPTED and not why.strip():
        found.append("Say why the risk is acceptable.")
    if to is FindingState.OPEN and not why.strip():
        found.append("Say why it is open again.")
    return tuple(found)


def blockers(findings: Iterable[FindingGiven]) -> list[FindingGiven]:
    """Return the findings that close the gate, those that say stop first."""
    return sorted(
        (finding for finding in findings if finding.blocks),
        key=lambda found: found.kind is not FindingKind.STOP,
    )

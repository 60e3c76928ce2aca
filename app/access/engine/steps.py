"""What steps are, by their values alone."""

from __future__ import annotations

from collections.abc import Iterable

from app.access.rules import as_change, drift_text
from app.models.access.wave import Step
from app.models.access.words import StepState
from ldap_sync.values import (
    DirectoryChange,
    MemberPresence,
    Outcome,
    Proof,
    Status,
)

UNSURE = (StepState.INTENT, StepState.UNKNOWN)
"""Steps of which nobody knows whether they arrived."""


def those(steps: Iterable[Step], state: StepState) -> list[Step]:
    """Return the steps that stand in a state."""
    return [step for step in steps if step.state is state]


def creates(step: Step) -> bool:
    """Tell whether a step makes the role's group."""
    kind: object = step.change.get("kind")
    return kind == "create"


def modification(step: Step) -> DirectoryChange:
    """Return the change of members that a step is. Raises ``TypeError`` for a new group."""
    change = as_change(step.change)
    if not isinstance(change, DirectoryChange):
        raise TypeError("a group that is to be made is no change of members")
    return change


def without_writing(verdict: Status, presence: MemberPresence, key: str) -> Outcome:
    """Return what becomes of a step that need not or must not be sent; ``key`` is that of a group
    which is there already.
    """
    if verdict is Status.ALREADY:
        return Outcome(
            verdict,
            Proof.ALREADY_THERE,
            text="It was so before; nothing was written.",
            key=key,
        )
    return Outcome(verdict, text=drift_text(presence))

"""Steps: directory changes in the order that never leaves a person with less (design 5.2), and
their inverses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ldap_sync.dn import fold_or_self
from ldap_sync.values import (
    DirectoryChange,
    DirectoryPerson,
    MemberPresence,
    NewGroup,
    Outcome,
    Proof,
    Status,
    inverse,
)

PREPARE, ROLE_ON, DIRECT_OFF = "prepare", "role on", "direct off"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One change with the sentence that tells it; ``right`` is what the changed group is called."""

    phase: str
    right: str
    sentence: str
    change: DirectoryChange | NewGroup


def as_data(change: DirectoryChange | NewGroup) -> dict[str, Any]:
    """Return a change as plain data for the plan and the journal."""
    if isinstance(change, NewGroup):
        return {
            "kind": "create",
            "dn": change.dn,
            "attributes": [[name, list(v)] for name, v in change.attributes],
        }
    return {
        "kind": "modify",
        **asdict(change),
        "add": list(change.add),
        "delete": list(change.delete),
    }


def as_change(data: Mapping[str, Any]) -> DirectoryChange | NewGroup:
    """Return the change that ``as_data`` wrote."""
    if data["kind"] == "create":
        return NewGroup(
            data["dn"], tuple((name, tuple(values)) for name, values in data["attributes"])
        )
    return DirectoryChange(
        data["key"], data["dn"], data["attribute"], tuple(data["add"]), tuple(data["delete"])
    )


def reversed_changes(changes: list[DirectoryChange | NewGroup]) -> list[DirectoryChange]:
    """Return what takes ``changes`` back, last first.

    A created group stays: others may have come to use it.
    """
    return [inverse(change) for change in reversed(changes) if isinstance(change, DirectoryChange)]


def following(
    back: DirectoryChange,
    planned: Mapping[str, Any],
    person: DirectoryPerson,
    stands: Callable[[str], bool],
) -> DirectoryChange:
    """Return ``back`` for a person whose DN or uid changed since the plan: new values are added,
    and of the values to delete whichever is there (``stands``) is deleted.
    """
    new = {fold_or_self(planned["dn"]): person.dn, fold_or_self(planned["person"]): person.uid}

    def current(value: str) -> str:
        return new.get(fold_or_self(value), value)

    gone = tuple(value if stands(value) else current(value) for value in back.delete)
    added = tuple(
        value if fold_or_self(current(value)) == fold_or_self(value) else current(value)
        for value in back.add
    )
    return replace(back, add=added, delete=gone)


def is_ours(state: str, proof: str) -> bool:
    """Tell whether a journalled step was done by us, so that undo may take it back (design 5.3)."""
    return state == "done" and proof in (Proof.ACKED, Proof.RECONCILED)


def before_writing(presence: MemberPresence) -> Status | None:
    """Decide from a live look whether to write at all: None means yes."""
    return {
        MemberPresence.BEFORE: None,
        MemberPresence.AFTER: Status.ALREADY,
        MemberPresence.MIXED: Status.DRIFT,
        MemberPresence.GONE: Status.DRIFT,
    }[presence]


def after_a_lost_answer(presence: MemberPresence) -> Outcome | None:
    """Decide from a live look what became of a change whose answer was lost; None means it never
    arrived: send it.

    The look before the intent was committed said "not so yet", so what is in place now is ours.
    """
    if presence is MemberPresence.BEFORE:
        return None
    if presence is MemberPresence.AFTER:
        return Outcome(
            Status.DONE,
            Proof.RECONCILED,
            text="The answer was lost; reading found the change in place.",
        )
    return Outcome(Status.DRIFT, text=drift_text(presence))


def drift_text(presence: MemberPresence) -> str:
    """Say what a live look found instead of what was expected."""
    if presence is MemberPresence.GONE:
        return "The group is gone, or another one bears its name."
    return "Others changed some of these values meanwhile."

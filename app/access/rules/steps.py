"""Steps: directory changes in the order that never leaves a person with less (design 5.2), and
their inverses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from app.core.frozen import Damaged, Kept, read
from ldap_sync.dn import fold_or_self
from ldap_sync.values import (
    DirectoryChange,
    MemberPresence,
    NewGroup,
    Outcome,
    Proof,
    Status,
    inverse,
)

PREPARE, ROLE_ON, DIRECT_OFF = "prepare", "role on", "direct off"

Change = DirectoryChange | NewGroup
"""What one step does: change the values of a group, or make the role's group."""


@dataclass(frozen=True, slots=True)
class PlannedStep(Kept):
    """One change with the sentence that tells it; ``right`` is what the changed group is called."""

    phase: str
    right: str
    sentence: str
    change: Change

    @property
    def group_key(self) -> str:
        """Return the key of the group that is changed; nothing for one that is still to be made."""
        return "" if isinstance(self.change, NewGroup) else self.change.key

    @property
    def deletes(self) -> tuple[str, ...]:
        """Return the values that go."""
        return () if isinstance(self.change, NewGroup) else self.change.delete

    def to_json(self) -> dict[str, Any]:
        """Return the step as plain data."""
        return {
            "phase": self.phase,
            "right": self.right,
            "sentence": self.sentence,
            "change": as_data(self.change),
        }

    @classmethod
    def from_json(cls, data: object, place: str = "") -> Self:
        """Return the step that ``to_json`` wrote. Raises ``Damaged``."""
        said = read(_StepWords, data, place)
        change = data.get("change") if isinstance(data, Mapping) else None
        return cls(said.phase, said.right, said.sentence, as_change(change, f"{place}.change"))


@dataclass(frozen=True, slots=True)
class _StepWords:
    phase: str
    right: str
    sentence: str


def as_data(change: Change) -> dict[str, Any]:
    """Return a change as plain data for the plan and the journal.

    Either ``{"kind": "modify", "key", "dn", "attribute", "add": [...], "delete": [...]}`` or
    ``{"kind": "create", "dn", "attributes": [[name, [value, ...]], ...]}``.
    """
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


def as_change(data: object, place: str = "change") -> Change:
    """Return the change that ``as_data`` wrote. Raises ``Damaged``."""
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if kind not in _CHANGES:
        raise Damaged(f"{place} is no change of a group.")
    return read(_CHANGES[kind], data, place)


_CHANGES: Mapping[object, type[Change]] = {"create": NewGroup, "modify": DirectoryChange}


def reversed_changes(changes: Iterable[Change]) -> list[DirectoryChange]:
    """Return what takes ``changes`` back, last first.

    A created group stays: others may have come to use it.
    """
    return [
        inverse(change) for change in reversed([*changes]) if isinstance(change, DirectoryChange)
    ]


def following(
    back: DirectoryChange, new: Mapping[str, str], stands: Callable[[str], bool]
) -> DirectoryChange:
    """Return ``back`` for a person whose DN or uid changed since the plan (``new``, by the folded
    old one): new values are added, and of the values to delete whichever is there (``stands``) is
    deleted.
    """

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

"""What a role is to the planner, what an application sees, and the steps between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from app.core.frozen import Damaged, Kept, inside, read
from app.core.said import said
from app.directory.rules import Graph, PersonRow, RightRow, closure_up, follows_nesting
from ldap_sync import scopes
from ldap_sync.dn import fold_or_self
from ldap_sync.scopes import Scoped
from ldap_sync.values import (
    DirectoryChange,
    MemberPresence,
    NewGroup,
    Outcome,
    Proof,
    Status,
    inverse,
    stands_at_member,
    takes_groups,
)

NO_ROLE_GROUP = -1
"""Stands for the role's group while the directory does not have one yet."""


def effective_access(
    graph: Graph, direct: Iterable[int], transitive_memberof: bool
) -> frozenset[int]:
    """Return the rights applications grant to a direct member of ``direct``, each under its own
    lens.
    """
    stands_in = frozenset(direct)
    nested = closure_up(graph, stands_in) - stands_in
    return stands_in | {
        r for r in nested if follows_nesting(graph.rights[r].lens, transitive_memberof)
    }


def with_role_group(
    graph: Graph,
    role_group: RightRow,
    nested_in: Iterable[int],
    let_go: Iterable[int] = (),
) -> Graph:
    """Return the graph as it will be once the role's group exists, is a member of the groups
    ``nested_in``, and no longer of those ``let_go``.
    """
    own, above, ended = role_group.id, frozenset(nested_in), frozenset(let_go)
    linked = (graph.parents.get(own, frozenset()) | above) - ended
    parents = {**graph.parents, own: linked}
    children = {**graph.children, own: graph.children.get(own, frozenset())}
    children.update({right: children[right] | {own} for right in above})
    children.update({right: children[right] - {own} for right in ended})
    members = {**graph.members, own: graph.members.get(own, frozenset())}
    return replace(
        graph,
        rights={**graph.rights, own: role_group},
        parents=parents,
        children=children,
        members=members,
    )


def people_below(graph: Graph, right_id: int) -> frozenset[int]:
    """Return everybody in a group, directly or through the groups in it; cycles do no harm."""
    found, waiting = {right_id}, [right_id]
    while waiting:
        fresh = graph.children.get(waiting.pop(), frozenset()) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset().union(
        *(graph.members.get(group, frozenset()) for group in found)
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

    def parts(self) -> dict[str, Any]:
        """Return what is kept of the step."""
        return {
            "phase": self.phase,
            "right": self.right,
            "sentence": self.sentence,
            "change": as_data(self.change),
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Return the step that ``to_json`` wrote. Raises ``Damaged``."""
        said = read(_StepWords, data)
        change = data.get("change") if isinstance(data, Mapping) else None
        return cls(
            said.phase, said.right, said.sentence, inside("change", as_change, change)
        )


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
        "key": change.key,
        "dn": change.dn,
        "attribute": change.attribute,
        "add": list(change.add),
        "delete": list(change.delete),
    }


def as_change(data: object) -> Change:
    """Return the change that ``as_data`` wrote. Raises ``Damaged``."""
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if kind not in _CHANGES:
        raise Damaged("is no change of a group")
    return read(_CHANGES[kind], data)


_CHANGES: Mapping[object, type[Change]] = {
    "create": NewGroup,
    "modify": DirectoryChange,
}


def reversed_changes(changes: Iterable[Change]) -> list[DirectoryChange]:
    """Return what takes ``changes`` back, last first.

    A created group stays: others may have come to use it.
    """
    return [
        inverse(change)
        for change in reversed([*changes])
        if isinstance(change, DirectoryChange)
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

    gone = tuple(
        value if current(value) == value or stands(value) else current(value)
        for value in back.delete
    )
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


def could_not(sentence: str, text: str) -> str:
    """Say forwards what a step could not do: ``Could not put Ana back into mail: the group is
    gone.``
    """
    deed, why = sentence.rstrip("."), text.strip() or "it was refused."
    return f"Could not {deed[:1].lower()}{deed[1:]}: {why[:1].lower()}{why[1:]}"


@dataclass(frozen=True, slots=True)
class RoleShape:
    """A role as the planner sees it.

    ``group`` is its group as last read, or a stand-in that is still to be created; ``former`` are
    the rights of its earlier versions.
    """

    name: str
    rights: frozenset[int]
    nested: bool
    group: RightRow
    new_group: NewGroup | None = None
    former: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Terrain:
    """What the directory demands: who is off limits, which values stand for nobody, how memberOf
    works.
    """

    transitive_memberof: bool = False
    protected: frozenset[str] = (
        frozenset()
    )  # folded DNs: protected people and the tool's own bind accounts
    placeholders: tuple[str, ...] = ()
    busy: Mapping[int, str] = field(
        default_factory=dict
    )  # person → why no other switch may start
    other_roles: Mapping[int, frozenset[int]] = field(
        default_factory=dict
    )  # person → rights other roles explain


def nested_rights(
    graph: Graph, role: RoleShape, transitive_memberof: bool
) -> frozenset[int]:
    """Return the rights held through the role's group: only where the reading application follows
    nested groups.
    """
    if not role.nested or stands_at_member(role.group.attribute):
        return frozenset()
    return frozenset(
        right
        for right in role.rights
        if _can_nest(graph.rights[right], transitive_memberof)
    )


def _can_nest(right: RightRow, transitive_memberof: bool) -> bool:
    return takes_groups(right.attribute) and follows_nesting(
        right.lens, transitive_memberof
    )


def off_limits(person: PersonRow, terrain: Terrain) -> str:
    """Return why a person may not be moved at all (design 5.8, 5.9, 5.13), or nothing."""
    if person.disabled:
        return said("Has left: the account is disabled.")
    if fold_or_self(person.dn) in terrain.protected:
        return said("Is a protected account.")
    if person.guarded:
        return said(
            "Is guarded by AdminSDHolder (adminCount): the server resets its access list "
            "every hour. "
            "Take it out of the privileged groups by hand first, then clear adminCount."
        )
    if person.service:
        return said("Is a service account, not a person.")
    return terrain.busy.get(person.id, "")


def scope_objection(right: RightRow, member: RightRow | PersonRow) -> str:
    """Say why Active Directory would not take somebody or a role's group into a right, or
    nothing.
    """
    scope = member.scope if isinstance(member, RightRow) else ""
    return scopes.objection(Scoped(right.dn, right.scope), Scoped(member.dn, scope))


def stand_in(
    name: str, dn: str, attribute: str, needs_member: bool, scope: str = ""
) -> RightRow:
    """Return the row that stands for a role's group that is still to be created."""
    return RightRow(
        id=NO_ROLE_GROUP,
        key="",
        dn=dn,
        cn=name,
        attribute=attribute,
        needs_member=needs_member,
        is_role=True,
        scope=scope,
        placeholders=1,
    )

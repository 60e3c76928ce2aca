"""What was promised to whom, and what a directory shows instead: values in, values out (design
5.16).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.access.document import SeenRight
from app.access.engine.sight import Sight
from app.core.said import said
from app.models.access.words import DriftKind


@dataclass(frozen=True, slots=True)
class Promise:
    """What the plan of one switch promised a person.

    ``nested`` are the keys of the rights that come through the role's group, ``removed`` the rights
    whose direct grant was taken off by name, ``added`` the keys of the groups the person was put
    into, ``lost`` the names of rights whose loss was accepted, ``kept`` the keys of those that
    stayed as they were, direct."""

    switch_id: int
    wave_id: int
    role_id: int
    person_id: int
    name: str
    sees: tuple[SeenRight, ...]
    removed: Mapping[str, str]
    added: frozenset[str]
    lost: frozenset[str]
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RoleSeen:
    """The group of a role as a directory shows it, and how it should stand.

    ``links`` are the rights that have to list it, by key with their names; ``linked`` the keys of
    those that do. ``strangers`` are people (by id) and groups (no id) that nobody moved in.
    ``single``: no role is meant, rights were given and taken one by one.
    """

    role_id: int
    name: str
    key: str
    group: str
    there: bool
    links: Mapping[str, str]
    linked: frozenset[str]
    strangers: tuple[tuple[int | None, str], ...] = ()
    single: bool = False

    @property
    def cut(self) -> frozenset[str]:
        """Return the keys of rights that no longer list the group."""
        wanted = frozenset(self.links)
        return wanted - self.linked if self.there else wanted


@dataclass(frozen=True, slots=True)
class Scenery:
    """What stands around people: the roles' groups, the keys of groups that are gone, what comes
    with a group, and which rights somebody keeps by a decision (person, key).
    """

    roles: Mapping[int, RoleSeen]
    gone: frozenset[str]
    above: Callable[[Iterable[str]], frozenset[str]]
    kept: frozenset[tuple[int, str]] = frozenset()
    ended: frozenset[tuple[int, str]] = frozenset()
    role_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DriftFound:
    """One thing that is other than promised; ``key`` is that of the group it is about."""

    kind: DriftKind
    role_id: int
    key: str
    right: str
    who: str = ""
    person_id: int | None = None
    promise: Promise | None = None
    lens: str = ""

    @property
    def mark(self) -> str:
        """Return what tells this difference from all others that last."""
        who = self.person_id or self.who
        return f"{self.kind.name}:{self.role_id}:{who}:{self.key}"


class DriftTold(Protocol):
    """What a sentence about a difference is made of."""

    @property
    def kind(self) -> DriftKind:
        """What kind of difference it is."""
        ...

    @property
    def right(self) -> str:
        """What the group is called."""
        ...

    @property
    def who(self) -> str:
        """Whom or what it is about; empty where it is about a role as a whole."""
        ...


def sentence_of(row: DriftTold) -> str:
    """Say what is other than promised."""
    who, right = row.who, row.right
    if row.kind is DriftKind.LOST:
        return said(
            "%(who)s does not see %(right)s any more.",
            who=who,
            right=right,
        )
    if row.kind is DriftKind.CAME_BACK:
        return said(
            "%(who)s is in %(right)s directly again.",
            who=who,
            right=right,
        )
    if row.kind is DriftKind.TAKEN_OUT:
        return said(
            "%(who)s is no longer in the role's group %(right)s.", who=who, right=right
        )
    if row.kind is DriftKind.LINK_CUT:
        return said(
            "%(right)s does not list the role's group any more.",
            right=right,
        )
    if row.kind is DriftKind.GROUP_GONE:
        return said(
            "The group %(right)s is gone.",
            right=right,
        )
    return said(
        "%(who)s is in the role's group %(right)s, not by Rung.", who=who, right=right
    )


REPAIR, TAKE_OUT, ACCEPT, UNDO = "repair", "take out", "accept", "undo"
WAYS: Mapping[DriftKind, tuple[str, ...]] = {
    DriftKind.LOST: (REPAIR, ACCEPT, UNDO),
    DriftKind.CAME_BACK: (REPAIR, ACCEPT, UNDO),
    DriftKind.TAKEN_OUT: (REPAIR, ACCEPT, UNDO),
    DriftKind.LINK_CUT: (REPAIR, ACCEPT),
    DriftKind.GROUP_GONE: (ACCEPT,),
    DriftKind.STRANGER: (REPAIR, TAKE_OUT, ACCEPT),
}
"""What can be done about each kind; a group that is gone no plan brings back, the next reading that
finds it again ends the difference.
"""


@dataclass(slots=True)
class OwedToPerson:
    """What one person was promised by all plans together, in their order: by key, with the promise
    it is from.
    """

    person_id: int
    promises: list[Promise] = field(default_factory=list)
    sees: dict[str, tuple[SeenRight, Promise]] = field(default_factory=dict)
    removed: dict[str, tuple[str, Promise]] = field(default_factory=dict)

    def take(self, promise: Promise) -> None:
        """Take a later promise: what it accepted to be lost is owed no more."""
        self.promises.append(promise)
        lost = [
            key for key, (right, _) in self.sees.items() if right.right in promise.lost
        ]
        for key in lost:
            del self.sees[key]
        self.sees |= {right.key: (right, promise) for right in promise.sees}
        for key in promise.added & self.removed.keys():
            del self.removed[key]
        coming = {
            key: (name, promise)
            for key, name in promise.removed.items()
            if key not in promise.added
        }
        self.removed |= coming

    @property
    def all_rights(self) -> tuple[SeenRight, ...]:
        """Return every right that is owed."""
        return tuple(right for right, _ in self.sees.values())


def owed_by(promises: Iterable[Promise]) -> dict[int, OwedToPerson]:
    """Return what each person is owed; promises come in the order in which they were kept."""
    found: dict[int, OwedToPerson] = {}
    for promise in promises:
        owed = found.setdefault(
            promise.person_id,
            OwedToPerson(promise.person_id),
        )
        owed.take(promise)
    return found


def role_differences(scenery: Scenery) -> Iterator[DriftFound]:
    """Yield what is other about the groups of roles: gone, cut off from a right, with strangers."""
    for role in scenery.roles.values():
        if not role.there:
            # What stands in the place of a role for single rights never had a group.
            if role.key:
                yield DriftFound(
                    DriftKind.GROUP_GONE,
                    role.role_id,
                    role.key,
                    role.group,
                )
            continue
        for key in sorted(role.cut):
            kind = DriftKind.GROUP_GONE if key in scenery.gone else DriftKind.LINK_CUT
            yield DriftFound(
                kind,
                role.role_id,
                key,
                role.links[key],
            )
        for person, who in role.strangers:
            yield DriftFound(
                DriftKind.STRANGER,
                role.role_id,
                role.key,
                role.group,
                who=who,
                person_id=person,
            )


def person_differences(
    owed: OwedToPerson, sight: Sight, scenery: Scenery
) -> Iterator[DriftFound]:
    """Yield what is other about one person: out of a role, rights lost, direct rights come back.

    What follows from a cause that has a difference of its own is not told again.
    """
    explained: set[str] = set()
    for promise in owed.promises:
        role = scenery.roles[promise.role_id]
        if role.there and not role.single and role.key not in sight.direct:
            explained |= role.links.keys()
            if role.key not in owed.removed:  # by a plan of ours, as of who has left
                yield _of(DriftKind.TAKEN_OUT, promise, role.key, role.group)
        explained |= role.cut
    explained |= scenery.above(explained)
    yield from _lost(
        owed,
        sight,
        scenery,
        explained,
    )
    for key, (name, promise) in owed.removed.items():
        if key in sight.direct and (owed.person_id, key) not in scenery.kept:
            yield _of(
                DriftKind.CAME_BACK,
                promise,
                key,
                name,
            )


def _lost(
    owed: OwedToPerson, sight: Sight, scenery: Scenery, explained: set[str]
) -> Iterator[DriftFound]:
    for key, (right, promise) in owed.sees.items():
        if key in scenery.role_groups or sight.shows(right):
            continue
        if key in scenery.gone:
            if key not in scenery.roles[promise.role_id].links:
                yield DriftFound(
                    DriftKind.GROUP_GONE, promise.role_id, key, right.right
                )
        elif key not in explained and (promise.switch_id, key) not in scenery.ended:
            yield _of(
                DriftKind.LOST,
                promise,
                key,
                right.right,
                right.lens,
            )


def _of(
    kind: DriftKind, promise: Promise, key: str, right: str, lens: str = ""
) -> DriftFound:
    return DriftFound(
        kind,
        promise.role_id,
        key,
        right,
        who=promise.name,
        person_id=promise.person_id,
        promise=promise,
        lens=lens,
    )

"""Who holds what, as last read: a plain structure the pure rules of all rooms work on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from ldap_sync.values import Listing, holds_names, value_in

T = TypeVar("T")

Edge = tuple[int, int, str]
"""A right, the person or group in it, and the value exactly as the server spells it."""

FurtherEdge = tuple[int, int, str, str]
"""A right, the person in it, and the attribute and value that list them beside the right's own
attribute.
"""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person present in the last complete reading."""

    id: int
    key: str
    dn: str
    uid: str
    name: str
    department: str = ""
    title: str = ""
    site: str = ""
    disabled: bool = False
    service: bool = False
    primary_group: str = ""
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class RightRow:
    """One right (a group) present in the last complete reading; counts are of values that are no
    person or group.
    """

    id: int
    key: str
    dn: str
    cn: str
    attribute: str = "member"
    lens: str = "unknown"
    needs_member: bool = False
    is_role: bool = False
    owner_id: int | None = None
    scope: str = ""
    privileged: bool = False
    placeholders: int = 0
    dangling: int = 0
    others: int = 0

    def default_value(self, person: PersonRow) -> str:
        """Return the value that would stand for ``person`` here: a uid in posixGroup, a DN
        elsewhere.
        """
        return value_in(
            self.attribute,
            person.uid,
            person.dn,
        )


@dataclass(frozen=True)
class Graph:
    """People, rights and how they hang together.

    Whoever was missing in the last complete reading is not in it.

    ``direct`` and ``members`` are each other's mirror, as are ``parents`` (the groups a group is a
    member of) and ``children``; every person and right has an entry, an empty one where there is
    nothing. Every right that appears in them is in ``rights`` and every person in ``people``.
    ``odd_listings`` are those that are not usual.
    """

    people: Mapping[int, PersonRow]
    rights: Mapping[int, RightRow]
    direct: Mapping[int, frozenset[int]]
    members: Mapping[int, frozenset[int]]
    children: Mapping[int, frozenset[int]]
    parents: Mapping[int, frozenset[int]]
    odd_listings: Mapping[tuple[int, int], tuple[Listing, ...]] = field(
        default_factory=dict
    )
    where_listed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def listings(self, right_id: int, person_id: int) -> tuple[Listing, ...]:
        """Return where and how a right lists a person, exactly as the server spells it; empty for
        no direct member.

        Nearly always once: several times where a group has several member attributes, or where a
        server keeps different spellings apart (``uniqueMember``, ``memberUid``).
        """
        if person_id not in self.members[right_id]:
            return ()
        right = self.rights[right_id]
        usual = ((right.attribute, right.default_value(self.people[person_id])),)
        return self.odd_listings.get((right_id, person_id), usual)

    def newcomer(self, right_id: int, person: PersonRow) -> tuple[Listing, ...]:
        """Return how a right lists somebody who comes: in the attributes in which it lists most of
        its people.
        """
        where = self.where_listed.get(right_id, (self.rights[right_id].attribute,))
        return tuple(
            (attribute, value_in(attribute, person.uid, person.dn))
            for attribute in where
        )

    def once(self, key: Hashable, work: Callable[[Graph], T]) -> T:
        """Return what ``work`` makes of this graph; it is done once, and ``key`` names it."""
        if key not in self._worked_out:
            self._worked_out[key] = work(self)
        found: T = self._worked_out[key]
        return found

    @cached_property
    def _worked_out(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def shared_names(self) -> frozenset[str]:
        """The names, in lower case, that more than one right bears."""
        counted = Counter(right.cn.lower() for right in self.rights.values())
        return frozenset(name for name, count in counted.items() if count > 1)


def build(
    people: Iterable[PersonRow],
    rights: Iterable[RightRow],
    person_edges: Iterable[Edge] = (),
    group_edges: Iterable[tuple[int, int]] = (),
    further: Iterable[FurtherEdge] = (),
) -> Graph:
    """Put a graph together from people, rights, (right, person, value) and (right, member group)
    edges.

    ``further`` are edges to people in other member attributes than the right's own. Edges that name
    a person or right which is not given are left out.
    """
    by_id = {row.id: row for row in people}
    rights_by_id = {row.id: row for row in rights}
    listed = _Listed(by_id, rights_by_id)
    for right, person, value in person_edges:
        listed.put(right, person, value)
    elsewhere = [
        edge for edge in further if edge[0] in rights_by_id and edge[1] in by_id
    ]
    for right, person, attribute, value in elsewhere:
        listed.put_elsewhere(
            right,
            person,
            (attribute, value),
        )
    members, direct = listed.pairs.frozen()
    nested = _Pairs(rights_by_id, rights_by_id)
    for outer, inner in group_edges:
        nested.put(outer, inner)
    children, parents = nested.frozen()
    where = _where_listed(listed.odd, elsewhere, members, rights_by_id)
    return Graph(
        by_id, rights_by_id, direct, members, children, parents, listed.odd, where
    )


class _Pairs:
    """Who is paired with whom, seen from both sides; unknown ones are passed over."""

    def __init__(self, left: Iterable[int], right: Iterable[int]) -> None:
        self.there: dict[int, set[int]] = {key: set() for key in left}
        self.back: dict[int, set[int]] = {key: set() for key in right}

    def put(self, one: int, other: int) -> bool:
        """Pair two, and tell whether both are known and were not paired before."""
        mine, theirs = self.there.get(one), self.back.get(other)
        if mine is None or theirs is None or other in mine:
            return False
        mine.add(other)
        theirs.add(one)
        return True

    def frozen(self) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
        """Return both sides for good."""
        return _frozen(self.there), _frozen(self.back)


class _Listed:
    """People in rights, and where those are listed that are not listed once, in the right's own
    attribute, as is usual. Edge after edge is taken: there are too many to hold.
    """

    def __init__(
        self, people: Mapping[int, PersonRow], rights: Mapping[int, RightRow]
    ) -> None:
        self.odd: dict[tuple[int, int], tuple[Listing, ...]] = {}
        self.pairs = _Pairs(rights, people)
        self._people, self._rights = people, rights
        self._by_name = {key for key, it in rights.items() if holds_names(it.attribute)}

    def put(self, right: int, person: int, value: str) -> None:
        """Take a value of a right's own attribute."""
        fresh = self.pairs.put(right, person)
        if fresh and value == self._usual(right, person):
            return
        if fresh:
            self.odd[right, person] = ((self._rights[right].attribute, value),)
        elif right in self._rights and person in self._people:
            self.put_elsewhere(
                right,
                person,
                (self._rights[right].attribute, value),
            )

    def put_elsewhere(self, right: int, person: int, listing: Listing) -> None:
        """Take a value beside those that are known already."""
        known: tuple[Listing, ...] = ()
        if not self.pairs.put(right, person):
            usual = (self._rights[right].attribute, self._usual(right, person))
            known = self.odd.get((right, person), (usual,))
        self.odd[right, person] = (*known, listing)

    def _usual(self, right: int, person: int) -> str:
        row = self._people[person]
        return row.uid if right in self._by_name else row.dn


def _where_listed(
    odd: Mapping[tuple[int, int], tuple[Listing, ...]],
    further: Iterable[FurtherEdge],
    members: Mapping[int, frozenset[int]],
    rights: Mapping[int, RightRow],
) -> dict[int, tuple[str, ...]]:
    """Return for rights with several attributes the ones in which most people stand; the right's
    own where equal.
    """
    found: dict[int, tuple[str, ...]] = {}
    for right in {edge[0] for edge in further}:
        own: tuple[str, ...] = (rights[right].attribute,)
        counted = Counter({own: 0})
        for person in members[right]:
            listings = odd.get((right, person), ())
            counted[
                tuple(dict.fromkeys(attribute for attribute, _ in listings)) or own
            ] += 1
        found[right] = max(counted, key=lambda where: counted[where])
    return found


def by_attribute(listings: Iterable[Listing]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the values of listings, attribute by attribute: each is changed by itself."""
    found: dict[str, tuple[str, ...]] = {}
    for attribute, value in listings:
        found[attribute] = (*found.get(attribute, ()), value)
    return list(found.items())


def closure_up(graph: Graph, right_ids: Iterable[int]) -> frozenset[int]:
    """Return the rights that come with ``right_ids``: these and every group they are nested in;
    cycles do no harm.
    """
    found, waiting = set(right_ids), list(right_ids)
    while waiting:
        fresh = graph.parents[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def follows_nesting(lens: str, transitive_memberof: bool) -> bool:
    """Tell whether an application with this lens finds people in nested groups; an unknown lens
    counts as direct.
    """
    return lens == "recursive" or (lens == "memberof" and transitive_memberof)


def effective(graph: Graph, person_id: int) -> dict[int, tuple[int, ...]]:
    """Return every right a person has with the shortest way to it: the group they stand in first,
    the right last.

    A way of one right is a direct grant; longer ways are nested ones.
    """
    ways: dict[int, tuple[int, ...]] = {
        right_id: (right_id,) for right_id in sorted(graph.direct[person_id])
    }
    waiting = list(ways)
    for right_id in waiting:  # grows while we walk: shorter ways come first
        for parent_id in sorted(graph.parents[right_id]):
            if parent_id not in ways:
                ways[parent_id] = (*ways[right_id], parent_id)
                waiting.append(parent_id)
    return ways


def names(graph: Graph, right_id: int) -> str:
    """Return what a right is called: its cn, or its DN where another right bears the same cn."""
    right = graph.rights[right_id]
    return right.dn if right.cn.lower() in graph.shared_names else right.cn


def _frozen(sets: dict[int, set[int]]) -> dict[int, frozenset[int]]:
    # One after the other is given up, so that all of them never stand there twice.
    return {key: frozenset(sets.pop(key)) for key in list(sets)}

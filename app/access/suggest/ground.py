"""Of which people and rights of a directory suggestions are made, and what is accepted so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.queries import load_roles
from app.access.suggest.candidates import Group, candidates, groups_of
from app.access.suggest.relation import Relation, bits, places
from app.access.suggest.worth import Aim, Ground, Worth, overlap
from app.directory.queries import load_graph
from app.directory.rules import Graph, PersonRow
from app.models.access.role import Role
from app.models.access.suggestion import RefusedSuggestion, SuggestedSets
from app.models.directory import GraphMark

AT_ONCE = 500
"""For so many people all is worked out as soon as somebody asks; for more the worker does it."""

AHEAD = 12
"""So many roles to come are shown."""

SAME = 0.8
"""A set that shares so much with a refused one is refused with it."""

RightSet = frozenset[int]


@dataclass(frozen=True)
class Holdings:
    """Who could be moved and holds what directly; ``inside`` are in a role's group."""

    graph: Graph
    relation: Relation
    inside: int

    @cached_property
    def groups(self) -> list[Group]:
        """Return the groups of people that department, title and site make."""
        people = self.graph.people
        marks = {
            one: _marks(people[one]) for kind in self.relation.people for one in kind
        }
        return groups_of(self.relation, marks)

    @cached_property
    def sets(self) -> list[int]:
        """Return the sets of rights that could become a role."""
        return candidates(self.relation, self.groups)

    @cached_property
    def kind_of(self) -> dict[int, int]:
        """Return in which kind of rights a right is."""
        kinds = enumerate(self.relation.rights)
        return {right: j for j, kind in kinds for right in kind}

    def rights_of(self, rights: int) -> RightSet:
        """Return the rights behind the bits."""
        return frozenset(
            right for j in places(rights) for right in self.relation.rights[j]
        )

    def people_of(self, kinds: int) -> list[PersonRow]:
        """Return the people behind the bits, by name."""
        found = (one for i in places(kinds) for one in self.relation.people[i])
        people = [self.graph.people[one] for one in found]
        return sorted(people, key=lambda person: (person.name.lower(), person.id))

    def covered_by(self, rights: RightSet) -> int:
        """Return as bits what a role covers of its people's direct rights.

        Nothing where nobody holds one of its rights directly any more: whoever holds the others
        would gain that one.
        """
        there = rights & self.graph.rights.keys()
        return self.bits_of(rights) if there <= self.kind_of.keys() else 0

    def bits_of(self, rights: RightSet) -> int:
        """Return a set of rights as bits; a kind counts where all its rights are in the set."""
        touched = {self.kind_of[right] for right in rights if right in self.kind_of}
        return bits(j for j in touched if rights.issuperset(self.relation.rights[j]))


def holdings_of(graph: Graph, roles: tuple[RightSet, ...] = ()) -> Holdings:
    """Return who of a directory could be moved into a role, and what each holds directly; ``roles``
    there are tell apart rights that the same people hold.
    """
    return graph.once(
        ("holdings", roles),
        lambda graph: _holdings(graph, roles),
    )


def _holdings(graph: Graph, roles: tuple[RightSet, ...]) -> Holdings:
    held, inside = {}, 0
    for person in graph.people.values():
        if person.disabled or person.service or person.guarded:
            continue
        direct = graph.direct[person.id]
        held[person.id] = [r for r in direct if not graph.rights[r].is_role]
        inside += not held[person.id] and bool(direct)
    return Holdings(graph, Relation.of(held, roles), inside)


def _marks(person: PersonRow) -> tuple[tuple[str, str], ...]:
    return (
        ("department", person.department),
        ("title", person.title),
        ("site", person.site),
    )


@dataclass(frozen=True)
class SuggestFrom:
    """What to suggest from: ``roles`` there are, the oldest first, and sets refused.

    Of a large directory ``kept`` is what the worker made of it, and ``current`` tells whether that
    is of the directory as it is now.
    """

    holdings: Holdings
    roles: tuple[tuple[int, str, RightSet], ...]
    refused: tuple[RightSet, ...]
    sets: list[int]
    kept: SuggestedSets | None = None
    current: bool = True

    def with_sets(self) -> SuggestFrom:
        """Return the same with the sets worked out here and now, where the worker did not."""
        return self if self.current else replace(self, sets=self.holdings.sets)

    @property
    def waiting(self) -> int | None:
        """Return how many of 100 parts are done of what the worker was asked for, if it was."""
        row = self.kept
        return row.done if row is not None and row.wanted != row.basis else None

    @property
    def key(self) -> tuple[object, ...]:
        """Return what a suggestion depends on besides the directory as it was read."""
        basis = self.kept.basis if self.kept else ""
        return self.roles, self.refused, basis

    def ground(self, aim: Aim) -> Ground:
        """Return what is still held directly beside the roles there are."""
        ground = Ground(self.holdings.relation, self.sets, aim, self._is_refused())
        for _, _, rights in self.roles:
            ground.add(self.holdings.covered_by(rights))
        return ground

    def _is_refused(self) -> Callable[[int], bool]:
        there = [rights for _, _, rights in self.roles]

        def refused(rights: int) -> bool:
            own = self.holdings.rights_of(rights)
            return own in there or any(overlap(own, no) >= SAME for no in self.refused)

        return refused

    @property
    def total(self) -> int:
        """Return how many people hold a right or a role."""
        return sum(self.holdings.relation.heads) + self.holdings.inside


def standing(session: Session, directory_id: int) -> SuggestFrom:
    """Return what suggestions are made of; a large directory's sets as the worker left them."""
    graph = load_graph(session, directory_id)
    in_use = Role.retired_at.is_(None), Role.single.is_(False)
    there = load_roles(session, Role.directory_id == directory_id, *in_use)
    roles = tuple(map(_role, sorted(there, key=lambda role: role.id)))
    holdings = holdings_of(graph, tuple(rights for _, _, rights in roles))
    refused = select(RefusedSuggestion.rights).where(
        RefusedSuggestion.directory_id == directory_id
    )
    no = tuple(map(frozenset, session.scalars(refused.order_by(RefusedSuggestion.id))))
    if len(graph.people) <= AT_ONCE:
        return SuggestFrom(holdings, roles, no, holdings.sets)
    kept = session.get(SuggestedSets, directory_id)
    current = kept is not None and kept.basis == basis_of(session)
    return SuggestFrom(holdings, roles, no, _sets_of(holdings, kept), kept, current)


def _role(role: Role) -> tuple[int, str, RightSet]:
    rights = role.versions[-1].rights
    return role.id, role.name, frozenset(one.entitlement_id for one in rights)


def basis_of(session: Session) -> str:
    """Return the name of the state in which the directories were last read or changed."""
    return session.scalar(select(GraphMark.stamp)) or ""


def _sets_of(holdings: Holdings, kept: SuggestedSets | None) -> list[int]:
    rows = kept.sets if kept is not None else []
    found = {holdings.bits_of(frozenset(rights)) for rights in rows}
    return sorted(found - {0})


def ahead(standing: SuggestFrom, aim: Aim, many: int) -> list[tuple[Worth, int]]:
    """Return the next roles one after the other, each with how many are finished after it."""
    ground = standing.ground(aim)
    steps = ground.one_after_the_other()
    return [
        (worth, ground.finished + worth.finished + standing.holdings.inside)
        for worth in islice(steps, many)
    ]

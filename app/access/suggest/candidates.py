"""Sets of rights that could become a role, gathered from many sides.

What people of a department, with a title or at a site have in common; what two people, or the
holders of two rights, have in common; rights that nearly the same people hold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from app.access.suggest.relation import Relation, bits, places, weighed

FEWEST_PEOPLE = 3
"""So many have to hold a set before it is suggested as a role."""

MOST_OF_THEM = 0.8
"""This share of a group has to hold a right before it counts as the group's."""

ALIKE = 0.7
"""Rights whose holders overlap so far (common of all) are taken for one set."""

MOST_ROWS = 1200
"""Up to so many kinds of people each is compared with each."""

MOST_PARTNERS = 12
"""With more, each right is tried with so many of those most often held with it."""

Marks = Mapping[int, tuple[tuple[str, str], ...]]
"""Of a person: attributes with their values, as ``(("department", "Sales"), ("site", "Lyon"))``."""


@dataclass(frozen=True, slots=True)
class Group:
    """People who have one or two attributes in common; ``people`` by number, ``kinds`` as bits."""

    marks: tuple[tuple[str, str], ...]
    people: frozenset[int]
    kinds: int

    @property
    def name(self) -> str:
        """Return the values of the attributes: ``Production, Lyon``."""
        return ", ".join(value for _, value in self.marks)


def groups_of(relation: Relation, marks: Marks) -> list[Group]:
    """Return the groups of people that attributes and pairs of them make, large enough for a
    role.
    """
    found: defaultdict[tuple[tuple[str, str], ...], set[int]] = defaultdict(set)
    for person, own in marks.items():
        known = [mark for mark in own if mark[1]]
        for many in (1, 2):
            for some in combinations(known, many):
                found[some].add(person)
    kind_of = {one: i for i, kind in enumerate(relation.people) for one in kind}
    return [
        Group(
            some,
            frozenset(people),
            bits(kind_of[one] for one in people if one in kind_of),
        )
        for some, people in sorted(found.items())
        if len(people) >= FEWEST_PEOPLE
    ]


def candidates(
    relation: Relation,
    groups: Iterable[Group],
    told: Callable[[int], None] = lambda done: None,
) -> list[int]:
    """Return sets of rights (bits) that at least three people hold, each once, in a fixed order.

    ``told`` hears how many of 100 parts of the work are done.
    """
    found: set[int] = set(relation.rows)
    found.update(of_groups(relation, groups))
    told(10)
    found.update(_held_alike(relation))
    told(25)
    if len(relation.rows) <= MOST_ROWS:
        found.update(one & other for one, other in combinations(relation.rows, 2))
    else:
        for number, some in enumerate(_closed(relation), 1):
            found.update(some)
            told(25 + 65 * number // len(relation.rights))
    found.discard(0)
    told(90)
    return sorted(one for one in found if _held_by_enough(relation, one))


def _held_by_enough(relation: Relation, rights: int) -> bool:
    return weighed(relation.holders(rights), relation.heads) >= FEWEST_PEOPLE


def of_groups(relation: Relation, groups: Iterable[Group]) -> Iterator[int]:
    """Yield what most of each group hold: all of it, and what is the group's more than any
    other's.
    """
    groups = list(groups)
    counted = [_counted(relation, group) for group in groups]
    best = _whose(relation, groups, counted)
    for at, (group, held) in enumerate(zip(groups, counted, strict=True)):
        usual = [
            j for j, count in held.items() if count >= MOST_OF_THEM * len(group.people)
        ]
        yield bits(usual)
        yield bits(j for j in usual if best[j] == at)


def _counted(relation: Relation, group: Group) -> Counter[int]:
    """Return how many people of a group hold each kind of right."""
    found: Counter[int] = Counter()
    for i in places(group.kinds):
        here = sum(person in group.people for person in relation.people[i])
        for j in places(relation.rows[i]):
            found[j] += here
    return found


def _whose(
    relation: Relation, groups: list[Group], counted: list[Counter[int]]
) -> dict[int, int]:
    """Return for each kind of right the group its holders are most alike."""
    best: dict[int, tuple[float, int]] = {}
    for at, (group, held) in enumerate(zip(groups, counted, strict=True)):
        for j, common in held.items():
            holders = weighed(relation.columns[j], relation.heads)
            overlap = common / (holders + len(group.people) - common)
            if (overlap, -at) > best.get(j, (0.0, 0)):
                best[j] = overlap, -at
    return {j: -at for j, (_, at) in best.items()}


def _held_alike(relation: Relation) -> Iterator[int]:
    """Yield rights that nearly the same people hold."""
    sizes = [weighed(column, relation.heads) for column in relation.columns]
    for j in range(len(relation.rights)):
        found = 1 << j
        for other, common in _together(relation, j).items():
            if common >= ALIKE * (sizes[j] + sizes[other] - common):
                found |= 1 << other
        yield found


def _together(relation: Relation, right: int) -> Counter[int]:
    """Return how many people hold each other kind of right beside this one."""
    found: Counter[int] = Counter()
    for i in places(relation.columns[right]):
        for j in places(relation.rows[i] & ~(1 << right)):
            found[j] += relation.heads[i]
    return found


def _closed(relation: Relation) -> Iterator[list[int]]:
    """Yield for one right after the other what all its holders have in common, and those who hold
    another one that often goes with it.
    """
    for j, column in enumerate(relation.columns):
        often = _together(relation, j).most_common(MOST_PARTNERS)
        both = (column & relation.columns[other] for other, _ in often)
        yield [relation.shared(people) for people in (column, *both)]

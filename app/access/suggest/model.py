"""A whole role model with few assignments: roles, who is in them, what they give.

Begun with the roles that save most, then parts of it are taken down and built again as long as it
gets smaller (large neighbourhood search, with the same dice each time).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations
from random import Random

from app.access.suggest.certificate import MinedRole
from app.access.suggest.relation import Relation, places, weighed

WORK = 2_400_000
"""So much is tried, in assignments looked at: a model ten times larger a tenth as often."""

MOST_ROUNDS = 6000

MOST_AT_ONCE = 60
"""Of the people a round touches, so many are compared with each other."""

HOW_MANY = (1, 2, 3, 4, 6, 9)
"""So many roles are taken down at a time."""


def few_assignments(
    relation: Relation,
    sets: Sequence[int],
    rounds: int | None = None,
) -> tuple[MinedRole, ...]:
    """Return roles that are together exactly what is held, with few roles and assignments.

    ``sets`` are where to begin; ``rounds`` how often a part is built anew, as often as is worth it
    unless said.
    """
    model = _Model(relation, sets)
    cells = sum(row.bit_count() for row in relation.rows)
    often = min(MOST_ROUNDS, WORK // max(cells, 1))
    for _ in range(often if rounds is None else rounds):
        model.try_once()
    return tuple(model.roles)


def price(relation: Relation, roles: Iterable[MinedRole]) -> int:
    """Return the number of roles, of assignments to them, and of the rights in them, in all."""
    return sum(
        1 + weighed(role.people, relation.heads) + weighed(role.rights, relation.widths)
        for role in roles
    )


class _Model:
    def __init__(self, relation: Relation, sets: Sequence[int]) -> None:
        self.relation, self.dice = relation, Random(1)  # noqa: S311 - the same dice each time
        self.sets = [MinedRole(relation.holders(rights), rights) for rights in sets]
        start = _filled(relation, relation.rows, self.sets)
        self.roles = _tidied(relation, start, _everything(relation))
        self.price = price(relation, self.roles)

    def try_once(self) -> None:
        """Take some roles down and build them again; keep what is no dearer."""
        if not self.roles:
            return
        gone = self._near()
        keep = [role for role in self.roles if role not in gone]
        more = [self._seed(keep)] if self.sets and self.dice.random() < 0.1 else []
        left = _uncovered(self.relation, [*keep, *more])
        built = _filled(self.relation, left, _meetings(self.relation, left))
        touched = _union([*gone, *more, *built])
        new = _tidied(self.relation, [*keep, *more, *built], touched)
        cost = price(self.relation, new)
        if cost <= self.price:
            self.roles, self.price = new, cost

    def _near(self) -> list[MinedRole]:
        """Return one role by chance and those that have most in common with it."""
        pivot = self.dice.choice(self.roles)
        many = self.dice.choice(HOW_MANY)
        near = {role: _alike(role, pivot) + self.dice.random() for role in self.roles}
        return sorted(self.roles, key=lambda role: -near[role])[:many]

    def _seed(self, keep: Sequence[MinedRole]) -> MinedRole:
        """Return a role to try: one of the sets, or what one kind of people alone would need."""
        role = self.dice.choice(self.sets)
        if self.dice.random() < 0.5:
            return role
        one = self.dice.choice([*places(role.people)])
        rights = whole = self.relation.rows[one]
        for other in keep:
            if other.people >> one & 1 and self.dice.random() < 0.4:
                rights &= ~other.rights
        return MinedRole(1 << one, rights or whole)


def _alike(one: MinedRole, other: MinedRole) -> float:
    people = (one.people & other.people).bit_count() / (
        one.people | other.people
    ).bit_count()
    rights = (one.rights & other.rights).bit_count() / (
        one.rights | other.rights
    ).bit_count()
    return people + rights


def _union(roles: Iterable[MinedRole]) -> MinedRole:
    people = rights = 0
    for role in roles:
        people |= role.people
        rights |= role.rights
    return MinedRole(people, rights)


def _everything(relation: Relation) -> MinedRole:
    return MinedRole((1 << len(relation.rows)) - 1, (1 << len(relation.rights)) - 1)


def _uncovered(relation: Relation, roles: Iterable[MinedRole]) -> list[int]:
    left = list(relation.rows)
    for role in roles:
        for i in places(role.people):
            left[i] &= ~role.rights
    return left


def _meetings(relation: Relation, left: Sequence[int]) -> list[MinedRole]:
    """Return what people of whom something is left have in common, two by two, and each alone."""
    open_ones = [i for i, row in enumerate(left) if row][:MOST_AT_ONCE]
    found: set[int] = set()
    for i in open_ones:
        found |= {relation.rows[i], left[i]}
    for i, other in combinations(open_ones, 2):
        found |= {left[i] & left[other], relation.rows[i] & relation.rows[other]}
    found.discard(0)
    return [MinedRole(relation.holders(rights), rights) for rights in sorted(found)]


def _filled(
    relation: Relation, rows: Sequence[int], sets: Sequence[MinedRole]
) -> list[MinedRole]:
    """Return roles that cover what is left in ``rows``: always the set that saves most next, at
    last what saves nothing.
    """
    left, found = list(rows), []
    heap = [(-_saving(relation, left, role)[0], at) for at, role in enumerate(sets)]
    heapify(heap)
    while heap and heap[0][0] < 0:
        _, at = heappop(heap)
        saving, role = _saving(relation, left, sets[at])
        if saving <= 0:
            continue
        if heap and -saving > heap[0][0]:
            heappush(heap, (-saving, at))
            continue
        found.append(role)
        for i in places(role.people):
            left[i] &= ~role.rights
        heappush(heap, (-saving, at))
    return [*found, *_what_is_left(relation, left)]


def _saving(
    relation: Relation, left: Sequence[int], role: MinedRole
) -> tuple[int, MinedRole]:
    """Return what a role saves over single assignments, without those for whom it saves nothing."""
    people, rights = role.people, role.rights
    while True:
        staying, gains = 0, dict.fromkeys(places(rights), -1)
        for i in places(people):
            mine = left[i] & rights
            if weighed(mine, relation.widths) > 1:
                staying |= 1 << i
                for j in places(mine):
                    gains[j] += relation.heads[i]
        useful = {j: gain for j, gain in gains.items() if gain > 0}
        kept = sum(1 << j for j in useful)
        if (staying, kept) == (people, rights):
            break
        people, rights = staying, kept
    gained = sum(gain * relation.widths[j] for j, gain in useful.items())
    saving = gained - 1 - weighed(people, relation.heads)
    return saving, MinedRole(people, rights)


def _what_is_left(relation: Relation, left: Sequence[int]) -> list[MinedRole]:
    """Return roles for the rest: by right or by person, whichever is less."""
    holders: defaultdict[int, int] = defaultdict(int)
    for i, row in enumerate(left):
        for j in places(row):
            holders[j] |= 1 << i
    rights: defaultdict[int, int] = defaultdict(int)
    for j, people in holders.items():
        rights[people] |= 1 << j
    alike: defaultdict[int, int] = defaultdict(int)
    for i, row in enumerate(left):
        alike[row] |= 1 << i
    by_right = [MinedRole(people, rights) for people, rights in rights.items()]
    by_person = [MinedRole(people, row) for row, people in alike.items() if row]
    return min(by_right, by_person, key=lambda roles: price(relation, roles))


def _tidied(
    relation: Relation, roles: Iterable[MinedRole], touched: MinedRole
) -> list[MinedRole]:
    """Let everybody touched be in as few roles as will do, and each right be in as few; again while
    that helps.
    """
    pairs = [[role.people, role.rights] for role in roles]
    before = -1
    while True:
        _few_sets(relation.rows, pairs, touched.people, side=0)
        _few_sets(relation.columns, pairs, touched.rights, side=1)
        pairs = [pair for pair in pairs if pair[0] and pair[1]]
        found = [MinedRole(*pair) for pair in pairs]
        cost = price(relation, found)
        if cost == before:
            return [*dict.fromkeys(found)]
        before = cost


def _few_sets(
    wanted: Sequence[int], pairs: list[list[int]], touched: int, side: int
) -> None:
    """Choose anew for each of ``touched`` in which roles it is; ``side`` 0 for people, 1 for
    rights.
    """
    for at in places(touched):
        bit, row = 1 << at, wanted[at]
        own = [pair for pair in pairs if pair[side] & bit]
        if len(own) == 1:
            continue
        can = [pair for pair in pairs if pair[1 - side] and not pair[1 - side] & ~row]
        chosen = _covering(row, can, 1 - side)
        if len(chosen) > len(own):
            continue
        for pair in own:
            pair[side] &= ~bit
        for pair in chosen:
            pair[side] |= bit


def _covering(row: int, can: list[list[int]], side: int) -> list[list[int]]:
    """Return a few of ``can`` that cover a row together."""
    left, chosen = row, []
    while left:
        best = max(can, key=lambda pair: (pair[side] & left).bit_count())
        chosen.append(best)
        left &= ~best[side]
    for pair in sorted(chosen, key=lambda pair: pair[side].bit_count()):
        rest = 0
        for other in chosen:
            rest |= 0 if other is pair else other[side]
        if not row & ~rest:
            chosen = [other for other in chosen if other is not pair]
    return chosen

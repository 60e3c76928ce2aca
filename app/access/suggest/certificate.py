"""The smallest set of roles that gives everybody exactly what they hold, with its proof.

Two assignments stand in one role only if each person also holds the other's right. An assignment
whose companions are all companions of another one carries that one along (Ene et al., "Fast exact
and heuristic methods for role minimization problems", SACMAT 2008). Assignments of which no two
can share a role (a fooling set) need one role each: no model has fewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.access.suggest.relation import Relation, places

Cell = tuple[int, int]
"""An assignment: kind of people, kind of rights."""


@dataclass(frozen=True, slots=True)
class MinedRole:
    """A role as bits: kinds of people who are in it, kinds of rights they get."""

    people: int
    rights: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """Roles that together are exactly what is held; nothing does with fewer than ``at_least``."""

    roles: tuple[MinedRole, ...]
    at_least: int

    @property
    def smallest(self) -> bool:
        """Tell whether it is proven that no model has fewer roles."""
        return len(self.roles) == self.at_least


def smallest_exact(relation: Relation) -> Certificate:
    """Return few roles that give everybody exactly what they hold, and how few it must be."""
    cells, carried = _first_dominated(relation)
    kernel, more = _dominated(relation, cells)
    apart = _fooling_set(kernel)
    roles = _grouped(kernel, apart)
    _with_carried(roles, [*more, *carried])
    found = tuple(MinedRole(role.people, role.rights) for role in roles)
    if not gives_exactly(relation, found):
        raise AssertionError("roles that were mined do not give what is held")
    return Certificate(found, len(apart))


def gives_exactly(relation: Relation, roles: Iterable[MinedRole]) -> bool:
    """Tell whether everybody gets from these roles what they hold, and nothing else."""
    got = [0] * len(relation.rows)
    for role in roles:
        for i in places(role.people):
            got[i] |= role.rights
    return got == [*relation.rows]


@dataclass(slots=True)
class _Growing:
    people: int = 0
    rights: int = 0
    cells: set[Cell] = field(default_factory=set)

    def take(self, cell: Cell) -> None:
        self.people |= 1 << cell[0]
        self.rights |= 1 << cell[1]
        self.cells.add(cell)


def _first_dominated(relation: Relation) -> tuple[list[Cell], list[tuple[Cell, Cell]]]:
    """Split the assignments into those that matter, and those another one carries along.

    While nothing is taken away yet, one carries another exactly where its people hold no more and
    its right is held by no others.
    """
    rows, columns = relation.rows, relation.columns
    rarer = [_below(columns, j, rows) for j in range(len(columns))]
    kernel: list[Cell] = []
    carried: list[tuple[Cell, Cell]] = []
    for i, row in enumerate(rows):
        less = _below(rows, i, columns) & ~(1 << i)
        reached = _any(rows, less)
        for j in places(row):
            by = _smaller(relation, (i, j), less, rarer[j], reached)
            if by is None:
                kernel.append((i, j))
            else:
                carried.append(((i, j), by))
    carried.sort(key=lambda pair: (_depth(relation, pair[0]), pair[0]))
    return kernel, carried


def _depth(relation: Relation, cell: Cell) -> int:
    return relation.rows[cell[0]].bit_count() + relation.columns[cell[1]].bit_count()


def _below(sets: tuple[int, ...], at: int, other_way: tuple[int, ...]) -> int:
    """Return which sets lie inside the one at ``at``, itself with them; of equal ones the first is
    inside the others.

    Those inside have nothing of what is not in it.
    """
    outside = 0
    for place, others in enumerate(other_way):
        if not sets[at] >> place & 1:
            outside |= others
    inside = ~outside & ((1 << len(sets)) - 1)
    for later in places(inside >> (at + 1)):
        if sets[at + 1 + later] == sets[at]:
            inside &= ~(1 << (at + 1 + later))
    return inside


def _smaller(
    relation: Relation, cell: Cell, less: int, rarer: int, reached: int
) -> Cell | None:
    """Return an assignment that carries this one along, if there is one; ``reached`` is what those
    hold who hold less.
    """
    i, j = cell
    if rare := relation.rows[i] & rarer & ~(1 << j):
        return i, next(places(rare))
    if not reached & rarer:
        return None
    below = next(at for at in places(less) if relation.rows[at] & rarer)
    return below, next(places(relation.rows[below] & rarer))


@dataclass(slots=True)
class _Kernel:
    """The assignments that are left, and for each which of them can share a role with it."""

    cells: list[Cell]
    along: list[int]
    left: int

    @classmethod
    def of(cls, relation: Relation, cells: list[Cell]) -> _Kernel:
        by_row = [0] * len(relation.rows)
        by_column = [0] * len(relation.rights)
        for number, (i, j) in enumerate(cells):
            by_row[i] |= 1 << number
            by_column[j] |= 1 << number
        along = [
            _any(by_row, relation.columns[j]) & _any(by_column, relation.rows[i])
            for i, j in cells
        ]
        return cls(cells, along, (1 << len(cells)) - 1)

    def carried_by(self, number: int) -> int:
        """Return which others can go wherever this one goes."""
        found, alone = self.left, 1 << number
        for other in places(self.along[number] & self.left):
            found &= self.along[other]
            if found == alone:
                break
        return found & ~alone


def _any(sets: Sequence[int], wanted: int) -> int:
    found = 0
    for place in places(wanted):
        found |= sets[place]
    return found


def _dominated(
    relation: Relation, cells: list[Cell]
) -> tuple[_Kernel, list[tuple[Cell, Cell]]]:
    """Take away what others carry along until nothing is left that could go."""
    kernel = _Kernel.of(relation, cells)
    carried: list[tuple[Cell, Cell]] = []
    waiting = kernel.left
    while waiting:
        number = (waiting & -waiting).bit_length() - 1
        waiting &= waiting - 1
        gone = kernel.carried_by(number)
        if not gone:
            continue
        kernel.left &= ~gone
        for other in places(gone):
            carried.append((cells[other], cells[number]))
            waiting |= kernel.along[other]
        waiting &= kernel.left
    carried.reverse()
    return kernel, carried


def _fooling_set(kernel: _Kernel) -> list[int]:
    """Return assignments of which no two can share a role, those with few companions first."""
    left, found = kernel.left, []
    while left:
        number = min(
            places(left),
            key=lambda it: ((kernel.along[it] & left).bit_count(), it),
        )
        found.append(number)
        left &= ~kernel.along[number]
    return found


def _grouped(kernel: _Kernel, apart: list[int]) -> list[_Growing]:
    """Put what is left into few roles: each of the fooling set begins one, the others join."""
    groups = [1 << number for number in apart]
    alone = kernel.left & ~_all_of(groups)
    for number in sorted(places(alone), key=lambda it: _companions(kernel, it)):
        place = next(
            (at for at, one in enumerate(groups) if not one & ~kernel.along[number]),
            len(groups),
        )
        if place == len(groups):
            groups.append(0)
        groups[place] |= 1 << number
    return [_role_of(kernel.cells[it] for it in places(group)) for group in groups]


def _companions(kernel: _Kernel, number: int) -> tuple[int, int]:
    return (kernel.along[number] & kernel.left).bit_count(), number


def _all_of(groups: Iterable[int]) -> int:
    found = 0
    for group in groups:
        found |= group
    return found


def _role_of(cells: Iterable[Cell]) -> _Growing:
    role = _Growing()
    for cell in cells:
        role.take(cell)
    return role


def _with_carried(roles: list[_Growing], carried: list[tuple[Cell, Cell]]) -> None:
    """Give back what was carried along, the last taken away first: it goes where its carrier is."""
    where = {cell: role for role in roles for cell in role.cells}
    for cell, carrier in carried:
        role = where[carrier]
        role.take(cell)
        where[cell] = role

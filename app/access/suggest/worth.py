"""What the next role is worth: direct rights it takes away, what it costs, who is finished by it.

The value of a role is what its members hold directly and it covers, less one assignment for each
member and one for each right of the role, plus a weight for each person who holds nothing
directly afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from app.access.suggest.candidates import FEWEST_PEOPLE
from app.access.suggest.relation import Relation, places, weighed


class Aim(StrEnum):
    """What to look for first."""

    BOTH = "both"
    FINISH = "finish"
    SAVE = "save"


WEIGHTS = {Aim.BOTH: 0.25, Aim.FINISH: 2.0, Aim.SAVE: 0.0}
"""What one finished person counts, as a share of the rights people hold on average.

Counting finished people alone follows every right that comes or goes; saving alone finishes few.
"""


@dataclass(frozen=True, slots=True)
class Worth:
    """A set of rights as the next role, with its arithmetic (people and rights as bits of kinds).

    ``taken`` direct rights would go, ``members`` assignments and ``size`` rights of the role come;
    ``finished`` people (``done``) hold nothing directly afterwards, ``nearly`` one right.
    """

    rights: int
    people: int
    done: int
    taken: int
    members: int
    size: int
    finished: int
    nearly: int
    value: int

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Sort key: the best first, the same way whatever the order of the people."""
        return -self.value, -self.finished, self.size, self.rights


@dataclass
class Ground:
    """What people still hold directly while roles are added, and what is worth adding.

    ``left`` has for each kind of people what no role covers yet; with ``refused`` a set of rights
    is passed over.
    """

    relation: Relation
    sets: list[int]
    aim: Aim = Aim.BOTH
    refused: Callable[[int], bool] = field(default=lambda rights: False)
    left: list[int] = field(init=False)
    weight: int = field(init=False)
    _holders: list[int] = field(init=False)
    _known: dict[int, Worth | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.left = list(self.relation.rows)
        self.weight = round(WEIGHTS[self.aim] * _on_average(self.relation))
        self._holders = [self.relation.holders(rights) for rights in self.sets]

    def add(self, rights: int) -> None:
        """Count a role as there: it covers its rights for everybody who holds all of them."""
        changed = 0
        for i in places(self.relation.holders(rights)):
            if self.left[i] & rights:
                self.left[i] &= ~rights
                changed |= 1 << i
        for number, holders in enumerate(self._holders):
            if holders & changed:
                self._known.pop(number, None)

    @property
    def finished(self) -> int:
        """Return how many people hold nothing directly by now."""
        heads = self.relation.heads
        return sum(heads[i] for i, left in enumerate(self.left) if not left)

    def best(self, many: int = 1) -> list[Worth]:
        """Return the sets that are worth most as the next role, best first, none twice."""
        known: dict[int, Worth] = {}
        for number in range(len(self.sets)):
            worth = self._worth(number)
            if worth is not None:
                known.setdefault(worth.rights, worth)
        ordered = sorted(known.values(), key=lambda worth: worth.order)
        found: list[Worth] = []
        for worth in ordered:
            if len(found) == many:
                break
            if not self.refused(worth.rights):
                found.append(worth)
        return found

    def one_after_the_other(self) -> Iterator[Worth]:
        """Yield the next best role, count it as there, and go on until none is worth it."""
        while found := self.best():
            yield found[0]
            self.add(found[0].rights)

    def _worth(self, number: int) -> Worth | None:
        if number not in self._known:
            self._known[number] = self.worth_of(
                self.sets[number], self._holders[number]
            )
        return self._known[number]

    def worth_of(self, rights: int, holders: int | None = None) -> Worth | None:
        """Return what a set is worth as the next role; nothing where it costs more than it saves.

        The set stays whole, whatever other roles cover of it: with every role trimmed to what the
        ones before it left, one lost right would change all that follow.
        """
        people = self.relation.holders(rights) if holders is None else holders
        return self._weighed(self._helped(people, rights), rights)

    def _helped(self, people: int, rights: int) -> int:
        """Return for whom the role saves an assignment, or finishes them."""
        found = 0
        for i in places(people):
            mine, rest = self.left[i] & rights, self.left[i] & ~rights
            saves = weighed(mine, self.relation.widths) > 1
            if mine and (saves or not rest):
                found |= 1 << i
        return found

    def _weighed(self, people: int, rights: int) -> Worth | None:
        relation, left = self.relation, self.left
        taken = nearly = done = 0
        for i in places(people):
            heads = relation.heads[i]
            taken += heads * weighed(left[i] & rights, relation.widths)
            over = weighed(left[i] & ~rights, relation.widths)
            done |= (over == 0) << i
            nearly += heads * (over == 1)
        members = weighed(people, relation.heads)
        size = weighed(rights, relation.widths)
        finished = weighed(done, relation.heads)
        value = taken - members - size + self.weight * finished
        if members < FEWEST_PEOPLE or value <= 0:
            return None
        return Worth(
            rights, people, done, taken, members, size, finished, nearly, value
        )


def _on_average(relation: Relation) -> float:
    rows = zip(relation.rows, relation.heads, strict=True)
    held = sum(heads * weighed(row, relation.widths) for row, heads in rows)
    return held / max(1, sum(relation.heads))


def overlap(one: Iterable[int], other: Iterable[int]) -> float:
    """Return how far two sets are the same: what they share of all (Jaccard), 1 for the same."""
    first, second = frozenset(one), frozenset(other)
    every = first | second
    return len(first & second) / len(every) if every else 1.0

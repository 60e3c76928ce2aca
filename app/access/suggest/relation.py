"""Who holds what, as bits: people and rights that are alike stand together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Relation:
    """Kinds of people (rows) and kinds of rights (columns).

    ``rows[i]`` has bit *j* where the people of kind *i* hold the rights of kind *j*; ``people[i]``
    and ``rights[j]`` name who and what stands together, each once.
    """

    rows: tuple[int, ...]
    people: tuple[tuple[int, ...], ...]
    rights: tuple[tuple[int, ...], ...]

    @classmethod
    def of(
        cls, held: Mapping[int, Iterable[int]], apart: Sequence[Container[int]] = ()
    ) -> Relation:
        """Return the relation of who holds what; people without rights are not in it.

        Rights of which only one is in a set of ``apart`` do not stand together.
        """
        holders = _holders(held)
        rights = _alike(
            {
                right: (people, *(right in one for one in apart))
                for right, people in holders.items()
            }
        )
        number = {right: j for j, kind in enumerate(rights) for right in kind}
        rows = {
            person: bits(number[right] for right in of_person)
            for person, of_person in held.items()
        }
        people = _alike({person: row for person, row in rows.items() if row})
        return cls(tuple(rows[kind[0]] for kind in people), people, rights)

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """Return for each kind of right who holds it, as bits of kinds of people."""
        found = [0] * len(self.rights)
        for i, row in enumerate(self.rows):
            for j in places(row):
                found[j] |= 1 << i
        return tuple(found)

    @cached_property
    def heads(self) -> tuple[int, ...]:
        """Return how many people are of each kind."""
        return tuple(map(len, self.people))

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Return how many rights are of each kind."""
        return tuple(map(len, self.rights))

    def holders(self, rights: int) -> int:
        """Return who holds all of some rights; everybody for none."""
        found = (1 << len(self.rows)) - 1
        for j in places(rights):
            found &= self.columns[j]
        return found

    def shared(self, people: int) -> int:
        """Return what all of some people hold; everything for nobody."""
        found = (1 << len(self.rights)) - 1
        for i in places(people):
            found &= self.rows[i]
        return found


def bits(numbers: Iterable[int]) -> int:
    """Return the number with these bits set."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def places(number: int) -> Iterator[int]:
    """Yield which bits of a number are set, lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def weighed(number: int, weights: tuple[int, ...]) -> int:
    """Return the sum of the weights of the bits that are set."""
    return sum(weights[place] for place in places(number))


def _holders(held: Mapping[int, Iterable[int]]) -> dict[int, frozenset[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for person, rights in held.items():
        for right in rights:
            found[right].add(person)
    return {right: frozenset(people) for right, people in found.items()}


def _alike(of: Mapping[int, object]) -> tuple[tuple[int, ...], ...]:
    """Return the keys that have the same value together, each list and all of them in order."""
    together: defaultdict[object, list[int]] = defaultdict(list)
    for key in sorted(of):
        together[of[key]].append(key)
    return tuple(tuple(keys) for keys in together.values())

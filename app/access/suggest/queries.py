"""The next role as somebody reads it: who, why, what it changes, what is left after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.suggest.candidates import Group
from app.access.suggest.ground import AHEAD, Holdings, RightSet, SuggestFrom, ahead
from app.access.suggest.worth import Aim, Ground, Worth, overlap
from app.directory.rules import PersonRow, names
from app.models.access.suggestion import RefusedSuggestion

NAMED_FROM = 0.5
"""A suggestion bears the name of a group when it shares so much with its members."""

OTHERS = 3
"""So many other sets are named beside the best."""

LACKING = 2
"""People of the group are named who would gain up to so many rights."""


@dataclass(frozen=True, slots=True)
class NamedRight:
    """A right with its name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Gain:
    """Somebody of the group who does not hold all of it, and what would be gained."""

    person: PersonRow
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A role there is, and how many rights of the suggestion are in it too."""

    role_id: int
    role: str
    rights: int


@dataclass(frozen=True, slots=True)
class SuggestedRole:
    """A set of rights that could be the next role.

    ``group`` names what its people have in common, ``inside`` of ``size`` people of the group hold
    it, and ``outside`` people who are not in the group.
    """

    rights: tuple[NamedRight, ...]
    people: tuple[PersonRow, ...]
    worth: Worth
    group: str
    inside: int
    size: int
    outside: int
    finished: tuple[PersonRow, ...]
    gains: tuple[Gain, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def first(self) -> PersonRow:
        """Return whom to begin with: somebody who is done afterwards, if there is one."""
        return (self.finished or self.people)[0]

    @property
    def ids(self) -> list[int]:
        """Return the numbers of the rights."""
        return [right.id for right in self.rights]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How many people are finished after so many roles; ``role`` names one there is."""

    roles: int
    finished: int
    role: str = ""
    rights: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next suggestion, others that would do as well, and how far one gets."""

    best: SuggestedRole | None
    others: tuple[SuggestedRole, ...]
    curve: tuple[CurvePoint, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A set that was refused: its rights by name, why, by whom."""

    id: int
    rights: tuple[str, ...]
    reason: str
    by: str


def outlook(state: SuggestFrom, aim: Aim) -> Outlook:
    """Return what to read about the next role of a directory."""
    return state.holdings.graph.once(
        ("outlook", aim, state.key),
        lambda graph: _outlook(state, aim),
    )


def _outlook(state: SuggestFrom, aim: Aim) -> Outlook:
    found = [told(state, worth) for worth in state.ground(aim).best(1 + OTHERS)]
    best = next(iter(found), None)
    return Outlook(best, tuple(found[1:]), curve(state, aim), state.total)


def told(state: SuggestFrom, worth: Worth) -> SuggestedRole:
    """Return a set with the people, the group and the names it stands for."""
    holdings = state.holdings
    rights = holdings.rights_of(worth.rights)
    people = holdings.people_of(worth.people)
    group = _group_of(holdings, people)
    inside = [one for one in people if group and one.id in group.people]
    return SuggestedRole(
        _named(holdings, rights),
        tuple(people),
        worth,
        group.name if group else "",
        len(inside),
        len(group.people) if group else 0,
        len(people) - len(inside) if group else 0,
        tuple(holdings.people_of(worth.done)),
        tuple(_gains(holdings, rights, group)),
        tuple(_overlaps(state, rights)),
    )


def _named(holdings: Holdings, rights: Iterable[int]) -> tuple[NamedRight, ...]:
    found = [NamedRight(right, names(holdings.graph, right)) for right in rights]
    return tuple(sorted(found, key=lambda right: (right.name.lower(), right.id)))


def _group_of(holdings: Holdings, people: Iterable[PersonRow]) -> Group | None:
    members = frozenset(person.id for person in people)
    alike = (
        (overlap(members, group.people), -len(group.marks), group.name, group)
        for group in holdings.groups
    )
    best = max(alike, key=lambda one: one[:3], default=None)
    return best[3] if best and best[0] >= NAMED_FROM else None


def _gains(holdings: Holdings, rights: RightSet, group: Group | None) -> list[Gain]:
    found = []
    for one in sorted(group.people) if group else ():
        lacking = rights - holdings.graph.direct[one]
        if 0 < len(lacking) <= min(LACKING, len(rights) - 1):
            missing = (right.name for right in _named(holdings, lacking))
            found.append(Gain(holdings.graph.people[one], tuple(missing)))
    return sorted(found, key=lambda gain: (len(gain.rights), gain.person.name.lower()))


def _overlaps(state: SuggestFrom, rights: RightSet) -> list[Overlap]:
    shared = [(role, name, len(own & rights)) for role, name, own in state.roles]
    found = [Overlap(*one) for one in shared if one[2]]
    return sorted(found, key=lambda one: (-one.rights, one.role.lower()))


def curve(state: SuggestFrom, aim: Aim) -> tuple[CurvePoint, ...]:
    """Return how many people are finished after each role: those there are, then those ahead."""
    ground = Ground(state.holdings.relation, [])
    points = [CurvePoint(0, state.holdings.inside)]
    for number, (_, name, rights) in enumerate(state.roles, 1):
        ground.add(state.holdings.covered_by(rights))
        done = ground.finished + state.holdings.inside
        points.append(CurvePoint(number, done, name, len(rights)))
    to_come = _to_come(state, aim)
    for number, (size, done) in enumerate(to_come, len(points)):
        points.append(CurvePoint(number, done, "", size))
    return tuple(points)


def _to_come(state: SuggestFrom, aim: Aim) -> list[tuple[int, int]]:
    if state.kept is not None:
        kept = state.kept.ahead if aim is Aim.BOTH else []
        return [(size, done) for size, done in kept]
    return [(worth.size, done) for worth, done in ahead(state, aim, AHEAD)]


def refused_lines(
    session: Session, directory_id: int, state: SuggestFrom
) -> list[RefusedLine]:
    """Return what was refused, the newest first."""
    graph = state.holdings.graph
    wanted = select(RefusedSuggestion).where(
        RefusedSuggestion.directory_id == directory_id
    )
    rows = session.scalars(wanted.order_by(RefusedSuggestion.id.desc()))
    return [
        RefusedLine(
            row.id,
            tuple(names(graph, right) for right in row.rights if right in graph.rights),
            row.reason,
            row.refused_by,
        )
        for row in rows
    ]

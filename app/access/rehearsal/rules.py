"""The answers to real questions before and after a plan, compared as sets of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.access.document import PlanDocument
from app.access.rules import people_below
from app.directory.rules import DIRECT, MEMBEROF, RECURSIVE, Graph, QuestionLine
from ldap_sync.dn import fold_or_self
from ldap_sync.logs import Way
from ldap_sync.values import DirectoryChange

Answers = Mapping[tuple[int, str], frozenset[int]]
"""Who of the wave is in the answer to a question about a right, under a lens."""


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """Questions about one right in one way whose answer changes: who drops out, who comes in."""

    right_id: int
    way: Way
    askers: tuple[str, ...]
    count: int
    lost: frozenset[int]
    gained: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """So many questions, so many of them with the same answer, and the others."""

    questions: int
    same: int
    changes: tuple[AnswerChange, ...]
    asked: tuple[tuple[int, str], ...]


def rehearse(
    lines: Sequence[QuestionLine],
    before: Answers,
    after: Answers,
    rights: Iterable[int],
) -> Rehearsal:
    """Compare the answers to all questions of the log that the wave can have to do with.

    ``rights`` are those that somebody of the wave holds before or after. A question about all
    groups has the same answer only where none of them changes.
    """
    concerned = frozenset(rights)
    met = [one for one in lines if one.right_id is None or one.right_id in concerned]
    changed = _Changed(before, after, concerned)
    same = sum(line.count for line in met if not changed.by(line))
    asked = {(right, line.lens) for line in met for right in changed.meant(line)}
    return Rehearsal(
        questions=sum(line.count for line in met),
        same=same,
        changes=_gathered(met, changed),
        asked=tuple(sorted(asked)),
    )


@dataclass(frozen=True, slots=True)
class _Changed:
    before: Answers
    after: Answers
    concerned: frozenset[int]

    def meant(self, line: QuestionLine) -> frozenset[int]:
        """Return the rights a question is about."""
        return self.concerned if line.right_id is None else frozenset((line.right_id,))

    def by(self, line: QuestionLine) -> list[int]:
        """Return the rights among them about which the answer changes."""
        return [
            right
            for right in self.meant(line)
            if self.before[right, line.lens] != self.after[right, line.lens]
        ]


def _gathered(
    lines: Iterable[QuestionLine], changed: _Changed
) -> tuple[AnswerChange, ...]:
    found: dict[tuple[int, Way], list[QuestionLine]] = defaultdict(list)
    for line in lines:
        for right in changed.by(line):
            found[right, line.way].append(line)
    changes = [_change(*key, some, changed) for key, some in found.items()]
    return tuple(
        sorted(
            changes,
            key=lambda one: (-len(one.lost), one.right_id),
        )
    )


def _change(
    right: int, way: Way, lines: Sequence[QuestionLine], changed: _Changed
) -> AnswerChange:
    key = right, lines[0].lens
    before, after = changed.before[key], changed.after[key]
    return AnswerChange(
        right_id=right,
        way=way,
        askers=tuple(dict.fromkeys(line.who for line in lines)),
        count=sum(line.count for line in lines),
        lost=before - after,
        gained=after - before,
    )


def answers(
    graph: Graph, people: frozenset[int], rights: Iterable[int], transitive: bool
) -> dict[tuple[int, str], frozenset[int]]:
    """Return who of ``people`` each right shows under each lens; ``transitive``: memberOf
    follows groups inside groups.
    """
    found = {}
    for right in rights:
        direct = graph.members.get(right, frozenset()) & people
        below = people_below(graph, right) & people
        found[right, DIRECT] = direct
        found[right, MEMBEROF] = below if transitive else direct
        found[right, RECURSIVE] = below
    return found


NEW_ROLE_GROUP = -1


class Worlds:
    """The directory without what a plan does, and with all of it, whatever of it is done by now."""

    def __init__(self, graph: Graph, plan: PlanDocument) -> None:
        self._plan = plan
        self._groups = {
            fold_or_self(right.dn): key for key, right in graph.rights.items()
        }
        self._groups.setdefault(
            fold_or_self(plan.role_group.dn),
            NEW_ROLE_GROUP,
        )
        self._people = _by_name(graph)
        self.before = self._with(graph, done=False)
        self.after = self._with(graph, done=True)

    @property
    def role_group(self) -> int:
        """Return the role's own group: that people come into it is no answer that changes."""
        return self._groups[fold_or_self(self._plan.role_group.dn)]

    def _with(self, graph: Graph, *, done: bool) -> Graph:
        members = {key: set(some) for key, some in graph.members.items()}
        children = {key: set(some) for key, some in graph.children.items()}
        members.setdefault(NEW_ROLE_GROUP, set())
        children.setdefault(NEW_ROLE_GROUP, set())
        for change in self._changes():
            group = self._groups.get(fold_or_self(change.dn))
            if group is None:
                continue
            comes, goes = change.add, change.delete
            if not done:
                comes, goes = goes, comes
            self._put(
                members[group],
                children[group],
                goes,
                comes,
            )
        return replace(
            graph,
            members={key: frozenset(some) for key, some in members.items()},
            children={key: frozenset(some) for key, some in children.items()},
        )

    def _put(
        self,
        members: set[int],
        children: set[int],
        goes: Iterable[str],
        comes: Iterable[str],
    ) -> None:
        members -= self._found(self._people, goes)
        children -= self._found(self._groups, goes)
        members |= self._found(self._people, comes)
        children |= self._found(self._groups, comes)

    @staticmethod
    def _found(known: Mapping[str, int], values: Iterable[str]) -> set[int]:
        folded = (fold_or_self(value) for value in values)
        return {known[value] for value in folded if value in known}

    def _changes(self) -> Iterable[DirectoryChange]:
        for step in self._plan.steps:
            if isinstance(step.change, DirectoryChange):
                yield step.change


def _by_name(graph: Graph) -> dict[str, int]:
    people = {fold_or_self(one.uid): one.id for one in graph.people.values()}
    return people | {fold_or_self(one.dn): one.id for one in graph.people.values()}

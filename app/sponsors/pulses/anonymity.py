"""Who may be shown in anonymous answers: nobody can be singled out, not even by subtracting groups
(k = 5).

Results are released when a survey closes and not before: two looks at a growing result tell one
person's answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

K = 5


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Answers of a unit and of the units inside it.

    People of the unit who are in none of them count too.
    """

    name: str
    answers: int
    inside: tuple[AnswerGroup, ...] = ()


def releasable(answers: Mapping[str, int], k: int = K) -> frozenset[str]:
    """Return which sibling groups may be shown when their sum is shown as well.

    A group shows with at least ``k`` answers, if the hidden ones together are none or at least
    ``k``; otherwise the next smallest is hidden too.
    """
    order = sorted(answers, key=lambda name: (answers[name], name))
    hidden = sum(answers[name] for name in order if answers[name] < k)
    shown = [name for name in order if answers[name] >= k]
    while shown and 0 < hidden < k:
        hidden += answers[shown.pop(0)]
    return frozenset(shown)


def visible(root: AnswerGroup, k: int = K) -> frozenset[str]:
    """Return the names of all units that may be shown, from the whole down; nothing inside a hidden
    unit shows.
    """
    return frozenset(_visible(root, k)) if root.answers >= k else frozenset()


def _visible(unit: AnswerGroup, k: int) -> Sequence[str]:
    siblings = {inner.name: inner.answers for inner in unit.inside}
    direct = unit.answers - sum(siblings.values())
    # The nameless sibling: those who belong to the unit itself and to nothing inside it.
    shown = releasable({**siblings, "": direct} if direct else siblings, k)
    found = [unit.name]
    for inner in unit.inside:
        if inner.name in shown:
            found += _visible(inner, k)
    return found

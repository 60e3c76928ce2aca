"""The shortest way to have most people finished: whom to leave on direct rights, which roles for
the others, in which order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.access.suggest.certificate import MinedRole, smallest_exact
from app.access.suggest.relation import Relation, places, weighed

AT_A_TIME = 4
"""Of the people that may stay aside, one in so many is chosen before roles are sought again."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A role of the plan and how many people are finished once it and all before it are there."""

    role: MinedRole
    finished: int


@dataclass(frozen=True, slots=True)
class FinishingPlan:
    """Roles in the order in which most are finished soonest; ``aside`` people (kinds as bits) keep
    direct rights.
    """

    steps: tuple[PlanStep, ...]
    aside: int
    at_least: int


def finishing_plan(relation: Relation, share: float) -> FinishingPlan:
    """Return the roles with which this share of the people (0–1) holds nothing directly.

    People are left aside as long as that spares roles; for the others the roles are exact, and
    ``at_least`` says how few it must be for just them.
    """
    total = sum(relation.heads)
    spare = total - _needed(total, share)
    aside = 0
    found = smallest_exact(relation)
    while spare > 0:
        more = _cheapest(relation, found.roles, aside, spare)
        if not more:
            break
        aside |= more
        spare -= weighed(more, relation.heads)
        found = smallest_exact(without(relation, aside))
    return FinishingPlan(_in_order(relation, found.roles, aside), aside, found.at_least)


def _needed(total: int, share: float) -> int:
    """Return how many people a share is, rounded up."""
    exact = total * share
    return int(exact) + (exact > int(exact) + 1e-9)


def without(relation: Relation, aside: int) -> Relation:
    """Return the relation with some kinds of people holding nothing."""
    rows = (0 if aside >> i & 1 else row for i, row in enumerate(relation.rows))
    return Relation(tuple(rows), relation.people, relation.rights)


def _cheapest(
    relation: Relation, roles: Sequence[MinedRole], aside: int, spare: int
) -> int:
    """Return who has to be left aside so that some roles are spared: a few people a role."""
    needing = _needing(relation, roles, aside)
    sized = sorted(
        (weighed(people, relation.heads), people) for people in needing if people
    )
    found = taken = 0
    for heads, people in sized:
        if taken + heads > max(spare // AT_A_TIME, sized[0][0]) or heads > spare:
            break
        if not people & found:
            found |= people
            taken += heads
    return found


def _needing(relation: Relation, roles: Sequence[MinedRole], aside: int) -> list[int]:
    """Return for each role who is not finished without it."""
    found = [0] * len(roles)
    mine: list[list[int]] = [[] for _ in relation.rows]
    for number, role in enumerate(roles):
        for i in places(role.people & ~aside):
            mine[i].append(number)
    for i, numbers in enumerate(mine):
        once, twice = 0, 0
        for number in numbers:
            twice |= once & roles[number].rights
            once |= roles[number].rights
        for number in numbers:
            if roles[number].rights & ~twice:
                found[number] |= 1 << i
    return found


def _in_order(
    relation: Relation, roles: Sequence[MinedRole], aside: int
) -> tuple[PlanStep, ...]:
    """Put the roles so that people are finished as early as can be seen one role ahead."""
    left = [0 if aside >> i & 1 else row for i, row in enumerate(relation.rows)]
    waiting, found, finished = list(roles), [], 0
    while waiting:
        chosen = max(waiting, key=lambda role: _soon(relation, role, left))
        waiting.remove(chosen)
        for i in places(relation.holders(chosen.rights)):
            finished += relation.heads[i] * bool(
                left[i] and not left[i] & ~chosen.rights
            )
            left[i] &= ~chosen.rights
        found.append(PlanStep(chosen, finished))
    return tuple(found)


def _soon(
    relation: Relation, role: MinedRole, left: Sequence[int]
) -> tuple[int, float, int]:
    """Sort key of the next role: who is finished by it, how far it brings the others."""
    done, near = 0, 0.0
    for i in places(relation.holders(role.rights)):
        if left[i] & role.rights:
            rest = (left[i] & ~role.rights).bit_count()
            done += relation.heads[i] * (rest == 0)
            near += relation.heads[i] / (1 + rest)
    return done, near, -role.rights

"""Blast limits: how much one wave may touch, checked before the first write (design 5.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.access.rules.document import PlanDocument


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force: people in one wave, share (0–1) of a group that may lose it, values
    deleted in an hour.
    """

    people: int
    share_of_group: float
    deletions_per_hour: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a plan would touch: people, values deleted, and for each right how many of its holders
    would lose it.
    """

    people: int
    deletions: int
    losers: Mapping[str, int]


def reach_of(plan: PlanDocument) -> Reach:
    """Count what a plan would touch."""
    deletions = sum(len(step.deletes) for person in plan.people for step in person.steps)
    lost = Counter(loss.right for person in plan.people for loss in person.losses if loss.is_real)
    return Reach(len(plan.people), deletions, dict(lost))


def exceeded(
    reach: Reach, limits: Limits, holders: Mapping[str, int], deleted_this_hour: int
) -> tuple[str, ...]:
    """Return a sentence with its arithmetic for every limit this plan would exceed.

    ``holders`` counts who holds each right now. A right with fewer than four holders has no
    meaningful share.
    """
    found = []
    if reach.people > limits.people:
        found.append(f"{reach.people} people in one wave; the limit is {limits.people}.")
    for right, losers in sorted(reach.losers.items()):
        held = holders.get(right, losers)
        if held >= 4 and losers > held * limits.share_of_group:
            found.append(
                f"{losers} of the {held} people in {right} would lose it; the limit is "
                f"{limits.share_of_group:.0%}."
            )
    if deleted_this_hour + reach.deletions > limits.deletions_per_hour:
        found.append(
            f"{reach.deletions} values to delete and {deleted_this_hour} deleted in the last hour; "
            f"the limit is {limits.deletions_per_hour} an hour."
        )
    return tuple(found)

"""Who travels together: people who touch the same groups, a few at a time, and one before all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.access.engine.errand import Errand
from app.models.access.wave import Switch

Batch = list[int]
"""The switches of those who travel together."""


def batches(errand: Errand, waiting: Sequence[Switch], size: int) -> Iterator[Batch]:
    """Yield batches of at most ``size`` people; the first is one person alone, so that a fault of
    the plan or the server shows on one before it can on many.
    """
    if waiting:
        yield [waiting[0].id]
    yield from alike(errand, waiting[1:], size)


def alike(errand: Errand, waiting: Sequence[Switch], size: int) -> Iterator[Batch]:
    """Yield batches of at most ``size`` people, those who touch the same groups together: the
    fewer groups a batch touches, the fewer Modifies it needs.
    """
    ordered = sorted(waiting, key=lambda switch: _groups(errand, switch))
    for start in range(0, len(ordered), size):
        yield [switch.id for switch in ordered[start : start + size]]


def _groups(errand: Errand, switch: Switch) -> list[str]:
    return sorted(step.group_key for step in errand.part_of(switch).going)

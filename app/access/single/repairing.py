"""Repair what others changed: at roles by a plan of the role, at single rights one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from app.access.drift.deciding import (
    demand_repairable,
    open_differences,
    repair,
    repaired_by,
)
from app.access.drift.rules import sentence_of
from app.access.plan.values import KeptOutside
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.core.acting import Acting
from app.core.errors import Refused
from app.core.said import said
from app.models.access.drift import Drift
from app.models.access.wave import Wave
from app.models.access.words import DriftKind

TAKEN = said("It was taken before, and came back by another hand.")
GIVEN = said("It was given before, and another hand took it.")


def repair_differences(act: Acting, numbers: Collection[int]) -> list[Wave]:
    """Plan the repair of differences, a wave a role and one for the single rights of a directory.
    The plans are approved and applied as any other, and can be undone.

    Raises ``Refused`` where one is repaired already, or cannot be repaired by a plan.
    """
    rows = open_differences(act, numbers)
    by_directory: dict[int, list[Drift]] = defaultdict(list)
    for row in (one for one in rows if one.role.single):
        demand_repairable(row)
        by_directory[row.role.directory_id].append(row)
    of_roles = [row.id for row in rows if not row.role.single]
    waves = repair(act, of_roles) if of_roles else []
    return waves + [
        _one_by_one(act, directory, mine) for directory, mine in by_directory.items()
    ]


def _one_by_one(act: Acting, directory_id: int, rows: Iterable[Drift]) -> Wave:
    """Plan to give again what was lost, and to take again what came back."""
    orders: dict[int, OneByOne] = {}
    for row in rows:
        person, right = _whom_and_what(row)
        had = orders.get(person) or OneByOne(person)
        if row.kind is DriftKind.LOST:
            # Where it was given until a day, its exception still stands and ends it then.
            given = KeptOutside(act.by, str(GIVEN), "")
            orders[person] = OneByOne(person, {**had.give, right: given}, had.take)
        else:
            took = {**had.take, right: str(TAKEN)}
            orders[person] = OneByOne(person, had.give, took)
    wave = plan_one_by_one(act, directory_id, [*orders.values()], repairs=True)
    for row in rows:
        repaired_by(act, row, wave)
    return wave


def _whom_and_what(row: Drift) -> tuple[int, int]:
    if row.person_id is None or row.entitlement_id is None:
        raise Refused(
            said(
                "No plan can repair it: %(what)s Accept it, or undo the person.",
                what=sentence_of(row),
            )
        )
    return row.person_id, row.entitlement_id

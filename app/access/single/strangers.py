"""Take strangers out of a role's group: by a plan as every other, with proof, journal and undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from app.access.drift.deciding import open_differences, repaired_by
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.core.acting import Acting
from app.core.errors import Refused
from app.core.said import said
from app.models.access.drift import Drift
from app.models.access.wave import Wave
from app.models.access.words import DriftKind


def take_out(act: Acting, numbers: Collection[int], *, reason: str = "") -> list[Wave]:
    """Plan to take strangers out of the groups of roles, a wave a directory; what they see through
    the role goes with it, as the plan says. Somebody else approves it, and it can be undone.

    Raises ``Refused`` for a difference that is no stranger, or no person, or is repaired already.
    """
    by_directory: dict[int, list[Drift]] = defaultdict(list)
    for row in open_differences(act, numbers):
        _demand_stranger(row)
        by_directory[row.role.directory_id].append(row)
    return [
        _taken_out(act, directory, rows, reason.strip())
        for directory, rows in by_directory.items()
    ]


def _demand_stranger(row: Drift) -> None:
    if row.kind is not DriftKind.STRANGER:
        raise Refused(
            said(
                "%(who)s is no stranger in a role; plan the repair instead.",
                who=row.who or row.right,
            )
        )
    if row.person_id is None or row.entitlement_id is None:
        raise Refused(said("%(who)s is no person; take it out by hand.", who=row.who))


def _taken_out(
    act: Acting, directory_id: int, rows: Iterable[Drift], reason: str
) -> Wave:
    why = reason or str(said("Put into the role's group by another hand."))
    groups: dict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        if row.person_id is not None and row.entitlement_id is not None:
            groups[row.person_id][row.entitlement_id] = why
    orders = [OneByOne(person, take=rights) for person, rights in groups.items()]
    wave = plan_one_by_one(act, directory_id, orders)
    for row in rows:
        repaired_by(act, row, wave)
    return wave

"""Take strangers out of a role's group: by a plan as every other, with proof, journal and undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access.drift.deciding import OVER, open_differences, repaired_by
from app.access.queries import load_role, terrain_of
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne, plan_single
from app.core.acting import Acting
from app.core.errors import Refused
from app.core.said import said
from app.directory.queries import load_graph
from app.directory.rules import Graph, names
from app.models.access.drift import Drift
from app.models.access.wave import Wave
from app.models.access.words import DriftKind, DriftState

PUT_IN = said("Put into the role's group by another hand.")
NO_PERSON = said("It is no person; take it out by hand.")


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


@dataclass(frozen=True, slots=True)
class StrangerSeen:
    """A stranger in a role's group: the difference it is, and what taking it out would do.

    ``loses`` are the rights that nothing else gives; ``why_not`` says why no plan can do it.
    """

    drift: int
    who: str
    person_id: int | None
    since: datetime
    loses: tuple[str, ...] = ()
    why_not: str = ""


def strangers_of(session: Session, role_id: int) -> list[StrangerSeen]:
    """Return the strangers in the group of a role that wait for a decision, with what a plan that
    takes all of them out would do. Raises ``NotFound``.
    """
    role = load_role(session, role_id)
    rows = session.scalars(
        select(Drift)
        .where(Drift.role_id == role.id, Drift.kind == DriftKind.STRANGER)
        .where(Drift.state == DriftState.OPEN, Drift.mark.is_not(None))
        .order_by(Drift.who, Drift.id)
        .options(joinedload(Drift.repair))
    ).all()
    waiting = [row for row in rows if row.repair is None or row.repair.state in OVER]
    graph, terrain = load_graph(session, role.directory_id), terrain_of(session, role)
    orders = [
        OneByOne(row.person_id, take={row.entitlement_id: PUT_IN})
        for row in waiting
        if row.person_id in graph.people and row.entitlement_id in graph.rights
        if row.person_id is not None and row.entitlement_id is not None
    ]
    found = plan_single(graph, role.name, orders, terrain)
    loses = {one.person.id: one.losses.keys() for one in found.people}
    left_out = {one.person.id: one.why for one in found.left_out}
    return [_seen(row, graph, loses, left_out) for row in waiting]


def _seen(
    row: Drift,
    graph: Graph,
    loses: Mapping[int, Collection[int]],
    left_out: Mapping[int, str],
) -> StrangerSeen:
    number = row.person_id
    if number is None or number not in loses:
        why = str(left_out.get(number or 0, "")) or NO_PERSON
        return StrangerSeen(row.id, row.who, number, row.first_seen, why_not=why)
    named = (names(graph, right) for right in loses[number] if right in graph.rights)
    rights = tuple(sorted(named))
    return StrangerSeen(row.id, row.who, number, row.first_seen, rights)


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
    why = reason or str(PUT_IN)
    groups: dict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        if row.person_id is not None and row.entitlement_id is not None:
            groups[row.person_id][row.entitlement_id] = why
    orders = [OneByOne(person, take=rights) for person, rights in groups.items()]
    wave = plan_one_by_one(act, directory_id, orders)
    for row in rows:
        repaired_by(act, row, wave)
    return wave

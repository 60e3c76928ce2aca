"""Take the members of all groups of a reading over: rows are matched by right and value, and keep
their start.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from app.directory.actions.past import BATCH, in_batches, keep_past
from app.directory.rules import Meaning, ReadingDifference, Resolved
from app.models.directory import Entitlement, Membership, PastEnd
from ldap_sync.values import DirectoryGroup

TABLE = cast(Table, Membership.__table__)
Place = tuple[int, str, str]
"""A right, the attribute of a value in it (empty for the right's own), and the value."""

PLACE = (TABLE.c.entitlement_id, TABLE.c.attribute, TABLE.c.value)


class ValueHolder(NamedTuple):
    """What a value stands for: kind, person, group, or what else it is."""

    kind: str
    person_id: int | None = None
    child_id: int | None = None
    what: str = ""


Held = tuple[int, ValueHolder]
"""A right and who or what holds it."""


@dataclass(frozen=True, slots=True)
class TakenMembers:
    """How many direct grants there are now, how many came and went, and which values stand for
    nobody since.
    """

    grants: int
    changes: int
    left_over: list[ReadingDifference]


@dataclass(frozen=True, slots=True)
class _There:
    """The rows of the people of a reading, and its groups by the ids of their rows."""

    people: Collection[int]
    rights: Mapping[int, DirectoryGroup]


@dataclass(frozen=True, slots=True)
class Times:
    """When a reading was taken over, and when the complete one before it; nothing: there was
    none.
    """

    now: datetime
    before: datetime | None = None


def take_members(
    session: Session,
    directory_id: int,
    read: Resolved,
    ids: tuple[Mapping[str, int], Mapping[str, int]],
    times: Times,
) -> TakenMembers:
    """Make the memberships say what was read, and keep those that ended.

    ``ids`` are the rows of people and of rights by identity.
    """
    person_ids, right_ids = ids
    own = {group.key: group.attribute for group in read.snapshot.groups}
    fresh = {
        (right_ids[key], "" if attribute == own[key] else attribute, value): _holder_of(
            meaning, person_ids, right_ids
        )
        for (key, (attribute, value)), meaning in read.meanings.items()
    }
    before = _before(session, directory_id)
    there = _There(
        {person_ids[person.key] for person in read.snapshot.people},
        {right_ids[group.key]: group for group in read.snapshot.groups},
    )
    held = {(right, holder) for (right, _, _), holder in fresh.items()}
    was = {(right, row.holder): row.id for (right, _, _), row in before.items()}
    ended = _ended(was, held, there)
    keep_past(session, ended, until=times.now, last_seen=times.before or times.now)
    _write(session, before, fresh, times)
    given = sum(
        1 for _, holder in held - was.keys() if holder.kind in ("person", "group")
    )
    grants = sum(1 for _, holder in held if holder.kind == "person")
    changes = given + len(ended.get(PastEnd.TAKEN, ()))
    return TakenMembers(grants, changes, _left_over(before, fresh, there))


def _holder_of(
    meaning: Meaning, person_ids: Mapping[str, int], right_ids: Mapping[str, int]
) -> ValueHolder:
    if meaning.kind == "person":
        return ValueHolder("person", person_ids[meaning.key])
    return ValueHolder(
        meaning.kind,
        None,
        right_ids[meaning.key] if meaning.kind == "group" else None,
        meaning.what,
    )


class _Row(NamedTuple):
    """One membership as it stands in the table."""

    id: int
    holder: ValueHolder


def _before(session: Session, directory_id: int) -> dict[Place, _Row]:
    kind = type_coerce(
        TABLE.c.kind, String
    )  # as text: one Enum object less for each of 200,000 rows
    rows = (
        select(
            *PLACE, TABLE.c.id, kind, TABLE.c.person_id, TABLE.c.child_id, TABLE.c.what
        )
        .join(Entitlement, Entitlement.id == TABLE.c.entitlement_id)
        .where(Entitlement.directory_id == directory_id)
    )
    return {
        (right, attribute, value): _Row(row, ValueHolder(*holder))
        for right, attribute, value, row, *holder in session.execute(rows)
    }


def _ended(
    was: Mapping[Held, int], held: Collection[Held], there: _There
) -> dict[PastEnd, list[int]]:
    """Return the rows of what is no longer held, by how it ended."""
    ended: dict[PastEnd, list[int]] = {}
    for one in was.keys() - held:
        ended.setdefault(_how_ended(one, there), []).append(was[one])
    return ended


def _how_ended(held: Held, there: _There) -> PastEnd:
    right_id, (_, person_id, child_id, _) = held
    if right_id not in there.rights:
        return PastEnd.RIGHT_GONE
    here = person_id in there.people or child_id in there.rights
    return PastEnd.TAKEN if here else PastEnd.HOLDER_GONE


def _write(
    session: Session,
    before: Mapping[Place, _Row],
    fresh: Mapping[Place, ValueHolder],
    times: Times,
) -> None:
    gone = [{"row": row.id} for place, row in before.items() if place not in fresh]
    new = [place for place in fresh if place not in before]
    altered = [
        place
        for place, row in before.items()
        if place in fresh and row.holder != fresh[place]
    ]
    start = (
        _starts(
            session, before, {(place[0], fresh[place]) for place in (*new, *altered)}
        )
        if new or altered
        else {}
    )

    def columns(place: Place) -> dict[str, Any]:
        since, absent_at = start.get(
            (place[0], fresh[place]), (times.now, times.before)
        )
        return {**fresh[place]._asdict(), "since": since, "absent_at": absent_at}

    this_row = TABLE.c.id == bindparam("row")
    if gone:
        session.execute(delete(TABLE).where(this_row), gone)
    if altered:
        session.execute(
            update(TABLE).where(this_row),
            [{"row": before[place].id, **columns(place)} for place in altered],
        )
    if new:
        names = [column.name for column in PLACE]
        rows = [
            {**dict(zip(names, place, strict=True)), **columns(place)} for place in new
        ]
        session.execute(insert(TABLE), rows)


Start = tuple[datetime, datetime | None]
"""Since when a right is held, and when it was last known not to be."""


def _starts(
    session: Session, before: Mapping[Place, _Row], wanted: Collection[Held]
) -> dict[Held, Start]:
    """Return since when rights were held that now come under another spelling: who is renamed does
    not start anew.
    """
    row_ids = {
        row.id: (right, row.holder)
        for (right, _, _), row in before.items()
        if (right, row.holder) in wanted
    }
    found: dict[Held, Start] = {}
    columns = (TABLE.c.id, TABLE.c.since, TABLE.c.absent_at)
    for some in in_batches(sorted(row_ids), BATCH):
        for row_id, since, absent_at in session.execute(
            select(*columns).where(TABLE.c.id.in_(some))
        ):
            found.setdefault(row_ids[row_id], (since, absent_at))
    return found


def _left_over(
    before: Mapping[Place, _Row], fresh: Mapping[Place, ValueHolder], there: _There
) -> list[ReadingDifference]:
    """Tell of the values that stand for nobody now, or for something that is no person, and did not
    do so before.
    """
    idle = (
        (place, holder)
        for place, holder in fresh.items()
        if holder.kind in ("dangling", "other")
    )
    new = (
        (place, holder)
        for place, holder in idle
        if place not in before or before[place].holder != holder
    )
    return [_told(place, holder, there) for place, holder in new]


def _told(place: Place, holder: ValueHolder, there: _There) -> ReadingDifference:
    right, _, value = place
    listing = f"{there.rights[right].cn} lists {value}, which"
    if holder.kind == "other":
        return ReadingDifference(
            "other", f"{listing} is no person: {holder.what}.", None, right
        )
    return ReadingDifference("left over", f"{listing} stands for nobody.", None, right)

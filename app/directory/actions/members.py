"""Take the members of all groups of a reading over: rows are matched by right and value, and keep
their start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
    """How many direct grants there are now, how many came and went, which values stand for nobody
    since, and the rights in which anything is other.
    """

    grants: int
    changes: int
    left_over: list[ReadingDifference]
    touched: frozenset[int]


@dataclass(frozen=True, slots=True)
class EntryRows:
    """The rows of people and of rights by identity, and which of them are gone.

    ``only``: the rights that were looked at, where these are not all.
    """

    people: Mapping[str, int]
    rights: Mapping[str, int]
    gone_people: Collection[int]
    gone_rights: Collection[int]
    only: Collection[int] | None = None


Groups = Mapping[int, DirectoryGroup]
"""The groups of a reading by the ids of their rows."""


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
    rows: EntryRows,
    times: Times,
    only: Collection[int] | None = None,
) -> TakenMembers:
    """Make the memberships say what was read, and keep those that ended."""
    person_ids, right_ids = rows.people, rows.rights
    own = {group.key: group.attribute for group in read.snapshot.groups}
    fresh = {
        (right_ids[key], "" if attribute == own[key] else attribute, value): _holder_of(
            meaning, person_ids, right_ids
        )
        for (key, (attribute, value)), meaning in read.meanings.items()
    }
    before = _before(session, directory_id, rows.only)
    groups = {right_ids[group.key]: group for group in read.snapshot.groups}
    held = {(right, holder) for (right, _, _), holder in fresh.items()}
    was = {(right, row.holder): row.id for (right, _, _), row in before.items()}
    ended = _ended(was, held, rows)
    keep_past(session, ended, until=times.now, last_seen=times.before or times.now)
    _write(session, before, fresh, times)
    given = sum(
        1 for _, holder in held - was.keys() if holder.kind in ("person", "group")
    )
    grants = sum(1 for _, holder in held if holder.kind == "person")
    changes = given + len(ended.get(PastEnd.TAKEN, ()))
    touched = frozenset(place[0] for place in _other(before, fresh))
    return TakenMembers(grants, changes, _left_over(before, fresh, groups), touched)


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


def _before(
    session: Session, directory_id: int, only: Collection[int] | None
) -> dict[Place, _Row]:
    kind = type_coerce(
        TABLE.c.kind, String
    )  # as text: one Enum object less for each of 200,000 rows
    rows = select(
        *PLACE, TABLE.c.id, kind, TABLE.c.person_id, TABLE.c.child_id, TABLE.c.what
    )
    joined = rows.join(Entitlement, Entitlement.id == TABLE.c.entitlement_id)
    asked = (
        [joined.where(Entitlement.directory_id == directory_id)]
        if only is None
        else [
            rows.where(TABLE.c.entitlement_id.in_(some))
            for some in in_batches(sorted(only), BATCH)
        ]
    )
    return {
        (right, attribute, value): _Row(row, ValueHolder(*holder))
        for statement in asked
        for right, attribute, value, row, *holder in session.execute(statement)
    }


def _ended(
    was: Mapping[Held, int], held: Collection[Held], rows: EntryRows
) -> dict[PastEnd, list[int]]:
    """Return the rows of what is no longer held, by how it ended."""
    ended: dict[PastEnd, list[int]] = {}
    for one in was.keys() - held:
        ended.setdefault(_how_ended(one, rows), []).append(was[one])
    return ended


def _how_ended(held: Held, rows: EntryRows) -> PastEnd:
    right_id, (_, person_id, child_id, _) = held
    if right_id in rows.gone_rights:
        return PastEnd.RIGHT_GONE
    gone = person_id in rows.gone_people or child_id in rows.gone_rights
    return PastEnd.HOLDER_GONE if gone else PastEnd.TAKEN


def _other(
    before: Mapping[Place, _Row], fresh: Mapping[Place, ValueHolder]
) -> Iterator[Place]:
    """Yield the places that are new, gone or held by somebody else."""
    yield from before.keys() ^ fresh.keys()
    for place, row in before.items():
        if row.holder != fresh.get(place, row.holder):
            yield place


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
    before: Mapping[Place, _Row], fresh: Mapping[Place, ValueHolder], groups: Groups
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
    return [_told(place, holder, groups) for place, holder in new]


def _told(place: Place, holder: ValueHolder, groups: Groups) -> ReadingDifference:
    right, _, value = place
    listing = f"{groups[right].cn} lists {value}, which"
    if holder.kind == "other":
        return ReadingDifference(
            "other", f"{listing} is no person: {holder.what}.", None, right
        )
    return ReadingDifference("left over", f"{listing} stands for nobody.", None, right)

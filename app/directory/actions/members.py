"""Take the members of all groups of a reading over: rows are matched by right and value, and keep
their start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Row,
    String,
    Table,
    bindparam,
    delete,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from app.core.bulk import insert_rows
from app.directory.actions.past import BATCH, in_batches, keep_past
from app.directory.rules import Meaning, ReadingDifference, Resolved
from app.models.directory import Membership, PastEnd
from ldap_sync.values import DirectoryGroup

TABLE = cast(Table, Membership.__table__)
Place = tuple[int, str, str]
"""A right, the attribute of a value in it (empty for the right's own), and the value."""

AT_ONCE = 50
"""So many rights are compared and written at once."""

PLACE = (TABLE.c.entitlement_id, TABLE.c.attribute, TABLE.c.value)


class ValueHolder(NamedTuple):
    """What a value stands for: kind, person, group, or what else it is."""

    kind: str
    person_id: int | None = None
    child_id: int | None = None
    what: str = ""


Held = tuple[int, ValueHolder]
"""A right and who or what holds it."""


@dataclass(slots=True)
class TakenMembers:
    """How many direct grants there are now, how many came and went, which values stand for nobody
    since, and the rights in which anything is other.
    """

    grants: int = 0
    changes: int = 0
    left_over: list[ReadingDifference] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


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

    @property
    def looked_at(self) -> list[int]:
        """Return the rights whose members are to be compared."""
        return sorted(self.rights.values() if self.only is None else self.only)


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
    session: Session, read: Resolved, rows: EntryRows, times: Times
) -> TakenMembers:
    """Make the memberships say what was read, and keep those that ended.

    Some rights at a time: all members of a large directory would not fit into little memory.
    """
    groups = {rows.rights[group.key]: group for group in read.snapshot.groups}
    taking = _Taking(session, read, rows, times)
    for some in in_batches(rows.looked_at, AT_ONCE):
        taking.take({right: groups.get(right) for right in some})
    return taking.taken


@dataclass(frozen=True, slots=True)
class _Taking:
    """The members of a reading on their way into the table."""

    session: Session
    read: Resolved
    rows: EntryRows
    times: Times
    taken: TakenMembers = field(default_factory=TakenMembers)
    people: dict[str, ValueHolder] = field(default_factory=dict)

    def take(self, groups: Mapping[int, DirectoryGroup | None]) -> None:
        """Take the members of some rights over; nothing of a right that is not there."""
        fresh = {
            place: holder
            for right, group in groups.items()
            if group is not None
            for place, holder in self._listed(right, group)
        }
        held = {(place[0], holder) for place, holder in fresh.items()}
        self.taken.grants += sum(1 for _, holder in held if holder.kind == "person")
        listed = _rows(self.session, [*groups])
        if {_place(row): _holder(row) for row in listed} != fresh:
            there = {right: group for right, group in groups.items() if group}
            self._take_other(listed, fresh, held, there)

    def _listed(
        self, right: int, group: DirectoryGroup
    ) -> Iterator[tuple[Place, ValueHolder]]:
        own = group.attribute
        for (attribute, value), meaning in self.read.meanings(group):
            where = "" if attribute == own else attribute
            yield (right, where, value), self._holder_of(meaning)

    def _holder_of(self, meaning: Meaning) -> ValueHolder:
        if meaning.kind != "person":
            child = self.rows.rights[meaning.key] if meaning.kind == "group" else None
            return ValueHolder(
                meaning.kind,
                None,
                child,
                meaning.what,
            )
        found = self.people.get(meaning.key)
        if found is None:
            found = ValueHolder("person", self.rows.people[meaning.key])
            self.people[meaning.key] = found
        return found

    def _take_other(
        self,
        listed: Iterable[Row[Any]],
        fresh: Mapping[Place, ValueHolder],
        held: Set[Held],
        groups: Groups,
    ) -> None:
        before = {_place(row): _Row(row.id, _holder(row)) for row in listed}
        was = {(right, row.holder): row.id for (right, _, _), row in before.items()}
        ended = _ended(was, held, self.rows)
        times, taken = self.times, self.taken
        last_seen = times.before or times.now
        keep_past(
            self.session,
            ended,
            until=times.now,
            last_seen=last_seen,
        )
        _write(self.session, before, fresh, times)
        given = [holder for _, holder in held - was.keys()]
        taken.changes += sum(holder.kind in ("person", "group") for holder in given)
        taken.changes += len(ended.get(PastEnd.TAKEN, ()))
        taken.touched |= {place[0] for place in _other(before, fresh)}
        taken.left_over += _left_over(before, fresh, groups)


class _Row(NamedTuple):
    """One membership as it stands in the table."""

    id: int
    holder: ValueHolder


KIND = type_coerce(TABLE.c.kind, String)
"""As text: one Enum object less for each of 200,000 rows."""

COLUMNS = (*PLACE, KIND, TABLE.c.person_id, TABLE.c.child_id, TABLE.c.what, TABLE.c.id)


def _rows(session: Session, rights: Collection[int]) -> Sequence[Row[Any]]:
    listed = select(*COLUMNS).where(TABLE.c.entitlement_id.in_(rights))
    return session.execute(listed).all()


def _place(row: Row[Any]) -> Place:
    return cast(Place, row[:3])


def _holder(row: Row[Any]) -> ValueHolder:
    """Return who or what a row stands for, comparable with a holder and hashed like one."""
    return cast(ValueHolder, row[3:7])


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
    wanted = {(place[0], fresh[place]) for place in (*new, *altered)} if before else ()
    start = _starts(session, before, wanted) if wanted else {}

    def columns(place: Place) -> tuple[Any, ...]:
        holder = fresh[place]
        begun = start.get((place[0], holder), (times.now, times.before))
        return (*holder, *begun)

    this_row = TABLE.c.id == bindparam("row")
    if gone:
        session.execute(delete(TABLE).where(this_row), gone)
    if altered:
        rows = [
            {"row": before[place].id, **dict(zip(_HELD, columns(place), strict=True))}
            for place in altered
        ]
        session.execute(update(TABLE).where(this_row), rows)
    names = [*(column.name for column in PLACE), *_HELD]
    insert_rows(session, TABLE, names, ((*place, *columns(place)) for place in new))


_HELD = (*ValueHolder._fields, "since", "absent_at")

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

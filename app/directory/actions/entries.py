"""Take the people or the groups of a reading over: only rows that differ are touched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.orm import Session

from app.core.bulk import AT_ONCE, insert_rows
from app.directory.actions.past import BATCH, in_batches

Values = dict[str, Any]
Entry = TypeVar("Entry")


@dataclass(slots=True)
class Taken:
    """What became of the rows of one table: which identity has which row, the rows as they were of
    those that are other than before or gone, which are new or other, who is missing, who was looked
    at.
    """

    ids: dict[str, int] = field(default_factory=dict)
    before: dict[str, Row[Any]] = field(default_factory=dict)
    gone: list[Row[Any]] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    looked_at: Collection[str] = ()

    @property
    def other(self) -> list[str]:
        """Return the identities whose rows are new or other than before."""
        return [*self.before, *self.new]

    @property
    def touched(self) -> list[int]:
        """Return the rows that are new or other than before."""
        return [self.ids[key] for key in self.other]

    @property
    def is_first(self) -> bool:
        """Tell whether nothing was there before."""
        return len(self.new) == len(self.ids)


@dataclass(frozen=True, slots=True)
class Fresh(Generic[Entry]):
    """Entries that were read, by identity, and how one is kept in columns."""

    entries: Mapping[str, Entry]
    columns: Sequence[str]
    values: Callable[[Entry], tuple[Any, ...]]


class Gone(NamedTuple):
    """The identities of people and groups that a reading of changes found gone."""

    people: frozenset[str]
    groups: frozenset[str]


class Place(NamedTuple):
    """Where and when entries are taken over."""

    session: Session
    directory_id: int
    now: datetime


def take_entries(
    here: Place,
    table: Table,
    fresh: Fresh[Entry],
    named_gone: Collection[str] | None,
    named: Collection[str] | None,
) -> Taken:
    """Take the entries of one table over.

    Where ``named_gone`` tells who is gone, only they and ``fresh`` were looked at, and ``named``
    are all whose rows have to be known.
    """
    session, _directory, now = here
    looked_at = None if named_gone is None else {*fresh.entries, *named_gone}
    taken = Taken(looked_at=looked_at or ())
    changed = list(_compared(here, table, fresh, taken, looked_at))
    by_id = update(table).where(table.c.id == bindparam("row"))
    if taken.gone:
        rows = [{"row": row.id} for row in taken.gone]
        session.execute(by_id.values(gone_at=now), rows)
    if changed:
        session.execute(by_id, changed)
    taken.new = [key for key in fresh.entries if key not in taken.ids]
    _insert(here, table, fresh, taken.new)
    wanted = {*taken.new, *(named or ())} - taken.ids.keys()
    for row in _rows_of(here, table, [table.c.key, table.c.id], wanted):
        taken.ids[row.key] = row.id
    return taken


def _compared(
    here: Place,
    table: Table,
    fresh: Fresh[Entry],
    taken: Taken,
    looked_at: Collection[str] | None,
) -> Iterator[dict[str, Any]]:
    """Note what is there, and yield what is to be written into rows that are other than read."""
    own = [table.c[name] for name in ("id", "key", "gone_at", *_kept_by_us(table))]
    columns = [*own, *(table.c[name] for name in fresh.columns)]
    for row in _rows_of(here, table, columns, looked_at):
        taken.ids[row.key] = row.id
        entry = fresh.entries.get(row.key)
        if entry is None:
            taken.missing.add(row.key)
            if row.gone_at is None:
                taken.gone.append(row)
            continue
        values = fresh.values(entry)
        if row.gone_at is None and row[len(own) :] == values:
            continue
        written = _ours_kept(row, dict(zip(fresh.columns, values, strict=True)))
        if _differs(row, written):
            taken.before[row.key] = row
            yield {"row": row.id, "gone_at": None, **written}


def _insert(
    here: Place, table: Table, fresh: Fresh[Entry], keys: Iterable[str]
) -> None:
    columns = ("directory_id", "first_seen", "gone_at", "key", *fresh.columns)
    usual = here.directory_id, here.now, None
    entries = fresh.entries
    rows = ((*usual, key, *fresh.values(entries[key])) for key in keys)
    insert_rows(here.session, table, columns, rows)


def _kept_by_us(table: Table) -> list[str]:
    return ["owner_by"] if "owner_by" in table.c else []


def _rows_of(
    here: Place, table: Table, columns: Sequence[Any], keys: Collection[str] | None
) -> Iterator[Row[Any]]:
    """Return the rows of a directory: all, or those with one of these identities."""
    mine = select(*columns).where(table.c.directory_id == here.directory_id)
    if keys is None:
        yield from here.session.execute(mine.execution_options(yield_per=AT_ONCE))
        return
    for some in in_batches(sorted(keys), BATCH):
        yield from here.session.execute(mine.where(table.c.key.in_(some)))


def _ours_kept(row: Row[Any], values: Values) -> Values:
    """An owner whom an operator named stays, whatever the directory says."""
    return (
        {**values, "owner_id": row.owner_id} if getattr(row, "owner_by", "") else values
    )


def _differs(row: Row[Any], values: Values) -> bool:
    return row.gone_at is not None or any(
        getattr(row, name) != value for name, value in values.items()
    )

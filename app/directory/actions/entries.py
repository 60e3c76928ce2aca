"""Take the people or the groups of a reading over: only rows that differ are touched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.directory.actions.past import BATCH, in_batches

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows of one table: what was there, which identity has which row, which
    rows are gone now, which are new or other than before, who is missing, who was looked at.
    """

    before: Mapping[str, Row[Any]]
    ids: Mapping[str, int]
    gone: tuple[Row[Any], ...]
    touched: tuple[int, ...] = ()
    missing: Collection[str] = ()
    looked_at: Collection[str] = ()


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
    fresh: Mapping[str, Values],
    named_gone: Collection[str] | None,
    named: Collection[str] | None,
) -> Taken:
    """Take the entries of one table over.

    Where ``named_gone`` tells who is gone, only they and ``fresh`` were looked at, and ``named``
    are all whose rows have to be known.
    """
    session, _directory, now = here
    looked_at = None if named_gone is None else {*fresh, *named_gone}
    before = {row.key: row for row in _rows_of(here, table, [table], looked_at)}
    gone = tuple(
        row for key, row in before.items() if key not in fresh and row.gone_at is None
    )
    new = {key: values for key, values in fresh.items() if key not in before}
    kept = [
        (before[key], _ours_kept(before[key], values))
        for key, values in fresh.items()
        if key in before
    ]
    changed = [
        {"row": row.id, "gone_at": None, **values}
        for row, values in kept
        if _differs(row, values)
    ]
    by_id = update(table).where(table.c.id == bindparam("row"))
    if gone:
        session.execute(by_id.values(gone_at=now), [{"row": row.id} for row in gone])
    if changed:
        session.execute(by_id, changed)
    if new:
        usual = {"directory_id": here.directory_id, "first_seen": now, "gone_at": None}
        session.execute(
            insert(table),
            [{**usual, "key": key, **values} for key, values in new.items()],
        )
    wanted = None if named is None else {*named, *fresh}
    ids = {
        row.key: row.id
        for row in _rows_of(here, table, [table.c.key, table.c.id], wanted)
    }
    touched = (*(row["row"] for row in changed), *(ids[key] for key in new))
    missing = {key for key in before if key not in fresh}
    return Taken(before, ids, gone, touched, missing, looked_at or ())


def _rows_of(
    here: Place, table: Table, columns: Sequence[Any], keys: Collection[str] | None
) -> Iterator[Row[Any]]:
    """Return the rows of a directory: all, or those with one of these identities."""
    mine = select(*columns).where(table.c.directory_id == here.directory_id)
    if keys is None:
        yield from here.session.execute(mine)
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

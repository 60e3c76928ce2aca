"""What complete readings found that readings of changes had not told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.models.directory import Directory, Reading, ReadingState


class MissedChanges(NamedTuple):
    """One complete reading, the newest of its directory, that found something other."""

    reading_id: int
    directory_id: int
    name: str
    number: int
    names: Sequence[str]
    ended_at: datetime

    @property
    def page(self) -> str:
        """Return where it is told."""
        return f"/directory/{self.directory_id}/readings/{self.reading_id}"


def missed_changes(session: Session) -> tuple[MissedChanges, ...]:
    """Return the newest complete readings that found what readings of changes had missed, one of a
    directory at most; the next complete reading that finds nothing ends it.
    """
    rows = session.execute(_missed_asked())
    return tuple(MissedChanges(*cast(MissedChanges, row)) for row in rows)


@cache
def _missed_asked() -> Select[*tuple[object, ...]]:
    complete = Reading.state == ReadingState.COMPLETE, Reading.full
    newest = select(func.max(Reading.id)).where(*complete)
    columns = (
        *(Reading.id, Reading.directory_id, Directory.name),
        *(Reading.missed_count, Reading.missed, Reading.ended_at),
    )
    return (
        select(*columns)
        .join(Directory, Directory.id == Reading.directory_id)
        .where(
            Reading.id.in_(newest.group_by(Reading.directory_id)),
            Reading.missed_count > 0,
        )
        .order_by(Reading.ended_at, Reading.id)
    )

"""Keep memberships that end, with the time they lasted; nothing of it is ever deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import Table, insert, literal, select
from sqlalchemy.orm import Session

from app.models.directory import MemberKind, Membership, PastEnd, PastMembership

NOW_HELD = cast(Table, Membership.__table__)
PAST = cast(Table, PastMembership.__table__)
KEPT = ("entitlement_id", "person_id", "child_id", "since", "absent_at")
ENDING = ("until", "last_seen", "ended")
BATCH = 500
Value = TypeVar("Value")


def keep_past(
    session: Session,
    row_ids: Mapping[PastEnd, Collection[int]],
    *,
    until: datetime,
    last_seen: datetime,
) -> None:
    """Note that memberships end, before their rows go: the ids of one row each, by how they end."""
    for ended, ids in row_ids.items():
        ending = (literal(until), literal(last_seen), literal(ended, PAST.c.ended.type))
        held = [NOW_HELD.c[name] for name in KEPT]
        counts = NOW_HELD.c.kind.in_((MemberKind.PERSON, MemberKind.GROUP))
        for some in in_batches(sorted(ids), BATCH):
            rows = select(*held, *ending).where(NOW_HELD.c.id.in_(some), counts)
            session.execute(insert(PAST).from_select([*KEPT, *ENDING], rows))


def in_batches(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    """Return values in slices that one statement can name."""
    return (values[start : start + size] for start in range(0, len(values), size))

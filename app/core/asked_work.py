"""One process at a time makes what was asked for, shows how far it is, and is stopped at once."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.asked import OPEN, AskedState, AskedWork
from app.core.changes import one, rows_changed
from app.core.parts import Parts

DEAD_AFTER = timedelta(seconds=60)
"""What gave no sign for so long is taken up anew: the process that made it is gone."""
KEPT_FOR = timedelta(days=7)
"""So long the row of what is over is kept, with what was made for whoever asked."""
BEAT_SECONDS = 0.5

Table = type[Any]
"""A mapped class that is an ``AskedWork``."""


class NotOurs(Exception):
    """It was cancelled, or another process has taken it up."""


@dataclass(frozen=True, slots=True)
class InHand:
    """Something asked for in the hands of this process; ``holder`` is unique to the attempt."""

    table: Table
    row_id: int
    holder: str

    def note(self, session: Session, **values: object) -> None:
        """Write into the row. Raises ``NotOurs`` when it is in other hands or over."""
        ours = update(self.table).where(
            self.table.id == self.row_id,
            self.table.holder == self.holder,
            self.table.state == AskedState.WORKING,
        )
        if not rows_changed(session, ours.values(values)):
            raise NotOurs


class AskedBeat:
    """Notes in the row how far the work is, now and then; ``most`` is all of it.

    Raises ``NotOurs`` as soon as the row is no longer ours.
    """

    def __init__(self, parts: Parts, hand: InHand, most: int) -> None:
        self._parts, self._hand, self._most, self._next = parts, hand, most, 0.0

    def __call__(self, done: int) -> None:
        """Note it, unless that was done just now."""
        if time.monotonic() < self._next and done < self._most:
            return
        with self._parts.database.write() as session:
            self._hand.note(session, done=done, beat_at=self._parts.now())
        self._next = time.monotonic() + BEAT_SECONDS


def due_rows(parts: Parts, table: Table) -> Sequence[int]:
    """Return what waits, and what is in the hands of a process that is gone."""
    wanted = select(table.id).where(_due(table, parts.now())).order_by(table.id)
    with parts.database.read() as session:
        return session.scalars(wanted).all()


def take_in_hand(
    session: Session, table: Table, row_id: int, now: datetime
) -> InHand | None:
    """Take a row in hand; None: others have it, or it is over."""
    hand = InHand(table, row_id, uuid.uuid4().hex)
    begun = {"state": AskedState.WORKING, "beat_at": now, "done": 0}
    free = update(table).where(table.id == row_id, _due(table, now))
    if not rows_changed(session, free.values(begun | {"holder": hand.holder})):
        return None
    return hand


def give_up_asked(session: Session, open_one: Update, why: str, now: datetime) -> None:
    """End a row that breaks each time it is tried: whoever asked sits and waits for it."""
    ended = {"state": AskedState.REFUSED, "ended_at": now, "reason": why}
    session.execute(open_one.values(ended))


def cancel_asked(act: Acting, table: Table, row_id: int) -> bool:
    """Stop what waits or is being made; tell whether it was not over. Raises ``NotFound``."""
    one(act.session, table, row_id)
    open_one = update(table).where(table.id == row_id, table.state.in_(OPEN))
    ended = {"state": AskedState.CANCELLED, "ended_at": act.now, "told_at": act.now}
    why = f"Cancelled by {act.by}."
    return bool(rows_changed(act.session, open_one.values(**ended, reason=why)))


def note_told(act: Acting, table: Table, row_id: int) -> None:
    """Remember that whoever asked saw what came of it."""
    mine = update(table).where(
        table.id == row_id,
        table.asked_by == act.by,
        table.told_at.is_(None),
        table.state.not_in(OPEN),
    )
    act.session.execute(mine.values(told_at=act.now))


def forget_ended(parts: Parts, table: Table) -> int:
    """Delete the rows that were over for so long as they are kept; return how many."""
    is_old = table.ended_at < parts.now() - KEPT_FOR
    with parts.database.read() as session:
        if session.scalar(select(table.id).where(is_old).limit(1)) is None:
            return 0
    with parts.database.write() as session:
        return rows_changed(session, delete(table).where(is_old))


def _due(table: type[AskedWork], now: datetime) -> ColumnElement[bool]:
    silent = table.beat_at < now - DEAD_AFTER
    gone = and_(table.state == AskedState.WORKING, silent)
    return or_(table.state == AskedState.WAITING, gone)

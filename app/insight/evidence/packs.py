"""The packs of evidence that were asked for, as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.asked import OPEN, AskedState
from app.core.asked_work import KEPT_FOR
from app.core.changes import one
from app.incidents.files.queries import size_in_words
from app.models.insight import AskedPack

SHOWN = 20


@dataclass(frozen=True, slots=True)
class PackLine:
    """One pack that was asked for: its time, how far it is, and until when it is kept."""

    id: int
    since: datetime
    until: datetime
    to_now: bool
    state: AskedState
    asked_by: str
    asked_at: datetime
    done: int
    kept_until: datetime | None
    size: str
    hash: str
    adds_up: bool
    reason: str

    @property
    def is_open(self) -> bool:
        """Tell whether the worker has something to do."""
        return self.state in OPEN

    @property
    def is_made(self) -> bool:
        """Tell whether there is something to fetch."""
        return self.state is AskedState.MADE


def pack_line(session: Session, pack_id: int) -> PackLine:
    """Return one pack that was asked for. Raises ``NotFound``."""
    return _line(one(session, AskedPack, pack_id))


def pack_lines(session: Session) -> list[PackLine]:
    """Return the packs asked for of late, the newest first; of those cancelled nothing is told."""
    there = AskedPack.state != AskedState.CANCELLED
    latest = select(AskedPack).where(there).order_by(AskedPack.id.desc()).limit(SHOWN)
    return [_line(row) for row in session.scalars(latest)]


def _line(row: AskedPack) -> PackLine:
    return PackLine(
        id=row.id,
        since=row.since,
        until=row.until,
        to_now=row.to_now,
        state=row.state,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        done=row.done,
        kept_until=row.ended_at + KEPT_FOR if row.ended_at else None,
        size=size_in_words(row.size),
        hash=row.hash,
        adds_up=bool(row.adds_up),
        reason=row.reason,
    )

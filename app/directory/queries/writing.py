"""Whether Rung may write to directories right now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.said import said
from app.core.spoken_times import said_at
from app.core.unchanged import unchanged
from app.models.directory import Freeze


@dataclass(frozen=True, slots=True)
class FreezeNow:
    """The freeze in force: who stopped all writing, when and why."""

    at: datetime
    by: str
    reason: str

    def told(self, zone: str) -> str:
        """Say it to people in a zone."""
        at = said_at(self.at, zone)
        return said("All writing is frozen since %(at)s by %(by)s.", at=at, by=self.by)


def current_freeze(session: Session) -> FreezeNow | None:
    """Return the freeze in force, or None when writing is allowed."""
    return unchanged(session, "freeze", lambda: _freeze_in_force(session))


def _freeze_in_force(session: Session) -> FreezeNow | None:
    in_force = (
        select(Freeze.at, Freeze.by, Freeze.reason)
        .where(Freeze.lifted_at.is_(None))
        .order_by(Freeze.id)
        .limit(1)
    )
    row = session.execute(in_force).one_or_none()
    return FreezeNow(*row) if row else None


def is_frozen(session: Session) -> bool:
    """Tell whether all writing to directories is stopped."""
    return current_freeze(session) is not None

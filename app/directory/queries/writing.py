"""Whether Rung may write to directories right now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.said import said
from app.core.spoken_times import said_at
from app.core.unchanged import unchanged
from app.models.directory import Freeze


@dataclass(frozen=True, slots=True)
class FreezeNow:
    """The freeze in force: who stopped all writing, when and why; ``also`` who did so too."""

    at: datetime
    by: str
    reason: str
    also: tuple[FreezeNow, ...] = ()

    @property
    def all(self) -> tuple[FreezeNow, ...]:
        """Return every freeze in force, the oldest first."""
        return (self, *self.also)

    @property
    def names(self) -> str:
        """Return who hung a freeze, the oldest first."""
        return ", ".join(one.by for one in self.all)

    def told(self, zone: str) -> str:
        """Say it to people in a zone."""
        at = said_at(self.at, zone)
        return said(
            "All writing is frozen since %(at)s by %(by)s.", at=at, by=self.names
        )


def current_freeze(session: Session) -> FreezeNow | None:
    """Return the freeze in force, or None when writing is allowed."""
    return unchanged(session, "freeze", lambda: _freeze_in_force(session))


def _freeze_in_force(session: Session) -> FreezeNow | None:
    in_force = (
        select(Freeze.at, Freeze.by, Freeze.reason)
        .where(Freeze.lifted_at.is_(None))
        .order_by(Freeze.id)
    )
    rows = [FreezeNow(*row) for row in session.execute(in_force)]
    return replace(rows[0], also=tuple(rows[1:])) if rows else None


def is_frozen(session: Session) -> bool:
    """Tell whether all writing to directories is stopped."""
    return current_freeze(session) is not None

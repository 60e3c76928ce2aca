"""Repairs of memberOf, as the directory's page and the command line show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.directory import Directory, Refresh, RefreshState, Repair, RepairState

GOOD = (RefreshState.DONE, RefreshState.ALREADY)
WRONG_VALUES = "memberOf values"


@dataclass(frozen=True, slots=True)
class RefreshLine:
    """One value of memberOf that a repair was about."""

    sentence: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class RepairLine:
    """One repair: how it stands, and what is still wrong."""

    id: int
    state: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    message: str
    values: tuple[RefreshLine, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in (RepairState.WAITING, RepairState.RUNNING)

    @property
    def left(self) -> tuple[RefreshLine, ...]:
        """Return the values that are not right yet."""
        return tuple(value for value in self.values if value.state not in GOOD)


def last_repair(session: Session, directory_id: int) -> RepairLine | None:
    """Return the newest repair of a directory, or None."""
    newest = (
        select(Repair)
        .where(Repair.directory_id == directory_id)
        .order_by(Repair.id.desc())
        .limit(1)
    )
    repair = session.scalars(newest).first()
    if repair is None:
        return None
    rows = session.scalars(
        select(Refresh).where(Refresh.repair_id == repair.id).order_by(Refresh.id)
    )
    values = tuple(RefreshLine(row.sentence, row.state.value, row.text) for row in rows)
    return RepairLine(
        repair.id,
        repair.state.value,
        repair.asked_by,
        repair.asked_at,
        repair.ended_at,
        repair.message,
        values,
    )


def offers_repair(directory: Directory) -> bool:
    """Tell whether the last check found values of memberOf that are wrong and that Rung may put
    right.
    """
    wrong = [kept for kept in directory.findings if kept["subject"] == WRONG_VALUES]
    return directory.writable and any(kept["level"] != "ok" for kept in wrong)

"""One writer per directory: a lease with a token that grows, so that an old holder finds itself
fenced off.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import cast

from sqlalchemy import Table, Update, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.changes import rows_changed
from app.core.errors import Conflict
from app.models.directory import Lease


class LeaseLost(Conflict):
    """Somebody else writes to this directory now; whoever sees this must not write any more."""


def take_lease(
    session: Session, directory_id: int, holder: str, seconds: float, now: datetime
) -> int | None:
    """Return a token when nobody writes to the directory, else None.

    The lease runs out after ``seconds``.

    ``holder`` names one running process: the same name does not get a second lease while the first
    one runs.
    """
    until = now + timedelta(seconds=seconds)
    free = (
        update(Lease)
        .where(Lease.directory_id == directory_id, Lease.expires_at <= now)
        .values(holder=holder, token=Lease.token + 1, expires_at=until)
    )
    if rows_changed(session, free) or _first_lease(
        session, directory_id, holder, until
    ):
        # Nobody can come between: the row is locked until this transaction ends.
        return session.scalars(
            select(Lease.token).where(Lease.directory_id == directory_id)
        ).one()
    return None


def keep_lease(
    session: Session, directory_id: int, token: int, seconds: float, now: datetime
) -> None:
    """Let the lease run for ``seconds`` from now.

    Raises ``LeaseLost`` when the token is no longer the current one.
    """
    until = now + timedelta(seconds=seconds)
    said = {"directory": directory_id, "held": token, "until": until}
    if not session.connection().execute(_kept(), said).rowcount:
        raise LeaseLost("Another worker writes to this directory now.")


@cache
def _kept() -> Update:
    """Return what keeps a lease, written once: every note of a wave begins with it."""
    held = (
        Lease.directory_id == bindparam("directory"),
        Lease.token == bindparam("held"),
    )
    mine = update(cast(Table, Lease.__table__)).where(*held)
    return mine.values(expires_at=bindparam("until"))


def give_back(session: Session, directory_id: int, token: int, now: datetime) -> None:
    """Let others write at once; does nothing when the token is no longer the current one."""
    mine = update(Lease).where(Lease.directory_id == directory_id, Lease.token == token)
    session.execute(mine.values(expires_at=now))


def quiet_since(session: Session, directory_id: int, now: datetime) -> int | None:
    """Return the token of the last who wrote to the directory, 0 where nobody did yet; None while
    somebody does.
    """
    lease = session.get(Lease, directory_id, populate_existing=True)
    if lease is None:
        return 0
    return lease.token if lease.expires_at <= now else None


def _first_lease(
    session: Session, directory_id: int, holder: str, until: datetime
) -> bool:
    first = insert(Lease).values(
        directory_id=directory_id, holder=holder, token=1, expires_at=until
    )
    try:
        with session.begin_nested():
            session.execute(first)
    except IntegrityError:
        return False
    return True

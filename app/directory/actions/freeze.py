"""Stop all writing to directories, and lift that stop (design 5.9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import Refused
from app.models.directory import Freeze


def freeze(session: Session, *, by: str, reason: str, now: datetime) -> Freeze:
    """Stop all writing before the next change; everyone keeps the access they have.

    Raises ``Refused`` if stopped.
    """
    current = _current(session)
    if current is not None:
        raise Refused(f"Writing is already frozen, by {current.by}.")
    stop = Freeze(at=now, by=by, reason=reason.strip(), lifted_at=None)
    session.add(stop)
    session.flush()
    audit.record(
        session,
        by,
        "freeze",
        f"freeze:{stop.id}",
        "Froze all writing to directories",
        reason=stop.reason,
        at=now,
    )
    return stop


def unfreeze(session: Session, *, by: str, now: datetime) -> Freeze:
    """Allow writing again. Raises ``Refused`` when nothing is frozen."""
    current = _current(session)
    if current is None:
        raise Refused("Writing is not frozen.")
    current.lifted_at, current.lifted_by = now, by
    audit.record(
        session,
        by,
        "unfreeze",
        f"freeze:{current.id}",
        "Allowed writing to directories again",
        at=now,
    )
    return current


def _current(session: Session) -> Freeze | None:
    return session.scalars(
        select(Freeze).where(Freeze.lifted_at.is_(None)).order_by(Freeze.id)
    ).first()

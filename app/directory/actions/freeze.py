"""Stop all writing to directories, and lift that stop (design 5.9)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Refused
from app.core.said import said
from app.models.directory import Freeze


def freeze(act: Acting, *, reason: str) -> Freeze:
    """Stop all writing before the next change; everyone keeps the access they have.

    Raises ``Refused`` if stopped.
    """
    current = _current(act.session)
    if current is not None:
        raise Refused(said("Writing is already frozen, by %(by)s.", by=current.by))
    stop = Freeze(at=act.now, by=act.by, reason=reason.strip(), lifted_at=None)
    act.session.add(stop)
    act.session.flush()
    Change().record(
        act,
        f"freeze:{stop.id}",
        "freeze",
        "Froze all writing to directories",
        reason=stop.reason,
    )
    return stop


def unfreeze(act: Acting) -> Freeze:
    """Allow writing again. Raises ``Refused`` when nothing is frozen."""
    current = _current(act.session)
    if current is None:
        raise Refused(said("Writing is not frozen."))
    current.lifted_at, current.lifted_by = act.now, act.by
    Change().record(
        act, f"freeze:{current.id}", "unfreeze", "Allowed writing to directories again"
    )
    return current


def _current(session: Session) -> Freeze | None:
    return session.scalars(
        select(Freeze).where(Freeze.lifted_at.is_(None)).order_by(Freeze.id)
    ).first()

"""The desk's numbers, the matrix and business hours as they are in force."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.incidents.rules.policy import DEFAULT, DeskNumbers, numbers_from
from app.models.incidents.desk import DeskPolicy


def desk_numbers(session: Session) -> DeskNumbers:
    """Return the desk's numbers in force: the newest version, or the defaults."""
    newest = session.scalars(select(DeskPolicy).order_by(DeskPolicy.id.desc()).limit(1)).first()
    return numbers_from(newest.content) if newest else DEFAULT

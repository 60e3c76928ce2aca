"""Names that forms offer: operators, owners, sites."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.auth import Operator
from app.models.improvements.improvement import Improvement


def owners(session: Session) -> list[str]:
    """Return the names of those who own an improvement."""
    names = select(Improvement.owner).where(Improvement.owner != "").distinct()
    return sorted(session.scalars(names), key=str.casefold)


def operators(session: Session) -> list[str]:
    """Return the names of the operators who are not disabled."""
    return list(
        session.scalars(
            select(Operator.name).where(Operator.disabled_at.is_(None)).order_by(Operator.name)
        )
    )

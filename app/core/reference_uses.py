"""For what a secret was given: a reference once used for one server cannot be pointed at another by
an operator.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base
from app.core.errors import Invalid
from app.core.said import said


class ReferenceUse(Base):
    """A secret was given for ``target``, such as ``ldaps://ldap.example.org:636``; never removed by
    an operator.
    """

    __tablename__ = "reference_use"
    __table_args__ = (UniqueConstraint("reference", "target"),)
    audited = False  # written together with the event of what was given

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str]
    target: Mapped[str]
    since: Mapped[datetime]


def is_given(session: Session, reference: str) -> bool:
    """Tell whether a reference, in its one spelling, was given for anything yet."""
    uses = select(ReferenceUse.id).where(ReferenceUse.reference == reference)
    return session.scalar(uses.limit(1)) is not None


def claim(
    session: Session,
    reference: str,
    target: str,
    *,
    now: datetime,
    field: str = "",
    released: bool = False,
) -> None:
    """Note that a reference, in its one spelling, is for ``target``.

    Raises ``Invalid`` when it is for another.

    ``released`` lets it be for both: that is what the command line may say, which reads the file
    anyway.
    """
    targets = set(
        session.scalars(
            select(ReferenceUse.target).where(ReferenceUse.reference == reference)
        )
    )
    if target in targets:
        return
    if targets and not released:
        given = " and ".join(sorted(targets))
        raise Invalid(
            said(
                "This secret was given for %(given)s and is not sent elsewhere. "
                "On the server, put the one for %(target)s into a file of its "
                "own and name that.",
                given=given,
                target=target,
            ),
            field=field,
        )
    session.add(ReferenceUse(reference=reference, target=target, since=now))
    session.flush()

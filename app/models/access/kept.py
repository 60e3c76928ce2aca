"""The tables of rights that a person keeps outside of roles."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.models.directory import Entitlement


class AccessException(Base):
    """A right kept outside the role: with an owner, a reason and an end date (design 5.12)."""

    __tablename__ = "access_exception"

    id: Mapped[int] = mapped_column(primary_key=True)
    switch_id: Mapped[int] = mapped_column(
        ForeignKey("switch.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE")
    )
    owner: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date]
    ended_at: Mapped[datetime | None]

    entitlement: Mapped[Entitlement] = relationship(lazy="raise")

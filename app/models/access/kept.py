"""The tables of rights that a person keeps outside of roles."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.models.directory import Entitlement


class AccessException(Base):
    """A right kept outside the role: with an owner, a reason and an end date (design 5.12).

    ``ending_id`` is the switch that takes it off at its end; ``held_up`` says why it could
    not, tried last at ``tried_at``.
    """

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
    ending_id: Mapped[int | None] = mapped_column(
        ForeignKey("switch.id", ondelete="SET NULL"), index=True
    )
    tried_at: Mapped[datetime | None]
    held_up: Mapped[str] = mapped_column(Text, default="", server_default="")

    entitlement: Mapped[Entitlement] = relationship(lazy="raise")

"""The table of pairs of rights that nobody should hold together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.models.directory import Entitlement


class RightsApart(Base):
    """Two rights that nobody should hold together, and why; ``one_id`` is the smaller number."""

    __tablename__ = "rights_apart"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE")
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]

    one: Mapped[Entitlement] = relationship(foreign_keys=[one_id], lazy="raise")
    other: Mapped[Entitlement] = relationship(foreign_keys=[other_id], lazy="raise")

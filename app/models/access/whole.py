"""The table of roles that are taken back as a whole."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.models.access.role import Role


class RoleUndo(Base):
    """A role that is taken back from everybody, wave after wave.

    ``waves`` are those that still wait for their turn, the next one first; ``wave_id`` is the one
    whose turn it is. ``decisions`` says what to do where others interfered, as ``undo`` takes it.
    ``passed`` says who was passed by, and why; ``ended_at`` is when every wave had its turn.
    """

    __tablename__ = "role_undo"

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(
        ForeignKey("role.id", ondelete="CASCADE"), index=True
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="SET NULL"), index=True
    )
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    waves: Mapped[list[int]] = mapped_column(JSON)
    decisions: Mapped[dict[str, str]] = mapped_column(JSON)
    passed: Mapped[list[str]] = mapped_column(JSON, default=list)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)

    role: Mapped[Role] = relationship(lazy="raise")

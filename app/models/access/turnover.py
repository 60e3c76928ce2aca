"""The table of what was done about people who joined, moved or left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class TurnoverDone(Base):
    """Somebody looked at what a reading saw of a person: at what, when, and the wave it led to."""

    __tablename__ = "turnover_done"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(
        ForeignKey("reading_change.id", ondelete="CASCADE"), unique=True
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="SET NULL"), index=True
    )
    done_at: Mapped[datetime]
    done_by: Mapped[str]

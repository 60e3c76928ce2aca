"""The tables of what proves the way back: nightly looks at open undos, and drills."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base


class UndoOutcome(StrEnum):
    """What an undo would meet now."""

    CLEAN = "clean"
    CONFLICTS = "conflicts"
    IMPOSSIBLE = "impossible"


class Drill(Base):
    """A test account moved up and down through the same engine, with how long either took.

    ``down_seconds`` is how long it took to take everything back; ``trouble`` says what went wrong.
    """

    __tablename__ = "drill"

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime]
    by: Mapped[str]
    up_seconds: Mapped[float]
    down_seconds: Mapped[float]
    trouble: Mapped[str] = mapped_column(Text, default="")


class UndoLook(Base):
    """How the undo of one person's switch would go, as last tried without writing.

    ``conflicts`` counts the values on which somebody would have to decide; ``why`` says what is in
    the way.
    """

    __tablename__ = "undo_look"
    audited = False  # it changes nothing; what is done about it has its event

    id: Mapped[int] = mapped_column(primary_key=True)
    switch_id: Mapped[int] = mapped_column(
        ForeignKey("switch.id", ondelete="CASCADE"), unique=True
    )
    looked_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[UndoOutcome] = mapped_column(worded(UndoOutcome, "outcome"))
    conflicts: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(Text, default="")

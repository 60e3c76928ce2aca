"""The table of rights that are tried without."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base


class TrialState(StrEnum):
    """Where a right stands that is tried without."""

    PLANNED = "planned off"
    OFF = "off"
    RETURNING = "coming back"
    BACK = "back"
    FOR_GOOD = "off for good"
    DROPPED = "not tried"


class RightTrial(Base):
    """A right switched off for some days to see whether anybody misses it: by which switch, for how
    many days, and what became of it.
    """

    __tablename__ = "right_trial"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE")
    )
    switch_id: Mapped[int] = mapped_column(
        ForeignKey("switch.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[TrialState] = mapped_column(worded(TrialState, "state"), index=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    quiet_until: Mapped[date | None]
    objection: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[str]
    ended_at: Mapped[datetime | None]

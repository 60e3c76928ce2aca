"""The table of plans that the worker is to make."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import worded
from app.core.db import Base
from app.models.access.role import Role
from app.models.access.words import (
    PlanState,
)


class AskedPlan(Base):
    """A plan that the worker is to make: of many people it takes seconds.

    ``people`` are numbers, ``choices`` what ``choices_as_data`` makes of the decisions, and
    ``typed`` the pairs of the form, so that it comes back as it was typed. ``done`` of ``people``
    are worked out; ``holder`` is the process that is at it and ``beat_at`` its last sign of life.
    ``told_at`` is when whoever asked saw the outcome.
    """

    __tablename__ = "asked_plan"
    audited = False  # it changes nothing; the wave that is made of it has its event

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(
        ForeignKey("role.id", ondelete="CASCADE"), index=True
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[PlanState] = mapped_column(worded(PlanState, "state"), index=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    people: Mapped[list[int]] = mapped_column(JSON)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    typed: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    done: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str] = mapped_column(default="")
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[list[str]] = mapped_column(JSON, default=list)
    told_at: Mapped[datetime | None]

    role: Mapped[Role] = relationship(lazy="raise")

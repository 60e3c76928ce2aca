"""The table of plans that the worker is to make."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.asked import AskedWork
from app.core.db import Base
from app.models.access.role import Role


class AskedPlan(AskedWork, Base):
    """A plan that the worker is to make: of many people it takes seconds.

    ``people`` are numbers, ``choices`` what ``choices_as_data`` makes of the decisions, and
    ``typed`` the pairs of the form, so that it comes back as it was typed. ``done`` of ``people``
    are worked out.
    """

    __tablename__ = "asked_plan"

    role_id: Mapped[int] = mapped_column(
        ForeignKey("role.id", ondelete="CASCADE"), index=True
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="SET NULL"), index=True
    )
    people: Mapped[list[int]] = mapped_column(JSON)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    typed: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    details: Mapped[list[str]] = mapped_column(JSON, default=list)

    role: Mapped[Role] = relationship(lazy="raise")

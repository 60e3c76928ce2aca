"""Tables of business hours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Calendar(Base):
    """Business hours in a time zone.

    ``hours`` maps weekday (``"0"`` is Monday) to intervals ``["09:00", "12:30"]``.

    ``is_office``: reports that name no service yet count in these hours; at most one calendar has
    it.
    """

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    timezone: Mapped[str] = mapped_column(default="UTC")
    hours: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_office: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Holiday(Base):
    """One day on which nobody of a calendar works."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("calendar_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(
        ForeignKey("calendar.id", ondelete="CASCADE")
    )
    day: Mapped[date]
    name: Mapped[str] = mapped_column(default="")

"""What somebody asks of the worker and waits for: a plan of many people, a pack of evidence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded


class AskedState(StrEnum):
    """Where something stands that the worker was asked for."""

    WAITING = "waiting"
    WORKING = "working"
    MADE = "made"
    REFUSED = "refused"
    CANCELLED = "cancelled"


OPEN = (AskedState.WAITING, AskedState.WORKING)


class AskedWork:
    """The columns of a table of such things.

    ``holder`` is the process that is at it, ``beat_at`` its last sign of life and ``done`` how far
    it is. ``told_at`` is when whoever asked saw the outcome.
    """

    audited = False  # it changes nothing; what is made of it has its event

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[AskedState] = mapped_column(worded(AskedState, "state"), index=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str] = mapped_column(default="")
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    told_at: Mapped[datetime | None]

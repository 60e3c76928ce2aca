"""Tables of Today and of evidence: how an operator wants to be told of what waits, what was told
already, and the packs that were asked for.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.asked import AskedWork
from app.core.columns import worded
from app.core.db import Base


class NoticeHow(StrEnum):
    """When an operator is told by mail of what began to wait."""

    NEVER = "never"
    AT_ONCE = "at once"
    DAILY = "daily"
    WEEKLY = "weekly"


class NoticeChoice(Base):
    """How one operator wants to be told; ``here`` also by a notice of the browser.

    ``daily_on`` is the last day on which the daily mail was made.
    """

    __tablename__ = "notice_choice"
    audited = False  # an operator's own taste, which nobody else is concerned by

    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), primary_key=True
    )
    how: Mapped[NoticeHow] = mapped_column(
        worded(NoticeHow, "how"), default=NoticeHow.NEVER
    )
    mail: Mapped[str] = mapped_column(default="")
    here: Mapped[bool] = mapped_column(default=False)
    daily_on: Mapped[date | None]
    changed_at: Mapped[datetime]


class NoticeTold(Base):
    """An operator was told of one thing that waits; never twice of the same."""

    __tablename__ = "notice_told"
    audited = False  # the message itself has an event

    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class WeeklyTold(Base):
    """The weekly mail of one week was made for one reader; never twice.

    ``reader`` is an operator or a sponsor's address, ``week`` its Monday as 2026-03-02.
    """

    __tablename__ = "weekly_told"
    audited = False  # the message itself has an event

    reader: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class AskedPack(AskedWork, Base):
    """A pack of evidence that the worker is to make, and how it came out.

    ``to_now`` tells that no end was said: ``until`` is when it was asked for. ``size`` is how many
    bytes the file has, ``hash`` what the trail knows it by, ``adds_up`` whether every balance came
    to zero.
    """

    __tablename__ = "asked_pack"

    since: Mapped[datetime]
    until: Mapped[datetime]
    to_now: Mapped[bool]
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(default="")
    adds_up: Mapped[bool | None]

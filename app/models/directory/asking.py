"""The tables of what directories' own logs told: which application asks which group how."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class DirectoryLog(Base):
    """One log that was read: what it covers and how much of it was understood, nothing of its text.

    ``mark`` is a hash of its first line: the same log, longer by now, takes the place of what was
    read of it before. ``left_out`` counts questions about groups that are not known, and those
    beyond the most that are kept.
    """

    __tablename__ = "directory_log"
    __table_args__ = (UniqueConstraint("directory_id", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    mark: Mapped[str]
    server: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    lines: Mapped[int]
    questions: Mapped[int]
    left_out: Mapped[int]
    cut: Mapped[bool]
    read_at: Mapped[datetime]
    read_by: Mapped[str]


class AskedGroup(Base):
    """So many questions of one application about one group, in one way: never who was asked about,
    and of the times the last day only.

    Without a right all groups were asked about. ``account`` is the account it signed in with,
    empty for none; ``people`` stands for all people who signed in themselves.
    """

    __tablename__ = "asked_group"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[int] = mapped_column(
        ForeignKey("directory_log.id", ondelete="CASCADE"), index=True
    )
    entitlement_id: Mapped[int | None] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE"), index=True
    )
    account: Mapped[str]
    address: Mapped[str]
    way: Mapped[str]
    count: Mapped[int]
    last_day: Mapped[date | None]

"""Tables of people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Person(Base):
    """One person of a directory as last read. ``key`` is the identity there; ``gone_at`` since when it is missing."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("directory_id", "key"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(ForeignKey("directory.id", ondelete="CASCADE"))
    key: Mapped[str]
    dn: Mapped[str]
    uid: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(index=True)
    mail: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    site: Mapped[str] = mapped_column(default="")
    manager: Mapped[str] = mapped_column(default="")
    disabled: Mapped[bool] = mapped_column(default=False)
    service: Mapped[bool] = mapped_column(default=False)
    primary_group: Mapped[str] = mapped_column(default="")
    first_seen: Mapped[datetime]
    gone_at: Mapped[datetime | None]

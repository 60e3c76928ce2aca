"""Full text of everything that can be searched: one table, FTS5 on SQLite, a tsvector index on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class SearchText(Base):
    """The words of one record: ``kind`` and ``row_id`` say which, ``title`` weighs more than ``body``."""

    __tablename__ = "search_text"
    __table_args__ = (UniqueConstraint("kind", "row_id"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    row_id: Mapped[int]
    title: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")

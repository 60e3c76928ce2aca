"""What is said in plain words to who does not know the work, and where to learn more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.sponsors.words import WhomFor


class PrimerText(Base):
    """A primer in the owner's words, in one language; without a row the shipped text stands."""

    __tablename__ = "primer_text"
    __table_args__ = (UniqueConstraint("key", "language"),)
    noun = "primer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    language: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class LearningLink(Base):
    """Where somebody learns more: of an improvement, or of a primer by its ``primer`` key."""

    __tablename__ = "learning_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    primer: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    address: Mapped[str] = mapped_column(Text)
    whom: Mapped[WhomFor | None] = mapped_column(worded(WhomFor, "whom"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]

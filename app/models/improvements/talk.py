"""Tables of what is said about an improvement, and of the files that belong to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ImprovementComment(Base):
    """What somebody said about an improvement, perhaps about a finding or one of its rungs."""

    __tablename__ = "improvement_comment"
    noun = "comment"
    found_by = ("text",)

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    iteration_id: Mapped[int | None] = mapped_column(
        ForeignKey("iteration.id"), index=True
    )
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class ImprovementMention(Base):
    """An operator who is named in a comment, and when he or she took note of it."""

    __tablename__ = "improvement_mention"
    __table_args__ = (UniqueConstraint("comment_id", "operator_id"),)
    noun = "mention"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("improvement_comment.id"))
    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), index=True
    )
    seen_at: Mapped[datetime | None]


class ImprovementFile(Base):
    """A file of an improvement or of a comment, kept under its SHA-256.

    ``type`` is what its content is, not what it claims to be.
    """

    __tablename__ = "improvement_file"
    noun = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement_comment.id"), index=True
    )
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    deleted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

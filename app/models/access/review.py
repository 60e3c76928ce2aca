"""The tables of access reviews: a few concrete questions to the owner of rights, at one sitting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import SECRET, worded
from app.core.db import Base
from app.models.access.words import ReviewAnswer


class AccessReview(Base):
    """One sitting of an owner: what is asked about the rights he or she answers for.

    Whoever has the link answers in the owner's name: ``link_mark`` is in it, and a new one makes
    every older link worthless. ``wave_id`` is the plan of what is to be removed.
    """

    __tablename__ = "access_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE"), index=True
    )
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    owner_name: Mapped[str]
    link_mark: Mapped[str] = mapped_column(info=SECRET)
    link_until: Mapped[datetime]
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="SET NULL"), index=True
    )


class ReviewQuestion(Base):
    """Whether one person still needs one right, and what the owner said."""

    __tablename__ = "review_question"
    __table_args__ = (UniqueConstraint("review_id", "person_id", "entitlement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(
        ForeignKey("access_review.id", ondelete="CASCADE")
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE"), index=True
    )
    answer: Mapped[ReviewAnswer] = mapped_column(worded(ReviewAnswer, "answer"))
    answered_at: Mapped[datetime | None]

"""The table of objections."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.sponsors.words import AnsweredWith, Barrier, ObjectionState


class Objection(Base):
    """What somebody said against an improvement, in their words, and what answered it.

    ``barrier`` is the step that is missing; ``by_link`` tells that they wrote it themselves.
    An answer is linked to what was measured, found or decided, or to the conversation.
    """

    __tablename__ = "objection"
    __table_args__ = (Index("ix_objection_state_follow_up", "state", "follow_up"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    stakeholder_id: Mapped[int | None] = mapped_column(
        ForeignKey("stakeholder.id", ondelete="CASCADE"), index=True
    )
    who: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    by_link: Mapped[bool] = mapped_column(default=False)
    barrier: Mapped[Barrier | None] = mapped_column(worded(Barrier, "barrier"))
    follow_up: Mapped[date | None]
    owner: Mapped[str] = mapped_column(default="")
    state: Mapped[ObjectionState] = mapped_column(
        worded(ObjectionState, "state"), default=ObjectionState.OPEN
    )
    answered_with: Mapped[AnsweredWith | None] = mapped_column(
        worded(AnsweredWith, "answered_with")
    )
    answer: Mapped[str] = mapped_column(Text, default="")
    metric_id: Mapped[int | None] = mapped_column(
        ForeignKey("metric.id", ondelete="SET NULL"), index=True
    )
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="SET NULL"), index=True
    )
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("decision.id", ondelete="SET NULL"), index=True
    )
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey("stakeholder_contact.id", ondelete="SET NULL"), index=True
    )
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]

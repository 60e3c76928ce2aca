"""Tables of the complaints register."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.improvements.words import ComplaintState, Defect


class Complaint(Base):
    """One complaint, however often it is heard.

    ``severity`` goes from 1 (a nuisance) to 4 (work stops).
    """

    __tablename__ = "complaint"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    defect: Mapped[Defect] = mapped_column(
        worded(Defect, "defect"), default=Defect.OTHER
    )
    severity: Mapped[int] = mapped_column(default=2)
    state: Mapped[ComplaintState] = mapped_column(
        worded(ComplaintState, "state"), default=ComplaintState.OPEN
    )
    answer: Mapped[str] = mapped_column(Text, default="")
    improvement_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Voice(Base):
    """Somebody who said it: who, where, when, in which words."""

    __tablename__ = "complaint_voice"
    noun = "voice"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(
        ForeignKey("site.id", ondelete="SET NULL"), index=True
    )
    who: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    said_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

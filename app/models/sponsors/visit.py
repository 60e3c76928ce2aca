"""Tables of visits: who is gone to and when, what was heard, and what it became."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.sponsors.words import ContactKind, HeardKind, VisitState


class Visit(Base):
    """One visit, or one time to be in touch, with a site, a unit or a stakeholder.

    ``day`` is when it is planned, and once held when it was.
    """

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_state_day", "state", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    whom: Mapped[str]
    kind: Mapped[ContactKind] = mapped_column(worded(ContactKind, "kind"))
    site_id: Mapped[int | None] = mapped_column(
        ForeignKey("site.id", ondelete="SET NULL"), index=True
    )
    stakeholder_id: Mapped[int | None] = mapped_column(
        ForeignKey("stakeholder.id", ondelete="CASCADE"), index=True
    )
    why: Mapped[str] = mapped_column(Text, default="")
    day: Mapped[date]
    owner: Mapped[str] = mapped_column(default="")
    state: Mapped[VisitState] = mapped_column(
        worded(VisitState, "state"), default=VisitState.PLANNED
    )
    heard: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class VisitHeard(Base):
    """One thing that was heard on a visit, and the finding, objection or task it became."""

    __tablename__ = "visit_heard"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(
        ForeignKey("visit.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[HeardKind] = mapped_column(worded(HeardKind, "kind"))
    text: Mapped[str] = mapped_column(Text)
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="SET NULL"), index=True
    )
    objection_id: Mapped[int | None] = mapped_column(
        ForeignKey("objection.id", ondelete="SET NULL"), index=True
    )
    task_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement_task.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]

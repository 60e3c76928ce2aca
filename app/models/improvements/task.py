"""The table of tasks."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.improvements.words import TaskState


class ImprovementTask(Base):
    """One thing to do for an improvement, perhaps because of a finding or in one of its rungs.

    ``place`` is its place in the list; the first open one with a name and a day is the next step.
    ``owner`` is a name as typed, the ids say which operator or person of the directory was meant.
    """

    __tablename__ = "improvement_task"
    __table_args__ = (Index("ix_improvement_task_state_due", "state", "due"),)
    noun = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    iteration_id: Mapped[int | None] = mapped_column(
        ForeignKey("iteration.id"), index=True
    )
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"), index=True)
    place: Mapped[int]
    state: Mapped[TaskState] = mapped_column(
        worded(TaskState, "state"), default=TaskState.OPEN
    )
    what: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(default="")
    owner_operator_id: Mapped[int | None] = mapped_column(
        ForeignKey("operator.id", ondelete="SET NULL"), index=True
    )
    owner_person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    due: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]

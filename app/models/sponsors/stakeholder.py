"""Tables of who has a say in an improvement: where they stand, what was tried, what is to do."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.improvements.words import TaskState
from app.models.sponsors.words import ContactKind, StakeholderKind, Stance

GONE_WITH_IT = "stakeholder.id"


class Stakeholder(Base):
    """A person or group with a say in an improvement, also one outside of the company.

    ``power`` and ``interest`` go from 1 to 3. ``stance`` and ``assessed_on`` are of the latest
    assessment. ``leads`` are the groups a sponsor leads and ``agents`` the change agents among
    them, one a line; ``problem`` is theirs that the change solves, ``complaint_id`` where it was
    heard; ``driver`` is what pushes them.
    """

    __tablename__ = "stakeholder"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    kind: Mapped[StakeholderKind] = mapped_column(
        worded(StakeholderKind, "kind"), default=StakeholderKind.PERSON
    )
    company: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    is_sponsor: Mapped[bool] = mapped_column(default=False)
    leads: Mapped[str] = mapped_column(Text, default="")
    power: Mapped[int] = mapped_column(default=2)
    interest: Mapped[int] = mapped_column(default=2)
    stance: Mapped[Stance] = mapped_column(worded(Stance, "stance"))
    desired: Mapped[Stance] = mapped_column(
        worded(Stance, "desired"), default=Stance.SUPPORTIVE
    )
    assessed_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    complaint_id: Mapped[int | None] = mapped_column(
        ForeignKey("complaint.id", ondelete="SET NULL"), index=True
    )
    benefit: Mapped[str] = mapped_column(Text, default="")
    driver: Mapped[str] = mapped_column(Text, default="")
    liaison: Mapped[str] = mapped_column(default="")
    agents: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class StakeholderAssessment(Base):
    """Where a stakeholder stood on a day, and why; perhaps with the five scores (1 to 5)."""

    __tablename__ = "stakeholder_assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    stakeholder_id: Mapped[int] = mapped_column(
        ForeignKey(GONE_WITH_IT, ondelete="CASCADE"), index=True
    )
    day: Mapped[date]
    stance: Mapped[Stance] = mapped_column(worded(Stance, "stance"))
    reason: Mapped[str] = mapped_column(Text, default="")
    awareness: Mapped[int | None]
    desire: Mapped[int | None]
    knowledge: Mapped[int | None]
    ability: Mapped[int | None]
    reinforcement: Mapped[int | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class StakeholderContact(Base):
    """One time somebody was in touch with a stakeholder: what was tried, and what came of it.

    ``heard`` tells that the stakeholder said or did something; being talked at does not count.
    """

    __tablename__ = "stakeholder_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    stakeholder_id: Mapped[int] = mapped_column(
        ForeignKey(GONE_WITH_IT, ondelete="CASCADE"), index=True
    )
    day: Mapped[date]
    kind: Mapped[ContactKind] = mapped_column(worded(ContactKind, "kind"))
    who: Mapped[str] = mapped_column(default="")
    technique: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(Text, default="")
    heard: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class StakeholderAction(Base):
    """One thing to do with a stakeholder; known to those only who may know of stakeholders."""

    __tablename__ = "stakeholder_action"
    __table_args__ = (Index("ix_stakeholder_action_state_due", "state", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stakeholder_id: Mapped[int] = mapped_column(
        ForeignKey(GONE_WITH_IT, ondelete="CASCADE"), index=True
    )
    what: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(default="")
    due: Mapped[date | None]
    state: Mapped[TaskState] = mapped_column(
        worded(TaskState, "state"), default=TaskState.OPEN
    )
    result: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]

"""Tables of the register: improvements and what stands beside them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.improvements.words import (
    AskKind,
    Funding,
    HeldBack,
    ImprovementKind,
    ImprovementNoteKind,
    ImprovementSize,
    ImprovementSource,
    ImprovementState,
    Per,
    Side,
)


class Improvement(Base):
    """One improvement (design section 4).

    Only the title is needed to raise one; ``revision`` grows with each change.

    ``eligible`` is how many people it is for in the end, ``undo_capacity`` how many undo can bring
    back in time; ``budget_hours`` are the hours the two people may spend; ``confidence`` is in per
    cent, None where unknown. ``touched_at`` is the last sign of life of anything in it; ``owner``,
    ``sponsor`` and ``next_who`` are names as typed, the ids beside them say which operator or
    person of the directory was meant.

    ``hour_worth`` is what an hour is valued at in the business case, in ``worth_unit``, said by
    ``worth_by`` on ``worth_on``; ``horizon_years`` is over how many years yearly sums are added up.

    ``sponsor_mail`` gets the weekly mail, in ``sponsor_language``, until somebody there stops it at
    ``sponsor_stopped_at``.

    ``duplicate_of_id`` is what asks for the same, ``closed_why`` why it was rejected.
    ``embedded_on`` is the day it was embedded last, kept when drift opens it again.
    """

    __tablename__ = "improvement"
    found_by = ("title", "service")

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[ImprovementState] = mapped_column(
        worded(ImprovementState, "state"), default=ImprovementState.RAISED, index=True
    )
    since: Mapped[datetime]
    embedded_on: Mapped[date | None]
    touched_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    title: Mapped[str]
    kind: Mapped[ImprovementKind] = mapped_column(
        worded(ImprovementKind, "kind"), default=ImprovementKind.OTHER
    )
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    template: Mapped[str] = mapped_column(default="")
    service: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(Text, default="")
    objective: Mapped[str] = mapped_column(Text, default="")

    owner: Mapped[str] = mapped_column(default="")
    owner_operator_id: Mapped[int | None] = mapped_column(
        ForeignKey("operator.id", ondelete="SET NULL"), index=True
    )
    owner_person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    sponsor: Mapped[str] = mapped_column(default="")
    sponsor_person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    sponsor_mail: Mapped[str] = mapped_column(default="")
    sponsor_language: Mapped[str] = mapped_column(default="")
    sponsor_stopped_at: Mapped[datetime | None]

    source: Mapped[ImprovementSource] = mapped_column(
        worded(ImprovementSource, "source"), default=ImprovementSource.IDEA
    )
    source_text: Mapped[str] = mapped_column(Text, default="")
    source_who: Mapped[str] = mapped_column(default="")

    vision: Mapped[str] = mapped_column(Text, default="")
    where_now: Mapped[str] = mapped_column(Text, default="")
    where_to: Mapped[str] = mapped_column(Text, default="")
    how: Mapped[str] = mapped_column(Text, default="")
    momentum: Mapped[str] = mapped_column(Text, default="")

    size: Mapped[ImprovementSize | None] = mapped_column(
        worded(ImprovementSize, "size")
    )
    value: Mapped[int | None]
    urgency: Mapped[int | None]
    risk: Mapped[int | None]
    job_size: Mapped[int | None]
    required_by: Mapped[date | None]
    nothing_cost: Mapped[str] = mapped_column(Text, default="")
    nothing_risk: Mapped[str] = mapped_column(Text, default="")
    held_back: Mapped[HeldBack | None] = mapped_column(worded(HeldBack, "held_back"))
    confidence: Mapped[int | None]
    expected_return: Mapped[str] = mapped_column(Text, default="")

    desk_involved: Mapped[bool | None]
    desk_note: Mapped[str] = mapped_column(Text, default="")
    existing_tool: Mapped[str] = mapped_column(default="")
    reuses_tool: Mapped[bool | None]
    later_candidate: Mapped[str] = mapped_column(default="")
    tool_limit: Mapped[str] = mapped_column(Text, default="")
    channel_fit: Mapped[str] = mapped_column(Text, default="")
    budget_hours: Mapped[float | None]
    funding: Mapped[Funding] = mapped_column(
        worded(Funding, "funding"), default=Funding.UNKNOWN
    )
    funding_note: Mapped[str] = mapped_column(Text, default="")
    success_needs: Mapped[str] = mapped_column(Text, default="")

    eligible: Mapped[int | None]
    undo_capacity: Mapped[int | None]
    saving_unit: Mapped[str] = mapped_column(default="")
    saving_assumptions: Mapped[str] = mapped_column(Text, default="")
    hour_worth: Mapped[float | None]
    worth_unit: Mapped[str] = mapped_column(default="")
    worth_by: Mapped[str] = mapped_column(default="")
    worth_on: Mapped[date | None]
    horizon_years: Mapped[int] = mapped_column(default=1)
    forecast_shown_on: Mapped[date | None]
    everyone_has_it_on: Mapped[date | None]

    next_what: Mapped[str] = mapped_column(Text, default="")
    next_who: Mapped[str] = mapped_column(default="")
    next_due: Mapped[date | None] = mapped_column(index=True)

    duplicate_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    closed_why: Mapped[str] = mapped_column(Text, default="")
    stop_learning: Mapped[str] = mapped_column(Text, default="")
    not_spent: Mapped[float | None]
    not_spent_unit: Mapped[str] = mapped_column(default="")


class Note(Base):
    """One line beside an improvement: a lesson, a picture of the target state, a stakeholder, a
    volunteer, a link.

    ``who`` is the audience, stakeholder, volunteer or practice; ``answer`` whether it is so (None:
    not known yet).
    """

    __tablename__ = "improvement_note"
    noun = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    iteration_id: Mapped[int | None] = mapped_column(
        ForeignKey("iteration.id"), index=True
    )
    kind: Mapped[ImprovementNoteKind] = mapped_column(
        worded(ImprovementNoteKind, "kind")
    )
    who: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(default="")
    happened_on: Mapped[date | None]
    answer: Mapped[bool | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    struck_at: Mapped[datetime | None]


class Vote(Base):
    """One reader's wish that an improvement comes next."""

    __tablename__ = "improvement_vote"
    __table_args__ = (UniqueConstraint("improvement_id", "voter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvement.id"))
    voter: Mapped[str]
    created_at: Mapped[datetime]


class CostBenefit(Base):
    """One cost, benefit, dis-benefit, or price of doing nothing, as planned and as it came."""

    __tablename__ = "cost_benefit"
    noun = "cost"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    iteration_id: Mapped[int | None] = mapped_column(
        ForeignKey("iteration.id"), index=True
    )
    side: Mapped[Side] = mapped_column(worded(Side, "side"))
    what: Mapped[str] = mapped_column(Text)
    for_whom: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    per: Mapped[Per] = mapped_column(worded(Per, "per"), default=Per.ONCE)
    planned: Mapped[float | None]
    actual: Mapped[float | None]
    assumption: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    struck_at: Mapped[datetime | None]


class CaseAsk(Base):
    """What the owner of an improvement asks for until a day, and how it was answered.

    ``open_of`` is unique: one question at a time.
    """

    __tablename__ = "case_ask"
    noun = "ask"
    __table_args__ = (UniqueConstraint("open_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    open_of: Mapped[int | None] = mapped_column(ForeignKey("improvement.id"))
    kind: Mapped[AskKind] = mapped_column(worded(AskKind, "kind"))
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[date] = mapped_column(index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")


class BusinessCase(Base):
    """A business case as it was frozen: the words and figures of one day, with their hash.

    Never changed.
    """

    __tablename__ = "business_case"
    noun = "case"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    as_of: Mapped[datetime]
    content: Mapped[str] = mapped_column(Text)
    hash: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class OwnTemplate(Base):
    """A template as somebody here changed it, in place of the one that came with Rung, or one of
    their own.
    """

    __tablename__ = "improvement_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    content: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

"""Tables of iterations, who takes part, what comes up, and what is decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import SECRET, worded
from app.core.db import Base
from app.models.improvements.words import (
    DecisionKind,
    FindingKind,
    FindingSource,
    FindingState,
    ForWhom,
    IterationState,
    Level,
    ParticipationState,
    Verdict,
)


class Iteration(Base):
    """One rung: who, what changes, what is expected, and how it went.

    ``open_of`` is unique: one at a time.

    The prediction is locked with ``started_at``; ``baseline`` is the mean of before at that time.
    ``confidence`` is in per cent; ``start_reason`` and ``simple_reason`` answer a check of the plan
    that is not met; hours are those of the two people; ``pulse`` and ``pulse_floor`` are shares
    (0–1) of the satisfied.

    ``changed_on`` is the day from which the change holds, which need not be that of
    ``started_at``; ``changed_why`` says how it comes that it lies in the past.
    """

    __tablename__ = "iteration"
    __table_args__ = (
        UniqueConstraint("improvement_id", "number"),
        UniqueConstraint("open_of"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvement.id"))
    open_of: Mapped[int | None] = mapped_column(ForeignKey("improvement.id"))
    carried_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("iteration.id"), index=True
    )
    number: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[IterationState] = mapped_column(
        worded(IterationState, "state"), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    started_at: Mapped[datetime | None]
    started_by: Mapped[str] = mapped_column(default="")
    changed_on: Mapped[date | None]
    changed_why: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]

    what_changes: Mapped[str] = mapped_column(Text, default="")
    planned_size: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    verdict_not_before: Mapped[date | None]
    minimum_points: Mapped[int] = mapped_column(default=8)
    observe_days: Mapped[int] = mapped_column(default=0)
    size_reason: Mapped[str] = mapped_column(Text, default="")
    budget_hours: Mapped[float | None]
    spent_hours: Mapped[float | None]
    start_reason: Mapped[str] = mapped_column(Text, default="")
    simple_reason: Mapped[str] = mapped_column(Text, default="")
    risk_level: Mapped[Level | None] = mapped_column(worded(Level, "risk_level"))
    cost_level: Mapped[Level | None] = mapped_column(worded(Level, "cost_level"))
    levels_reason: Mapped[str] = mapped_column(Text, default="")

    metric_id: Mapped[int | None] = mapped_column(ForeignKey("metric.id"), index=True)
    expected: Mapped[float | None]
    confidence: Mapped[int | None]
    prediction_note: Mapped[str] = mapped_column(Text, default="")
    baseline: Mapped[float | None]
    result: Mapped[float | None]

    undo_rehearsed_at: Mapped[datetime | None]
    undo_rehearsed_by: Mapped[str] = mapped_column(default="")
    undo_seconds: Mapped[int | None]
    pulse: Mapped[float | None]
    pulse_floor: Mapped[float] = mapped_column(default=0.6)
    incidents_quiet: Mapped[bool | None]
    incidents_note: Mapped[str] = mapped_column(Text, default="")
    support_change: Mapped[float | None]
    ended_reason: Mapped[str] = mapped_column(Text, default="")


class Participation(Base):
    """One named person in an iteration, from the directory or typed in.

    ``undo_seconds`` is how long undo took, ``saved`` what the change saves this person, in the
    improvement's unit.

    ``link_mark`` stands in the link with which the person answers; a new one makes every older link
    worthless. It opens the page until ``link_until``. ``says_works`` is what was answered last.
    """

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("iteration_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    iteration_id: Mapped[int] = mapped_column(ForeignKey("iteration.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    site_id: Mapped[int | None] = mapped_column(
        ForeignKey("site.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str]
    state: Mapped[ParticipationState] = mapped_column(
        worded(ParticipationState, "state")
    )
    technique: Mapped[str] = mapped_column(Text, default="")
    prepared_at: Mapped[datetime | None]
    switched_at: Mapped[datetime | None]
    observing_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str] = mapped_column(default="")
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undo_seconds: Mapped[int | None]
    undo_reason: Mapped[str] = mapped_column(Text, default="")
    feedback: Mapped[str] = mapped_column(Text, default="")
    feedback_read_at: Mapped[datetime | None]
    would_go_back: Mapped[bool | None]
    saved: Mapped[float | None]
    last_used_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    left_at: Mapped[datetime | None]
    link_mark: Mapped[str] = mapped_column(default="", server_default="", info=SECRET)
    link_until: Mapped[datetime | None]
    link_sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    says_works: Mapped[bool | None]


class CheckIn(Base):
    """The five questions of the Toyota kata, answered once."""

    __tablename__ = "check_in"
    noun = "check-in"

    id: Mapped[int] = mapped_column(primary_key=True)
    iteration_id: Mapped[int] = mapped_column(ForeignKey("iteration.id"), index=True)
    target: Mapped[str] = mapped_column(Text)
    actual: Mapped[str] = mapped_column(Text)
    obstacle: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text)
    learned: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Finding(Base):
    """Something an iteration brought up.

    It stays with the improvement and closes the gate until it is settled.
    """

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), index=True
    )
    iteration_id: Mapped[int | None] = mapped_column(
        ForeignKey("iteration.id"), index=True
    )
    participation_id: Mapped[int | None] = mapped_column(
        ForeignKey("participation.id"), index=True
    )
    kind: Mapped[FindingKind] = mapped_column(worded(FindingKind, "kind"))
    state: Mapped[FindingState] = mapped_column(
        worded(FindingState, "state"), default=FindingState.OPEN
    )
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[FindingSource] = mapped_column(
        worded(FindingSource, "source"), default=FindingSource.OBSERVATION
    )
    for_whom: Mapped[ForWhom] = mapped_column(
        worded(ForWhom, "for_whom"), default=ForWhom.TEAM
    )
    fix: Mapped[str] = mapped_column(Text, default="")
    settled_by: Mapped[str] = mapped_column(default="")
    settled_why: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Decision(Base):
    """What was decided at the end of an iteration. Append-only, one per iteration.

    ``gate`` holds the lines of the gate as they stood, ``overrides`` those that were overridden,
    ``evidence`` the records it rests on, such as ``measurement:12``.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    iteration_id: Mapped[int] = mapped_column(ForeignKey("iteration.id"), unique=True)
    kind: Mapped[DecisionKind] = mapped_column(worded(DecisionKind, "kind"))
    reason: Mapped[str] = mapped_column(Text)
    verdict: Mapped[Verdict | None] = mapped_column(worded(Verdict, "verdict"))
    next_size: Mapped[int] = mapped_column(default=0)
    gate: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    overrides: Mapped[list[str]] = mapped_column(JSON)
    evidence: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Snapshot(Base):
    """An iteration as it was when it was closed, as canonical text with its hash. Never changed."""

    __tablename__ = "iteration_snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    iteration_id: Mapped[int] = mapped_column(ForeignKey("iteration.id"), unique=True)
    content: Mapped[str] = mapped_column(Text)
    hash: Mapped[str]
    created_at: Mapped[datetime]

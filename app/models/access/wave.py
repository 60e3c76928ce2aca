"""The tables of waves: the plan, each person's move, and the journal of steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import worded
from app.core.db import Base
from app.models.access.role import Role, RoleVersion
from app.models.access.words import (
    Phase,
    StepState,
    SwitchState,
    WaveState,
)
from app.models.improvements.iteration import Iteration, Participation
from app.models.people import Person

LARGEST_PLAN = 100_000_000
"""Characters: a plan names every change of every person of a wave, and is made by Rung itself."""


class Wave(Base):
    """One iteration of a role: a plan for named people, its approval, and how far it got.

    ``plan`` is the canonical JSON of ``app.access.document.PlanDocument``, and ``plan_hash``
    its SHA-256; neither changes any more. ``approved_hash`` is the hash that was approved, and what
    is applied has it. ``iteration_id`` is the rung it is, of the improvement of its role.

    ``brings_version``: its people are in the role already, and get the role's newest version.

    ``beside`` is why it was planned while a wave of another role was not decided yet.

    The worker begins an armed wave between ``opens_at`` and ``closes_at``; ``terms`` is what
    ``app.access.waves.terms.Terms`` makes of what was said when it was armed.

    ``soak_days``, ``soak_deadline_days`` and ``soak_then`` are what the plan says of the time after
    the move, so that no page has to read a whole plan for it; empty where it says nothing.
    """

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("role_id", "number"),
        UniqueConstraint("iteration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    iteration_id: Mapped[int | None] = mapped_column(
        ForeignKey(Iteration.id, ondelete="SET NULL")
    )
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(
        ForeignKey("role_version.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    state: Mapped[WaveState] = mapped_column(worded(WaveState, "state"), index=True)
    plan: Mapped[str] = mapped_column(Text, info={"longest": LARGEST_PLAN})
    plan_hash: Mapped[str]
    author: Mapped[str]
    created_at: Mapped[datetime]
    approved_hash: Mapped[str] = mapped_column(default="")
    first_approved_by: Mapped[str] = mapped_column(default="")
    first_approved_at: Mapped[datetime | None]
    approved_by: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    self_approved: Mapped[bool] = mapped_column(default=False)
    applied_by: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(Text, default="")
    beside: Mapped[str] = mapped_column(Text, default="")
    paused_by: Mapped[str] = mapped_column(default="")
    paused_at: Mapped[datetime | None]
    armed_by: Mapped[str] = mapped_column(default="")
    armed_at: Mapped[datetime | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    soak_days: Mapped[int | None]
    soak_deadline_days: Mapped[int | None]
    soak_then: Mapped[str] = mapped_column(default="")
    brings_version: Mapped[bool] = mapped_column(default=False)

    role: Mapped[Role] = relationship(lazy="raise")
    version: Mapped[RoleVersion] = relationship(lazy="raise")
    switches: Mapped[list[Switch]] = relationship(
        back_populates="wave",
        order_by="Switch.position",
        lazy="raise",
        cascade="all, delete-orphan",
    )


class Switch(Base):
    """One person's move in a wave.

    ``open_person_id`` is unique: one open switch per person (design 5.9). ``participation_id`` is
    the same person in the rung of the wave, who stands where the switch does.

    Who is paused stands where ``state`` says, and goes no further until somebody resumes them.

    ``on_conflict`` says what an undo does where others interfered: ``skip``, ``ours`` or ``theirs``
    by the number of the step, as a text, that it takes back, and under ``*`` for all others.

    ``verified`` has one object each time somebody was looked at, the last one last: ``at`` (ISO
    time) and ``when``. After a phase of the way up ``when`` is that phase and ``lenses`` a list of
    ``{"lens", "promised", "seen", "missing": [names], "still_shown": [names]}``, one for each lens
    (``still_shown`` is not in the oldest). After an undo ``when`` is ``undone``, and ``others`` and
    ``memberof`` are sentences: what others changed, and where memberOf had not followed.
    """

    __tablename__ = "switch"
    __table_args__ = (
        UniqueConstraint("wave_id", "person_id"),
        UniqueConstraint("open_person_id"),
        UniqueConstraint("participation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    open_person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE")
    )
    participation_id: Mapped[int | None] = mapped_column(
        ForeignKey(Participation.id, ondelete="SET NULL")
    )
    position: Mapped[int]
    state: Mapped[SwitchState] = mapped_column(worded(SwitchState, "state"))
    reason: Mapped[str] = mapped_column(Text, default="")
    on_conflict: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    verified: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    started_at: Mapped[datetime | None]
    switched_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None]
    paused_by: Mapped[str] = mapped_column(default="")
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str] = mapped_column(Text, default="")

    wave: Mapped[Wave] = relationship(back_populates="switches", lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])

    @property
    def shown(self) -> SwitchState:
        """Return the state that is shown: of who is paused, that they are."""
        return SwitchState.PAUSED if self.paused_at else self.state


class Step(Base):
    """One journalled directory change.

    Without a switch it prepares the role; ``reverses_id`` is what it takes back. ``change`` is what
    ``app.access.rules.as_data`` makes of the change; undo may spell it anew, for a person or
    a group that was renamed.
    """

    __tablename__ = "step"
    __table_args__ = (
        Index("ix_step_wave_position", "wave_id", "position"),
        UniqueConstraint("reverses_id", "attempt"),
    )
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"))
    switch_id: Mapped[int | None] = mapped_column(
        ForeignKey("switch.id", ondelete="CASCADE"), index=True
    )
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("step.id", ondelete="CASCADE")
    )
    attempt: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    phase: Mapped[Phase] = mapped_column(worded(Phase, "phase"))
    change: Mapped[dict[str, Any]] = mapped_column(JSON)
    sentence: Mapped[str] = mapped_column(Text)
    state: Mapped[StepState] = mapped_column(worded(StepState, "state"), index=True)
    proof: Mapped[str] = mapped_column(default="")
    code: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    token: Mapped[int | None]
    intent_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Straggler(Base):
    """A change that may arrive although another worker took the directory over: it is looked at
    again at ``look_at``, ``looks`` times so far.

    ``sent``: the worker that stood still said itself that it sent it; else it was not found, and
    nobody heard of that worker again.
    """

    __tablename__ = "straggler"
    audited = False  # what it leads to has its event

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(
        ForeignKey("wave.id", ondelete="CASCADE"), index=True
    )
    step_id: Mapped[int] = mapped_column(
        ForeignKey("step.id", ondelete="CASCADE"), unique=True
    )
    sent: Mapped[bool]
    look_at: Mapped[datetime] = mapped_column(index=True)
    looks: Mapped[int] = mapped_column(default=0)

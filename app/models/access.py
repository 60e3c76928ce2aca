"""Tables of roles, waves, switches and the journal of steps."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import worded
from app.core.db import Base
from app.models.directory import Directory, Entitlement
from app.models.improvements.improvement import Improvement
from app.models.people import Person

LARGEST_PLAN = 100_000_000
"""Characters: a plan names every change of every person of a wave, and is made by Rung itself."""


class Realisation(StrEnum):
    """How a role stands in the directory (design section 5)."""

    NESTED = "nested"  # the role's group is a member of the rights' groups
    # the rights' groups keep the person; the ledger knows the value is the role's
    MATERIALISED = "materialised"


class WaveState(StrEnum):
    """Where a wave stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    APPLYING = "applying"
    SOAKING = "soaking"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"  # a conflict or a refusal waits for a person's decision
    UNDOING = "undoing"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"


class SwitchState(StrEnum):
    """Where one person's move stands (design section 5, person states)."""

    PLANNED = "planned"
    APPROVED = "approved"
    ROLE_ON = "role on"
    OVERLAP = "overlap"
    DIRECT_OFF = "direct off"
    SOAKING = "soaking"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    STALE = "stale"
    BLOCKED = "blocked"
    PAUSED = "paused"
    UNDOING = "undoing"
    UNDONE = "undone"
    CONFLICT = "conflict"
    FAILED = "failed"


HOLDING = (
    SwitchState.ROLE_ON,
    SwitchState.OVERLAP,
    SwitchState.DIRECT_OFF,
    SwitchState.SOAKING,
    SwitchState.CONFIRMED,
    SwitchState.CLOSED,
    SwitchState.UNDOING,
    SwitchState.CONFLICT,
)
"""The states in which a person holds the role, wholly or in part."""

HELD = (SwitchState.ROLE_ON, SwitchState.OVERLAP, SwitchState.DIRECT_OFF)
"""The states in which a person stands between two resting places; in a stopped wave somebody has to
look.
"""

UNDOABLE = tuple(state for state in HOLDING if state is not SwitchState.UNDOING)
"""The states from which a person can be taken back down."""


SETTLED_SWITCHES = (SwitchState.CONFIRMED, SwitchState.CLOSED)
"""The states after a move that worked: seen by somebody, or long past."""


class PlanState(StrEnum):
    """Where a plan stands that the worker makes."""

    WAITING = "waiting"
    WORKING = "working"
    MADE = "made"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """Where one directory change stands in the journal (design 5.3)."""

    PLANNED = "planned"
    INTENT = "intent"  # committed before the first packet
    DONE = "done"
    ALREADY = "already"  # it was so before us: never ours, never undone by us
    REFUSED = "refused"
    DRIFT = "drift"
    UNKNOWN = "unknown"  # the answer was lost: reading decides
    # Left as others made it, by a person's decision or because the person has left
    SKIPPED = "skipped"


SETTLED_STEPS = (StepState.DONE, StepState.ALREADY, StepState.SKIPPED)
"""Steps that are over and went well: nothing is left to be done about them."""


class Phase(StrEnum):
    """What a step is for; phases run in this order, undo mirrors it."""

    PREPARE = "prepare"  # the role's group and, for a nested role, its place in the rights' groups
    ROLE_ON = "role on"
    DIRECT_OFF = "direct off"


class Role(Base):
    """A named set of rights with an owner. The rights themselves belong to its versions.

    ``improvement_id`` is the improvement it stands under.
    """

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("directory_id", "name"),)
    found_by = ("name", "purpose")

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE")
    )
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL")
    )
    realisation: Mapped[Realisation] = mapped_column(worded(Realisation, "realisation"))
    group_key: Mapped[str] = mapped_column(default="")
    group_dn: Mapped[str] = mapped_column(default="")
    improvement_id: Mapped[int | None] = mapped_column(
        ForeignKey(Improvement.id, ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    retired_at: Mapped[datetime | None]

    directory: Mapped[Directory] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise")
    versions: Mapped[list[RoleVersion]] = relationship(
        back_populates="role",
        order_by="RoleVersion.number",
        lazy="raise",
        cascade="all, delete-orphan",
    )


class RoleVersion(Base):
    """The rights of a role at one time; immutable once a plan built on it was approved."""

    __tablename__ = "role_version"
    __table_args__ = (UniqueConstraint("role_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"))
    number: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    approved_at: Mapped[datetime | None]

    role: Mapped[Role] = relationship(back_populates="versions", lazy="raise")
    rights: Mapped[list[RoleRight]] = relationship(
        lazy="raise", cascade="all, delete-orphan"
    )


class RoleRight(Base):
    """One right in one version of a role, with the reason why it belongs there."""

    __tablename__ = "role_right"
    __table_args__ = (UniqueConstraint("version_id", "entitlement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("role_version.id", ondelete="CASCADE")
    )
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(Text, default="")

    entitlement: Mapped[Entitlement] = relationship(lazy="raise")


class Wave(Base):
    """One iteration of a role: a plan for named people, its approval, and how far it got.

    ``plan`` is the canonical JSON of ``app.access.document.PlanDocument``, and ``plan_hash``
    its SHA-256; neither changes any more. ``approved_hash`` is the hash that was approved, and what
    is applied has it.
    """

    __tablename__ = "wave"
    __table_args__ = (UniqueConstraint("role_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
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

    ``open_person_id`` is unique: one open switch per person (design 5.9).

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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    open_person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE")
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

    wave: Mapped[Wave] = relationship(back_populates="switches", lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


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


class AccessException(Base):
    """A right kept outside the role: with an owner, a reason and an end date (design 5.12)."""

    __tablename__ = "access_exception"

    id: Mapped[int] = mapped_column(primary_key=True)
    switch_id: Mapped[int] = mapped_column(
        ForeignKey("switch.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE")
    )
    owner: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date]
    ended_at: Mapped[datetime | None]

    entitlement: Mapped[Entitlement] = relationship(lazy="raise")


class AskedPlan(Base):
    """A plan that the worker is to make: of many people it takes seconds.

    ``people`` are numbers, ``choices`` what ``choices_as_data`` makes of the decisions, and
    ``typed`` the pairs of the form, so that it comes back as it was typed. ``done`` of ``people``
    are worked out; ``holder`` is the process that is at it and ``beat_at`` its last sign of life.
    ``told_at`` is when whoever asked saw the outcome.
    """

    __tablename__ = "asked_plan"
    audited = False  # it changes nothing; the wave that is made of it has its event

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(
        ForeignKey("role.id", ondelete="CASCADE"), index=True
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey("wave.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[PlanState] = mapped_column(worded(PlanState, "state"), index=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    people: Mapped[list[int]] = mapped_column(JSON)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    typed: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    done: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str] = mapped_column(default="")
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[list[str]] = mapped_column(JSON, default=list)
    told_at: Mapped[datetime | None]

    role: Mapped[Role] = relationship(lazy="raise")

"""Tables of connected directories and the read model of their groups."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    or_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import worded
from app.core.db import Base
from app.models.people import Person
from app.models.stamping import stamped


class Lens(StrEnum):
    """How the application that uses a right looks at it (design section 2, effective access)."""

    UNKNOWN = "unknown"  # counts as direct: the safest assumption
    DIRECT = "direct"
    MEMBEROF = "memberof"
    RECURSIVE = "recursive"


class MemberKind(StrEnum):
    """What a member value of a group turned out to be."""

    PERSON = "person"
    GROUP = "group"
    OTHER = "other"  # exists, and is neither: a computer, a contact, an account of another domain
    PLACEHOLDER = "placeholder"
    DANGLING = "dangling"


class ReadingState(StrEnum):
    """How a reading of the directory stands."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETE = "complete"
    REFUSED = "refused"


class Directory(Base):
    """One connected directory.

    Passwords stay where they are: ``file:/path`` or ``env:NAME``. No URL: an LDIF file.

    From ``known_since`` on every membership is on record, also those that ended.

    ``profile`` are the fields of ``ldap_sync.values.Profile`` and ``findings`` those of each
    ``CheckFinding``, as the last check found them; empty before the first. ``placeholders`` and
    ``protected`` are DNs, ``off_when`` says ``attribute=value``.

    ``url`` holds one server or several, apart by spaces. Of several, ``server`` was asked last
    and ``seen`` is how far it was (``[replica, mark]`` each); ``unfinished`` while it is
    written to.
    """

    __tablename__ = "directory"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str] = mapped_column(default="")
    security: Mapped[str] = mapped_column(default="ldaps")
    ca_file: Mapped[str] = mapped_column(default="")
    base: Mapped[str] = mapped_column(default="")
    people_base: Mapped[str] = mapped_column(default="")
    group_base: Mapped[str] = mapped_column(default="")
    role_base: Mapped[str] = mapped_column(default="")
    bind_dn: Mapped[str] = mapped_column(default="")
    bind_password: Mapped[str] = mapped_column(default="")
    write_dn: Mapped[str] = mapped_column(default="")
    write_password: Mapped[str] = mapped_column(default="")
    placeholders: Mapped[list[str]] = mapped_column(JSON, default=list)
    protected: Mapped[list[str]] = mapped_column(JSON, default=list)
    off_when: Mapped[list[str]] = mapped_column(JSON, default=list)
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    checked_at: Mapped[datetime | None]
    known_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    server: Mapped[str] = mapped_column(default="")
    seen: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    unfinished: Mapped[bool] = mapped_column(default=False)

    @property
    def servers(self) -> list[str]:
        """Return the addresses, the preferred one first."""
        return self.url.split()

    @property
    def writable(self) -> bool:
        """Tell whether Rung may change anything here."""
        return bool(self.url and self.write_dn)

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """Return the DNs that never count as people in groups: placeholders and Rung's own
        accounts.
        """
        return (*self.placeholders, self.bind_dn, self.write_dn)


class Reading(Base):
    """One attempt to read a directory.

    Only a complete one ever replaced the read model (design 5.10).

    ``holder`` is the process that reads and ``beat_at`` its last sign of life; ``forced`` accepts a
    great loss. ``left_out`` names entries that the server keeps for its own sake (``{"dn", "why"}``
    each), the first of ``left_out_count``; ``outside`` groups in no base that list people who were
    read (``{"dn", "people", "why"}``), the first of ``outside_count``. ``full``: everything was to
    be read, or had to be, for the reason in ``note``; else what changed. ``mark`` are the fields of
    ``ldap_sync.values.Mark``, kept for the newest reading alone. ``missed`` names what readings of
    changes had not seen. ``server``: which of several servers was asked.
    """

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_directory_ended", "directory_id", "ended_at"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE")
    )
    state: Mapped[ReadingState] = mapped_column(worded(ReadingState, "state"))
    source: Mapped[str] = mapped_column(default="ldap")
    server: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    phase: Mapped[str] = mapped_column(default="")
    count: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    groups: Mapped[int] = mapped_column(default=0)
    grants: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    left_out_count: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    outside_count: Mapped[int] = mapped_column(default=0)
    outside: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text, default="")
    forced: Mapped[bool] = mapped_column(default=False)
    full: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")
    mark: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    missed_count: Mapped[int] = mapped_column(default=0)
    missed: Mapped[list[str]] = mapped_column(JSON, default=list)
    stopped_by: Mapped[str] = mapped_column(default="")
    holder: Mapped[str] = mapped_column(default="")
    beat_at: Mapped[datetime | None]


class ReadingChange(Base):
    """One difference between a complete reading and the one before it, as a sentence.

    Rights given and taken are intervals (``Membership``, ``PastMembership``); only versions before
    kept sentences of them.
    """

    __tablename__ = "reading_change"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = mapped_column(
        ForeignKey("reading.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    entitlement_id: Mapped[int | None] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE"), index=True
    )


class Entitlement(Base):
    """One right as the directory stores it: membership of a group. Lens and owner are kept by Rung.

    ``owner_by`` is the operator who named the owner; empty, the owner is the one the directory
    names. ``privileged`` is what the server itself marks, ``privileged_by`` the operator who marked
    it besides.
    """

    __tablename__ = "entitlement"
    __table_args__ = (UniqueConstraint("directory_id", "key"),)
    audited = False
    found_by = ("cn", "description")

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE")
    )
    key: Mapped[str]
    dn: Mapped[str]
    cn: Mapped[str] = mapped_column(index=True)
    attribute: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    object_classes: Mapped[list[str]] = mapped_column(JSON, default=list)
    needs_member: Mapped[bool] = mapped_column(default=False)
    scope: Mapped[str] = mapped_column(default="")
    is_role: Mapped[bool] = mapped_column(default=False)
    owner_dn: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL")
    )
    owner_by: Mapped[str] = mapped_column(default="")
    lens: Mapped[Lens] = mapped_column(worded(Lens, "lens"), default=Lens.UNKNOWN)
    lens_by: Mapped[str] = mapped_column(default="")
    lens_at: Mapped[datetime | None]
    privileged: Mapped[bool] = mapped_column(default=False)
    privileged_by: Mapped[str] = mapped_column(default="")
    first_seen: Mapped[datetime]
    gone_at: Mapped[datetime | None]

    owner: Mapped[Person | None] = relationship(lazy="raise")

    @hybrid_property
    def is_privileged(self) -> bool:
        """Tell whether who holds it rules over others, so that it is never given in passing."""
        return self.privileged or self.privileged_by != ""

    @is_privileged.inplace.expression
    @classmethod
    def _is_privileged(cls) -> ColumnElement[bool]:
        return or_(cls.privileged, cls.privileged_by != "")


class Membership(Base):
    """One value of a group's member attribute exactly as the server spells it, and what it stands
    for.

    ``attribute`` is where it stands, empty for the right's own attribute. ``what`` tells of
    something else that exists what it is. ``since`` is when it was first seen and ``absent_at``
    when it was last known not to be there; nothing: no record.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_person_entitlement", "person_id", "entitlement_id"),
    )
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[MemberKind] = mapped_column(worded(MemberKind, "kind"))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE")
    )
    child_id: Mapped[int | None] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE"), index=True
    )
    attribute: Mapped[str] = mapped_column(default="")
    what: Mapped[str] = mapped_column(default="")
    value: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(index=True)
    absent_at: Mapped[datetime | None]


class PastEnd(StrEnum):
    """How a membership ended."""

    TAKEN = "taken"
    HOLDER_GONE = "holder gone"
    RIGHT_GONE = "right gone"
    SWITCH = "switch"


class PastMembership(Base):
    """One membership that has ended: held from ``since`` to ``until``.

    Those that last are rows of ``Membership``.

    ``absent_at`` is when it was last known not to be there yet, nothing where no earlier record
    tells; ``last_seen`` when it was last known to be there still. Both equal their end of the time
    where Rung itself made the change.
    """

    __tablename__ = "past_membership"
    __table_args__ = (
        Index("ix_past_membership_right", "entitlement_id", "until"),
        Index("ix_past_membership_person", "person_id", "until"),
        Index("ix_past_membership_child", "child_id", "until"),
    )
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE")
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE")
    )
    child_id: Mapped[int | None] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE")
    )
    since: Mapped[datetime] = mapped_column(index=True)
    absent_at: Mapped[datetime | None]
    until: Mapped[datetime] = mapped_column(index=True)
    last_seen: Mapped[datetime]
    ended: Mapped[PastEnd] = mapped_column(worded(PastEnd, "ended"))


class Lease(Base):
    """The right to write to one directory.

    ``token`` grows with each holder: an old holder finds itself fenced off.
    """

    __tablename__ = "lease"
    audited = False

    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE"), primary_key=True
    )
    holder: Mapped[str]
    token: Mapped[int]
    expires_at: Mapped[datetime]


class Freeze(Base):
    """A stop of all writing to directories; in force until it is lifted (design 5.9)."""

    __tablename__ = "freeze"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(Text, default="")
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(default="")


class RepairState(StrEnum):
    """How a repair of memberOf stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class RefreshState(StrEnum):
    """Where one value of memberOf stands in a repair."""

    PLANNED = "planned"
    INTENT = "intent"
    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    DRIFT = "drift"
    UNKNOWN = "unknown"


class Repair(Base):
    """One repair of what memberOf shows: asked for by somebody, run under the directory's lease."""

    __tablename__ = "memberof_repair"

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[RepairState] = mapped_column(worded(RepairState, "state"), index=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(Text, default="")


class Refresh(Base):
    """The journal of a repair: one value of one entry's memberOf, and what became of it.

    ``wrong`` are the fields of ``ldap_sync.values.WrongMemberOf``.
    """

    __tablename__ = "memberof_refresh"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_id: Mapped[int] = mapped_column(
        ForeignKey("memberof_repair.id", ondelete="CASCADE"), index=True
    )
    wrong: Mapped[dict[str, Any]] = mapped_column(JSON)
    sentence: Mapped[str] = mapped_column(Text)
    state: Mapped[RefreshState] = mapped_column(worded(RefreshState, "state"))
    text: Mapped[str] = mapped_column(Text, default="")
    intent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class GraphMark(Base):
    """A stamp that is new after every change of people, rights or memberships: what was made of
    them is good for as long as it stands.

    It is drawn by lot: no backup that is taken back can bring the same one for other rows.
    """

    __tablename__ = "graph_mark"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[str]


stamped(GraphMark, Person, Entitlement, Membership)

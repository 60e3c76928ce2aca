"""Tables of the desk itself: calls, mail, imports, its policy and the team's basics."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.incidents.words import BasicsStance, CallState


class Call(Base):
    """One phone call as the telephone system told of it.

    ``agent`` is the operator whose phone rings.
    """

    __tablename__ = "call"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="", index=True)
    state: Mapped[CallState] = mapped_column(
        worded(CallState, "state"), default=CallState.RINGING
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incident.id", ondelete="SET NULL"), index=True
    )
    started_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class MailSeen(Base):
    """One mail that came in, so that it is never taken twice; and what became of it.

    ``digest`` tells two mails with one Message-ID apart. A mail that made no incident is kept as it
    came: ``kept`` is the SHA-256 of its file, which goes on ``delete_on``. One that could not be
    taken says ``why``, how many ``attempts`` there were and when the next is (``try_at``).
    ``settled_at``: somebody decided what becomes of it.
    """

    __tablename__ = "mail_seen"
    __table_args__ = (UniqueConstraint("message_id", "digest"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str]
    digest: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incident.id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime | None] = mapped_column(index=True)
    kept: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    delete_on: Mapped[date | None] = mapped_column(index=True)
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    settled_by: Mapped[str] = mapped_column(default="")


class DeskPolicy(Base):
    """One version of the desk's numbers: targets, ages, hand-overs, raises, cost of delay; the
    newest is in force.
    """

    __tablename__ = "desk_policy"
    noun = "desk policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class BasicsSheet(Base):
    """One version of the team's basics: ``rules`` is a list of ``{"key", "text", "setting",
    "figure"}``.
    """

    __tablename__ = "basics_sheet"
    noun = "basics"

    id: Mapped[int] = mapped_column(primary_key=True)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class BasicsSignature(Base):
    """Somebody signs a version of the basics, or one rule of it, or dissents from it in writing."""

    __tablename__ = "basics_signature"
    __table_args__ = (UniqueConstraint("sheet_id", "rule", "who"),)
    noun = "signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(
        ForeignKey("basics_sheet.id", ondelete="CASCADE")
    )
    rule: Mapped[str] = mapped_column(default="")
    who: Mapped[str]
    stance: Mapped[BasicsStance] = mapped_column(worded(BasicsStance, "stance"))
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class IncidentImport(Base):
    """A file of another tool, looked at before anything is written.

    ``rejects`` are the lines that were not taken when the others were, each ``[line, why, {heading:
    cell}]``.
    """

    __tablename__ = "incident_import"
    noun = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tool: Mapped[str] = mapped_column(default="")
    encoding: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text, default="", info={"longest": 1_000_000})
    rejects: Mapped[list[Any]] = mapped_column(JSON, default=list)
    taken: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Reminder(Base):
    """Somebody was reminded that an update is late; ``level`` 1 is the unit that fixes, 2 the
    owner, 3 management.
    """

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("incident_id", "promised_at", "level"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE")
    )
    promised_at: Mapped[datetime]
    level: Mapped[int]
    told: Mapped[str]
    at: Mapped[datetime]

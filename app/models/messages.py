"""Tables of the messages room: channels, messages, one delivery per recipient and channel,
promises, the policy.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import SECRET, worded
from app.core.db import Base


class ChannelKind(StrEnum):
    """How a message travels.

    A call list is printed and ticked off by hand; it works when nothing else does.
    """

    MAIL = "mail"
    SMS = "SMS"
    CHAT = "chat"
    CALL_LIST = "call list"


class MessageKind(StrEnum):
    """What a message is for; each has a template."""

    INVESTIGATING = "investigating"
    SCOPE = "scope"
    UPDATE = "update"
    RESTORED = "restored"
    PLANNED = "planned work"
    ANSWER = "answer"
    FEEDBACK = "asks for feedback"
    INVITATION = "invitation"
    PULSE = "pulse"
    STATUS = "status by mail"


class DeliveryState(StrEnum):
    """Where one delivery stands.

    ``MAYBE`` is what a crash between sending and noting it leaves: never sent again.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    TOLD = "told in person"
    FAILED = "failed"
    MAYBE = "may have been sent"
    SKIPPED = "not needed"


class Channel(Base):
    """One way to reach people.

    ``url`` is an apprise address, or a reference (``env:NAME``, ``file:/path``) to one.

    ``{address}`` in it stands for the recipient's; without it the channel reaches a room of its
    own, once a message. ``position`` is the order in which channels are tried.
    """

    __tablename__ = "channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ChannelKind] = mapped_column(worded(ChannelKind, "kind"))
    url: Mapped[str] = mapped_column(Text, default="", info=SECRET)
    position: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Message(Base):
    """One message as it was sent. ``signed_by`` is a person; ``next_update_at`` the promise in it.

    ``audience`` says for whom it was meant and how many that were: ``{"sites": [..], "service": id,
    "count": n}``.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[MessageKind] = mapped_column(worded(MessageKind, "kind"))
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[str]
    audience: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    next_update_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Delivery(Base):
    """One recipient on one channel.

    ``recipient`` is the same on every channel (``person:7``, a mail address, a room).

    ``after_id`` is the delivery that failed before this channel was tried. ``token`` is of the
    worker that sends it. ``mail_id`` is the Message-ID its mail bears, the same on every try.
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_due", "state", "due_at"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    recipient: Mapped[str]
    name: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[DeliveryState] = mapped_column(
        worded(DeliveryState, "state"), default=DeliveryState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    token: Mapped[str] = mapped_column(default="")
    mail_id: Mapped[str | None] = mapped_column(unique=True, index=True)
    after_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)


class InformPolicy(Base):
    """One version of the document that says who informs whom how often, by priority; the newest one
    is in force.
    """

    __tablename__ = "inform_policy"
    noun = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]

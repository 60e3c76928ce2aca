"""Tables of operators and their sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import SECRET
from app.core.db import Base


class Operator(Base):
    """Somebody who signs in to Rung.

    ``person_uid`` links to the directory, so that nobody approves his own switch; ``-`` says that
    there is no account. ``language`` None: pages speak as the browser says. ``approver_since``:
    since when he may approve as the person he is now; the first operator has no such moment.
    """

    __tablename__ = "operator"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str] = mapped_column(default="", info=SECRET)
    permissions: Mapped[list[str]] = mapped_column(JSON, default=list)
    person_uid: Mapped[str] = mapped_column(default="")
    theme: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    approver_since: Mapped[datetime | None]


class SignIn(Base):
    """One signed-in browser; the cookie holds only the hash's secret, so a sign-in can be
    revoked.
    """

    __tablename__ = "sign_in"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info=SECRET)
    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="")


class FailedSignIn(Base):
    """One failed attempt, counted per name and address to slow guessing down."""

    __tablename__ = "failed_sign_in"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class SetupLink(Base):
    """A link, usable once, with which an operator chooses a password; only its hash is kept."""

    __tablename__ = "setup_link"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info=SECRET)
    operator_id: Mapped[int | None] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE")
    )
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Notice(Base):
    """Something that operators must hear of because one of them alone did it; kept until each has
    seen it.
    """

    __tablename__ = "notice"
    audited = False  # written together with the event of what it tells of

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(default="")


class NoticeSeen(Base):
    """An operator has seen a notice."""

    __tablename__ = "notice_seen"
    audited = False

    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True
    )
    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), primary_key=True
    )


class SentForm(Base):
    """A form that was sent and done: under the fingerprint of its key, and how it was answered."""

    __tablename__ = "sent_form"
    audited = False  # written together with the event of what the form asked for

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class KnownPermission(Base):
    """A permission that was given out once, by its rule or by hand; it is never given out by a rule
    again.
    """

    __tablename__ = "known_permission"
    audited = False

    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class ApiToken(Base):
    """A key with which another program asks; shown once, only its hash is kept.

    One recognises it by its ``prefix``.

    ``scopes`` are among those of ``auth.rules``; it can never do more than the operator it belongs
    to.
    """

    __tablename__ = "api_token"
    # When it was used last is noted without an event; giving and revoking it have one
    audited = False
    noun = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True, info=SECRET)
    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), index=True
    )
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

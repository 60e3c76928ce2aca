"""Tables of the knowledge room, after KCS: articles, what is said about them, and where they
helped.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base


class ArticleState(StrEnum):
    """How far an article is trusted (KCS article confidence); the order is no ladder."""

    IN_PROGRESS = "work in progress"
    NOT_VALIDATED = "not validated"
    VALIDATED = "validated"
    ARCHIVED = "archived"


class Audience(StrEnum):
    """Who may read an article."""

    INTERNAL = "internal"
    USERS = "users"
    PUBLIC = "public"


class UseKind(StrEnum):
    """How an article and an incident belong together."""

    USED = "used"
    MADE_FROM = "made from it"


class Article(Base):
    """One issue in the requester's words and what resolves it."""

    __tablename__ = "article"
    found_by = ("title", "issue")

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    issue: Mapped[str] = mapped_column(Text, default="")
    environment: Mapped[str] = mapped_column(Text, default="")
    resolution: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ArticleState] = mapped_column(
        worded(ArticleState, "state"), default=ArticleState.IN_PROGRESS, index=True
    )
    audience: Mapped[Audience] = mapped_column(
        worded(Audience, "audience"), default=Audience.INTERNAL
    )
    service_id: Mapped[int | None] = mapped_column(
        ForeignKey("service.id", ondelete="SET NULL"), index=True
    )
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    validated_at: Mapped[datetime | None]
    validated_by: Mapped[str] = mapped_column(default="")


class ArticleUse(Base):
    """An article helped in an incident, or was made from it. Every figure of KCS counts these."""

    __tablename__ = "article_use"
    __table_args__ = (UniqueConstraint("article_id", "incident_id"),)
    noun = "use"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE")
    )
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[UseKind] = mapped_column(worded(UseKind, "kind"), default=UseKind.USED)
    at: Mapped[datetime]
    by: Mapped[str]


class ArticleFlag(Base):
    """Somebody says what is wrong with an article; settled by whoever fixes it."""

    __tablename__ = "article_flag"
    noun = "flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(default="")

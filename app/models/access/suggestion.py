"""The tables of suggested roles: what was worked out of a large directory, and what was refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SuggestedSets(Base):
    """Sets of rights of one directory that could become roles, worked out by the worker.

    ``basis`` names the state of the directory they are of; ``wanted`` the one they were asked for,
    ``done`` of 100 parts of that are done. ``sets`` are lists of rights by number, ``ahead`` pairs:
    how many rights the roles to come have, and how many people are finished after each.
    """

    __tablename__ = "suggested_sets"
    audited = False  # it only keeps what can be worked out again

    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE"), primary_key=True
    )
    basis: Mapped[str] = mapped_column(default="")
    wanted: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    sets: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    ahead: Mapped[list[list[int]]] = mapped_column(JSON, default=list)


class RefusedSuggestion(Base):
    """A set of rights that is not to be suggested again, and why."""

    __tablename__ = "refused_suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE"), index=True
    )
    rights: Mapped[list[int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    refused_at: Mapped[datetime]
    refused_by: Mapped[str]

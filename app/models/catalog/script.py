"""Tables of influence scripts and of the priority matrix; every version is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.catalog.words import ScriptState


class Script(Base):
    """One version of a service's question tree.

    A published version is never changed; a change is a new draft.

    ``content`` is ``{"start": key, "questions": [{"key", "text", "help", "answers": [{"text",
    "next" | "impact"}]}]}``.
    """

    __tablename__ = "influence_script"
    __table_args__ = (UniqueConstraint("service_id", "number"),)
    noun = "script"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE")
    )
    number: Mapped[int]
    state: Mapped[ScriptState] = mapped_column(
        worded(ScriptState, "state"), default=ScriptState.DRAFT
    )
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(default="")


class PriorityMatrix(Base):
    """One version of impact × urgency → priority: ``cells`` are four rows (impact 1–4) of four
    (urgency 1–4).
    """

    __tablename__ = "priority_matrix"
    noun = "matrix"

    id: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[list[int]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]

"""Tables of services: what they are, who owns them, what they are made of, who does what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.catalog.words import Letter, ServiceKind, ServiceNoteKind, ServiceState


class Service(Base):
    """One service or part of one.

    ``owner`` is the operator who is accountable; ``team_id`` the team that fixes it.

    ``urgency`` (1–4, 1 the main process stops) is a constant of the service and ``urgency_answers``
    how it was derived. ``through_owner``: hand-overs pass through the owner. ``became_id`` is what
    a retired one was merged into, ``split_from_id`` what this one was split from. ``price`` is
    notional, in the units ``price_unit`` names.
    """

    __tablename__ = "service"
    __table_args__ = (CheckConstraint("urgency BETWEEN 1 AND 4", name="urgency"),)
    found_by = ("name", "summary")

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ServiceKind] = mapped_column(
        worded(ServiceKind, "kind"), default=ServiceKind.CUSTOMER
    )
    state: Mapped[ServiceState] = mapped_column(
        worded(ServiceState, "state"), default=ServiceState.DRAFT, index=True
    )
    is_it: Mapped[bool] = mapped_column(default=True)
    summary: Mapped[str] = mapped_column(Text, default="")
    how_to_get: Mapped[str] = mapped_column(Text, default="")
    not_included: Mapped[str] = mapped_column(Text, default="")
    for_it: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(default="")
    main_process: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="", index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    urgency: Mapped[int | None]
    urgency_answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    price: Mapped[float | None]
    price_unit: Mapped[str] = mapped_column(default="")
    calendar_id: Mapped[int | None] = mapped_column(
        ForeignKey("calendar.id"), index=True
    )
    through_owner: Mapped[bool] = mapped_column(default=False)
    became_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    split_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("service.id"), index=True
    )
    retired_reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class Dependency(Base):
    """One service needs another: ``service_id`` is the composite, ``part_id`` what it needs."""

    __tablename__ = "service_dependency"
    __table_args__ = (UniqueConstraint("service_id", "part_id"),)
    noun = "dependency"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE")
    )
    part_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    note: Mapped[str] = mapped_column(Text, default="")


class Fact(Base):
    """One fact the desk has to ask for when this service is meant: asset number, error text, since
    when.
    """

    __tablename__ = "service_fact"
    noun = "fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    hint: Mapped[str] = mapped_column(Text, default="")
    required: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    retired_at: Mapped[datetime | None]


class Duty(Base):
    """One cell of the RACI table: what a team or role does for a service and process ('' is the
    service itself).
    """

    __tablename__ = "service_duty"
    __table_args__ = (UniqueConstraint("service_id", "process", "party"),)
    noun = "duty"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE")
    )
    process: Mapped[str] = mapped_column(default="")
    party: Mapped[str]
    letter: Mapped[Letter] = mapped_column(worded(Letter, "letter"))


class ServiceNote(Base):
    """A decision about a service, or a dispute and how it was settled."""

    __tablename__ = "service_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[ServiceNoteKind] = mapped_column(worded(ServiceNoteKind, "kind"))
    text: Mapped[str] = mapped_column(Text)
    settled: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class ServiceRight(Base):
    """One right opens this service; who holds it uses the service, as far as its lens sees."""

    __tablename__ = "service_right"
    __table_args__ = (UniqueConstraint("entitlement_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    entitlement_id: Mapped[int] = mapped_column(
        ForeignKey("entitlement.id", ondelete="CASCADE")
    )

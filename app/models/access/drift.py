"""The table of what became other than a plan promised, by another hand than Rung's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import worded
from app.core.db import Base
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import DriftKind, DriftState
from app.models.directory import Entitlement
from app.models.people import Person


class Drift(Base):
    """One difference between what a plan promised and what a directory shows (design 5.16).

    ``mark`` is unique while the difference lasts, and empty from ``ended_at`` on. ``right`` is what
    the group is called, ``who`` the person or whatever else it is about; ``lens`` is where a lost
    right is not seen. ``by_whom`` is the DN of who did it as far as the directory tells,
    ``done_at`` when, ``on_server`` by which of its servers, ``told_by`` how it knows
    (``DeedSource``); all are empty where it does not say. ``asked_at`` is when it was asked,
    ``repair_id`` the wave that is to repair it.
    """

    __tablename__ = "drift"
    __table_args__ = (
        Index(
            "ix_drift_role_state",
            "role_id",
            "state",
        ),
    )
    audited = False  # what is found, decided and ended has its event; seen again it is the same

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(
        ForeignKey(
            "role.id",
            ondelete="CASCADE",
        )
    )
    wave_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "wave.id",
            ondelete="CASCADE",
        ),
        index=True,
    )
    switch_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "switch.id",
            ondelete="CASCADE",
        ),
        index=True,
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "person.id",
            ondelete="CASCADE",
        ),
        index=True,
    )
    entitlement_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "entitlement.id",
            ondelete="SET NULL",
        )
    )
    mark: Mapped[str | None] = mapped_column(
        Text,
        unique=True,
    )
    kind: Mapped[DriftKind] = mapped_column(
        worded(
            DriftKind,
            "kind",
        )
    )
    state: Mapped[DriftState] = mapped_column(
        worded(
            DriftState,
            "state",
        )
    )
    right: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(
        Text,
        default="",
    )
    lens: Mapped[str] = mapped_column(default="")
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    by_whom: Mapped[str] = mapped_column(
        Text,
        default="",
    )
    asked_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    told_by: Mapped[str] = mapped_column(
        Text,
        default="",
    )
    on_server: Mapped[str] = mapped_column(
        Text,
        default="",
    )
    repair_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "wave.id",
            ondelete="SET NULL",
        )
    )
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(
        Text,
        default="",
    )
    ended_at: Mapped[datetime | None]

    role: Mapped[Role] = relationship(lazy="raise")
    wave: Mapped[Wave | None] = relationship(
        lazy="raise",
        foreign_keys=[wave_id],
    )
    repair: Mapped[Wave | None] = relationship(
        lazy="raise",
        foreign_keys=[repair_id],
    )
    switch: Mapped[Switch | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    entitlement: Mapped[Entitlement | None] = relationship(lazy="raise")

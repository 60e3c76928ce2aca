"""The tables of roles: a named set of rights, in versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import worded
from app.core.db import Base
from app.models.access.words import (
    Realisation,
)
from app.models.directory import Directory, Entitlement
from app.models.improvements.improvement import Improvement
from app.models.people import Person


class Role(Base):
    """A named set of rights with an owner. The rights themselves belong to its versions.

    ``improvement_id`` is its own improvement: its waves are the rungs of that. A ``single`` one is
    no role and has none: its waves give and take rights one by one.

    ``sizes`` are how many people each rung takes, from the ground up; none: the usual ladder.
    ``gate_stops`` tells whether an unmet line of its gate refuses to go on; None: as the
    installation says.
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
    single: Mapped[bool] = mapped_column(default=False, server_default=false())
    sizes: Mapped[list[int]] = mapped_column(JSON, default=list)
    gate_stops: Mapped[bool | None]

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

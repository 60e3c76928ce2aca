"""Tables of people."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base


class TeamKind(StrEnum):
    """Whether a team is ours or a provider's."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class DeskType(StrEnum):
    """What a team does with a call, if it takes any."""

    NONE = "no desk"
    DISPATCH = "log and dispatch"
    FIRST_LEVEL = "first level"


class Serves(StrEnum):
    """Whom a service desk serves."""

    INTERNAL = "internal"
    ONE = "one customer"
    MANY = "many customers"


class Person(Base):
    """One person of a directory as last read.

    ``key`` is the identity there; ``gone_at`` since when it is missing.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("directory_id", "key"),)
    audited = False
    found_by = ("name", "uid", "mail", "further_uids", "principal", "domain_login")

    id: Mapped[int] = mapped_column(primary_key=True)
    directory_id: Mapped[int] = mapped_column(
        ForeignKey("directory.id", ondelete="CASCADE")
    )
    key: Mapped[str]
    dn: Mapped[str]
    uid: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(index=True)
    mail: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    mobile: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    site: Mapped[str] = mapped_column(default="")
    manager: Mapped[str] = mapped_column(default="")
    disabled: Mapped[bool] = mapped_column(default=False)
    service: Mapped[bool] = mapped_column(default=False)
    primary_group: Mapped[str] = mapped_column(default="")
    guarded: Mapped[bool] = mapped_column(default=False)
    further_uids: Mapped[list[str]] = mapped_column(JSON, default=list)
    principal: Mapped[str] = mapped_column(default="")
    domain_login: Mapped[str] = mapped_column(default="")
    first_seen: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class NumberSource(StrEnum):
    """Where a phone number of a person is known from."""

    DIRECTORY = "directory"
    TYPED = "typed in"


class PhoneNumber(Base):
    """One number of a person.

    ``digits`` are all its digits (E.164 or an extension), ``tail`` the last eight.
    """

    __tablename__ = "phone_number"
    __table_args__ = (UniqueConstraint("person_id", "digits"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    digits: Mapped[str]
    tail: Mapped[str] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(default="")
    source: Mapped[NumberSource] = mapped_column(worded(NumberSource, "source"))
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(default="")


class Site(Base):
    """One place where people work.

    ``weight`` says how much the business there matters, from 1 to 10.
    """

    __tablename__ = "site"
    found_by = ("name",)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[int] = mapped_column(default=1)
    timezone: Mapped[str] = mapped_column(default="UTC")
    language: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Team(Base):
    """A working group of ours or of a provider: development, administrators, service desk,
    security…
    """

    __tablename__ = "team"
    found_by = ("name",)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[TeamKind] = mapped_column(
        worded(TeamKind, "kind"), default=TeamKind.INTERNAL
    )
    site_id: Mapped[int | None] = mapped_column(
        ForeignKey("site.id", ondelete="SET NULL"), index=True
    )
    desk: Mapped[DeskType] = mapped_column(
        worded(DeskType, "desk"), default=DeskType.NONE
    )
    serves: Mapped[Serves] = mapped_column(
        worded(Serves, "serves"), default=Serves.INTERNAL
    )
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class TeamMember(Base):
    """An operator works in a team."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "operator_id"),)
    noun = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), index=True
    )
    since: Mapped[datetime]

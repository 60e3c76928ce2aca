"""The tables of what moved people say themselves, and on which days they were seen."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.models.access.wave import Switch
from app.models.catalog.service import Service
from app.models.incidents.incident import Incident


class WorksAsk(Base):
    """One moved person who is asked by a link of their own whether it still works.

    A new ``link_mark`` makes every older link worthless; empty: there is none. ``no_at`` is since
    when something does not work for them, ``cleared_at`` when that was settled: until then nobody
    confirms the person.
    """

    __tablename__ = "works_ask"
    noun = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    switch_id: Mapped[int] = mapped_column(
        ForeignKey(
            "switch.id",
            ondelete="CASCADE",
        ),
        unique=True,
    )
    link_mark: Mapped[str] = mapped_column(default="")
    link_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    no_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[str] = mapped_column(default="")

    switch: Mapped[Switch] = relationship(lazy="raise")

    @property
    def is_paused(self) -> bool:
        """Tell whether something does not work for the person, and nobody settled it."""
        return self.no_at is not None and self.cleared_at is None


class WorksAnswer(Base):
    """What a moved person says of one application; no service: of everything together."""

    __tablename__ = "works_answer"
    __table_args__ = (
        UniqueConstraint(
            "ask_id",
            "service_id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(
        ForeignKey(
            "works_ask.id",
            ondelete="CASCADE",
        ),
        index=True,
    )
    service_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            Service.id,
            ondelete="CASCADE",
        )
    )
    works: Mapped[bool]
    words: Mapped[str] = mapped_column(
        Text,
        default="",
    )
    said_at: Mapped[datetime]
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            Incident.id,
            ondelete="SET NULL",
        )
    )


class SeenDay(Base):
    """A day on which a moved person was seen: a sign-in, an answer, an incident, or the desk."""

    __tablename__ = "seen_day"
    __table_args__ = (
        UniqueConstraint(
            "switch_id",
            "day",
        ),
    )
    audited = False  # what it is known from has its event

    id: Mapped[int] = mapped_column(primary_key=True)
    switch_id: Mapped[int] = mapped_column(
        ForeignKey(
            "switch.id",
            ondelete="CASCADE",
        )
    )
    day: Mapped[date]
    how: Mapped[str]

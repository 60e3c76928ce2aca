"""The table of named duties that say go or no-go to a wave by a link of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import worded
from app.core.db import Base
from app.models.access.wave import Wave
from app.models.access.words import DutyAnswer, DutyMoment
from app.models.people import Person


class WaveDuty(Base):
    """A duty with its person, who is asked whether a wave may begin, or more people may follow.

    A new ``link_mark`` makes every older link worthless; empty: there is none. ``waived_by`` is who
    went on without this duty, and ``waived_why`` the reason.
    """

    __tablename__ = "wave_duty"
    __table_args__ = (UniqueConstraint("wave_id", "moment", "duty"),)
    noun = "duty"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id", ondelete="CASCADE"))
    moment: Mapped[DutyMoment] = mapped_column(worded(DutyMoment, "moment"))
    duty: Mapped[str]
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    named_by: Mapped[str]
    named_at: Mapped[datetime]
    link_mark: Mapped[str] = mapped_column(default="")
    link_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answer: Mapped[DutyAnswer] = mapped_column(worded(DutyAnswer, "answer"))
    words: Mapped[str] = mapped_column(Text, default="")
    said_at: Mapped[datetime | None]
    waived_by: Mapped[str] = mapped_column(default="")
    waived_at: Mapped[datetime | None]
    waived_why: Mapped[str] = mapped_column(Text, default="")

    wave: Mapped[Wave] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    @property
    def lets_go(self) -> bool:
        """Tell whether this duty is not in the way: it said go, or somebody went on without it."""
        return self.answer is DutyAnswer.GO or self.waived_at is not None

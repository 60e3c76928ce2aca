"""Tables of pulses: what is asked, who is asked, the sealed answers, and what came of them.

Nothing leads from an answer to who gave it: no number, no time, no order.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import SECRET, worded
from app.core.db import Base
from app.models.sponsors.words import (
    PulseKind,
    PulseSplit,
    PulseState,
    QuestionKind,
    ThemeAnswer,
)


class Pulse(Base):
    """A few questions to a few people, until a day.

    ``open_of`` is unique: nobody is asked the same twice at a time. ``named`` and ``threshold`` are
    settled when it begins: fewer than ``threshold`` people answer by name and are told so.
    ``asked`` is how many; ``answered`` is counted when it closes, ``unread`` are answers that
    could not be opened any more. ``unit`` is the service, team or site a relationship is asked
    about, ``quarter`` when, as 2026-Q4. ``language`` is that of its mails.
    """

    __tablename__ = "pulse"
    found_by = ("title",)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PulseKind] = mapped_column(worded(PulseKind, "kind"))
    state: Mapped[PulseState] = mapped_column(worded(PulseState, "state"), index=True)
    title: Mapped[str]
    open_of: Mapped[str | None] = mapped_column(unique=True)
    improvement_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    iteration_id: Mapped[int | None] = mapped_column(
        ForeignKey("iteration.id", ondelete="SET NULL"), index=True
    )
    unit: Mapped[str] = mapped_column(default="")
    quarter: Mapped[str] = mapped_column(default="")
    split: Mapped[PulseSplit] = mapped_column(worded(PulseSplit, "split"))
    named: Mapped[bool]
    threshold: Mapped[int]
    asked: Mapped[int]
    answered: Mapped[int | None]
    unread: Mapped[int] = mapped_column(default=0)
    signed_by: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[date]
    closes_on: Mapped[date] = mapped_column(index=True)
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class PulseQuestion(Base):
    """One question of a pulse; a ``standard`` one is read in the reader's language."""

    __tablename__ = "pulse_question"
    noun = "question"
    __table_args__ = (UniqueConstraint("pulse_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(worded(QuestionKind, "kind"))
    words: Mapped[str] = mapped_column(Text)
    standard: Mapped[bool] = mapped_column(default=False)


class PulseInvitation(Base):
    """Somebody who is asked. Of the answer it knows only that there is one, and only until the
    pulse closes.

    ``part`` is where the person belongs, as far as results are split.
    """

    __tablename__ = "pulse_invitation"
    audited = False  # an event of an answer would say who answered when

    id: Mapped[int] = mapped_column(primary_key=True)
    pulse_id: Mapped[int] = mapped_column(
        ForeignKey("pulse.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str]
    mail: Mapped[str] = mapped_column(default="")
    part: Mapped[str] = mapped_column(default="")
    link_mark: Mapped[str] = mapped_column(info=SECRET)
    answered: Mapped[bool | None]


class PulseBallot(Base):
    """One answered form, sealed until the pulse closes; it knows no person and no time, and its
    number is drawn.
    """

    __tablename__ = "pulse_ballot"
    audited = False  # an event of an answer would say who answered when

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pulse_id: Mapped[int] = mapped_column(
        ForeignKey("pulse.id", ondelete="CASCADE"), index=True
    )
    sealed: Mapped[str] = mapped_column(Text)


class PulseAnswer(Base):
    """The answer to one question, written down when the pulse closed, in drawn order.

    ``part`` stands only where that part may be shown, ``name`` only in a pulse by name.
    """

    __tablename__ = "pulse_answer"
    audited = False  # the closing has its event, with the number of answers alone

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pulse_id: Mapped[int] = mapped_column(
        ForeignKey("pulse.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("pulse_question.id", ondelete="CASCADE"), index=True
    )
    part: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    value: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")


class PulseTheme(Base):
    """Something several people said, in the words of who read it, and what we did about it."""

    __tablename__ = "pulse_theme"
    noun = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    pulse_id: Mapped[int] = mapped_column(
        ForeignKey("pulse.id", ondelete="CASCADE"), index=True
    )
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str]
    answer: Mapped[ThemeAnswer] = mapped_column(worded(ThemeAnswer, "answer"))
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    answered_at: Mapped[datetime | None]

"""Tables of meetings: who met for what, who came, what was said, what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import worded
from app.core.db import Base
from app.models.sponsors.words import (
    MeetingKind,
    MeetingState,
    OutcomeKind,
    Presence,
    WhomFor,
)


class KeyMessage(Base):
    """One thing to be said in every meeting about an improvement, to everybody or an audience;
    ``gain_of`` is the audience whose gain it says.
    """

    __tablename__ = "key_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    audience: Mapped[str] = mapped_column(default="")
    gain_of: Mapped[WhomFor | None] = mapped_column(worded(WhomFor, "gain_of"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Meeting(Base):
    """One session: a kick-off, a workshop, a review, a talk of two.

    ``messages`` are the numbers of the key messages that were said; ``impact`` says what changes
    for each team, one a line; ``invitation_id`` is the message that invited to it.
    """

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[MeetingKind] = mapped_column(worded(MeetingKind, "kind"))
    state: Mapped[MeetingState] = mapped_column(
        worded(MeetingState, "state"), default=MeetingState.PLANNED
    )
    title: Mapped[str]
    begins_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(default=60)
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    presenter: Mapped[str] = mapped_column(default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    impact: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    messages: Mapped[list[int]] = mapped_column(JSON, default=list)
    file_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement_file.id", ondelete="SET NULL"), index=True
    )
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class MeetingGuest(Base):
    """Somebody who is invited, whether they came, and what they said of it afterwards."""

    __tablename__ = "meeting_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    stakeholder_id: Mapped[int | None] = mapped_column(
        ForeignKey("stakeholder.id", ondelete="CASCADE"), index=True
    )
    presence: Mapped[Presence] = mapped_column(
        worded(Presence, "presence"), default=Presence.INVITED
    )
    feedback: Mapped[str] = mapped_column(Text, default="")
    feedback_on: Mapped[date | None]


class MeetingOutcome(Base):
    """What came of a meeting, and the decision, finding or task of the improvement it became."""

    __tablename__ = "meeting_outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[OutcomeKind] = mapped_column(worded(OutcomeKind, "kind"))
    text: Mapped[str] = mapped_column(Text)
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="SET NULL"), index=True
    )
    task_id: Mapped[int | None] = mapped_column(
        ForeignKey("improvement_task.id", ondelete="SET NULL"), index=True
    )
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("decision.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]

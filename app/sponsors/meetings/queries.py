"""Meetings, shaped for their list and their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.said import said
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Decision
from app.models.improvements.talk import ImprovementFile
from app.models.improvements.task import ImprovementTask
from app.models.messages import Delivery, DeliveryState
from app.models.sponsors.meeting import (
    KeyMessage,
    Meeting,
    MeetingGuest,
    MeetingOutcome,
)
from app.models.sponsors.words import MeetingState, OutcomeKind, Presence
from app.sponsors.meetings.rules import Became, CalendarEntry
from app.sponsors.objections.queries import found_and_decided

BECAME = {
    OutcomeKind.DECISION: MeetingOutcome.decision_id,
    OutcomeKind.FINDING: MeetingOutcome.finding_id,
    OutcomeKind.TASK: MeetingOutcome.task_id,
}
"""Where it is kept which record of the improvement an outcome became."""
TOLD = (DeliveryState.SENT, DeliveryState.TOLD)


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in a list: how many are invited, and how many of them came."""

    row: Meeting
    improvement: str
    invited: int
    there: int

    def fits(self, text: str) -> bool:
        """Tell whether all words looked for stand anywhere in it."""
        row = self.row
        kept = (row.title, row.audience, row.presenter, row.agenda, row.notes)
        there = "\n".join((*kept, row.impact, self.improvement)).lower()
        return all(each in there for each in text.lower().split())


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A key message, and in how many meetings it was said."""

    row: KeyMessage
    said: int


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """What came of a meeting; the rung whose decision it became, where it became one."""

    row: MeetingOutcome
    rung_id: int | None

    @property
    def is_linked(self) -> bool:
        """Tell whether it became a record of the improvement."""
        row = self.row
        return any((row.decision_id, row.finding_id, row.task_id))


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """One meeting: who is invited, what is to be said, what came of it, who was told of it."""

    line: MeetingLine
    guests: Sequence[MeetingGuest]
    messages: Sequence[MessageLine]
    outcomes: Sequence[OutcomeLine]
    file: ImprovementFile | None
    sent: int
    told: int

    @property
    def one(self) -> Meeting:
        """Return the meeting."""
        return self.line.row

    @property
    def missing(self) -> list[MeetingGuest]:
        """Return who was invited and did not come."""
        away = (Presence.EXCUSED, Presence.MISSING)
        return [guest for guest in self.guests if guest.presence in away]

    @property
    def entry(self) -> CalendarEntry:
        """Return it as a calendar reads it."""
        row = self.one
        return CalendarEntry(
            row.id,
            row.title,
            row.begins_at,
            row.minutes,
            row.place,
            row.agenda,
            row.link,
            row.state is MeetingState.CANCELLED,
        )


def meeting_lines(session: Session, *where: ColumnElement[bool]) -> list[MeetingLine]:
    """Return meetings, the latest first."""
    guests = select(func.count()).where(MeetingGuest.meeting_id == Meeting.id)
    came = guests.where(MeetingGuest.presence == Presence.THERE).scalar_subquery()
    asked = (
        select(Meeting, Improvement.title, guests.scalar_subquery(), came)
        .join(Improvement, Improvement.id == Meeting.improvement_id)
        .where(*where)
        .order_by(Meeting.begins_at.desc(), Meeting.id.desc())
    )
    return [
        MeetingLine(row, title, invited, there)
        for row, title, invited, there in session.execute(asked)
    ]


def meetings_of(session: Session, improvement_id: int) -> list[MeetingLine]:
    """Return the meetings about one improvement, the latest first."""
    return meeting_lines(session, Meeting.improvement_id == improvement_id)


def messages_of(session: Session, improvement_id: int) -> list[MessageLine]:
    """Return what is to be said about an improvement, with in how many meetings it was."""
    asked = select(KeyMessage).where(KeyMessage.improvement_id == improvement_id)
    held = select(Meeting.messages).where(Meeting.improvement_id == improvement_id)
    said = [number for each in session.scalars(held) for number in each]
    rows = session.scalars(asked.order_by(KeyMessage.audience, KeyMessage.id))
    return [MessageLine(row, said.count(row.id)) for row in rows]


def meeting_page(session: Session, meeting_id: int) -> MeetingPage:
    """Return one meeting. Raises ``NotFound``."""
    row = one(session, Meeting, meeting_id)
    (line,) = meeting_lines(session, Meeting.id == meeting_id)
    guests = select(MeetingGuest).where(MeetingGuest.meeting_id == meeting_id)
    came = (
        select(MeetingOutcome, Decision.iteration_id)
        .outerjoin(Decision, Decision.id == MeetingOutcome.decision_id)
        .where(MeetingOutcome.meeting_id == meeting_id)
        .order_by(MeetingOutcome.id)
    )
    sent, told = _told(session, row.invitation_id)
    return MeetingPage(
        line,
        session.scalars(guests.order_by(MeetingGuest.id)).all(),
        messages_of(session, row.improvement_id),
        [OutcomeLine(outcome, rung) for outcome, rung in session.execute(came)],
        session.get(ImprovementFile, row.file_id) if row.file_id else None,
        sent,
        told,
    )


def may_become(session: Session, improvement_id: int) -> list[tuple[str, str]]:
    """Return the records of an improvement an outcome may have become; first that it is none."""
    tasks = select(ImprovementTask.id, ImprovementTask.what).where(
        ImprovementTask.improvement_id == improvement_id
    )
    found = [("", "–"), *found_and_decided(session, improvement_id)]
    return found + [
        (f"task:{number}", said("to do: %(name)s", name=what))
        for number, what in session.execute(tasks.order_by(ImprovementTask.id))
    ]


def outcome_alone(session: Session, outcome_id: int) -> MeetingOutcome:
    """Return what came of a meeting. Raises ``NotFound``."""
    return one(session, MeetingOutcome, outcome_id)


def came_from(session: Session, became: Became) -> list[tuple[int, str]]:
    """Return the meetings whose outcome a record of an improvement is: number and title."""
    asked = (
        select(Meeting.id, Meeting.title)
        .join(MeetingOutcome, MeetingOutcome.meeting_id == Meeting.id)
        .where(BECAME[became.kind] == became.number)
        .distinct()
        .order_by(Meeting.id)
    )
    return [(number, title) for number, title in session.execute(asked)]


def files_for(session: Session, improvement_id: int) -> list[tuple[str, str]]:
    """Return the files of an improvement, to be chosen from; first that it is none."""
    asked = select(ImprovementFile.id, ImprovementFile.name).where(
        ImprovementFile.improvement_id == improvement_id,
        ImprovementFile.deleted_at.is_(None),
    )
    rows = session.execute(asked.order_by(ImprovementFile.name))
    return [("", "–"), *((str(number), name) for number, name in rows)]


def _told(session: Session, message_id: int | None) -> tuple[int, int]:
    """Return to how many the invitation goes, and how many of them were told."""
    if message_id is None:
        return 0, 0
    asked = select(Delivery.recipient, Delivery.state).where(
        Delivery.message_id == message_id
    )
    rows = session.execute(asked).all()
    everybody = {recipient for recipient, _state in rows}
    return len(everybody), len({who for who, state in rows if state in TOLD})

"""Plan a meeting, invite to it, note who came, what was said and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import cleaned, one, one_locked, word
from app.core.errors import Invalid, Refused
from app.core.said import said, spoken
from app.core.spoken_times import said_at
from app.improvements.events import anybody, demand_of_it
from app.improvements.findings.actions import FindingDraft, raise_finding
from app.improvements.queries import get_improvement
from app.improvements.tasks.actions import TaskDraft, add_task
from app.incidents.inform.queries import signature_of
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.channels import enabled_channels
from app.messages.rules.addresses import per_person
from app.messages.rules.recipients import Recipient
from app.models.improvements.iteration import Decision, Finding, Iteration
from app.models.improvements.talk import ImprovementFile
from app.models.improvements.task import ImprovementTask
from app.models.messages import ChannelKind, Message, MessageKind
from app.models.people import Person
from app.models.sponsors.meeting import (
    KeyMessage,
    Meeting,
    MeetingGuest,
    MeetingOutcome,
)
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.words import (
    ContactKind,
    MeetingState,
    OutcomeKind,
    Presence,
)
from app.sponsors.events import DiscreetChange, add_discreet, delete_discreet
from app.sponsors.meetings.rules import LONGEST_MEETING, Became
from app.sponsors.stakeholders.actions import ContactDraft, note_contact

ALLOWED = (
    "kind",
    "title",
    "begins_at",
    "minutes",
    "place",
    "link",
    "audience",
    "presenter",
    "agenda",
    "impact",
    "notes",
    "file_id",
)


@dataclass(frozen=True, slots=True)
class OutcomeDraft:
    """What came of a meeting; who does it until when, where it is a task; the record of the
    improvement it became, where there is one already.
    """

    kind: OutcomeKind
    text: str
    owner: str = ""
    due: date | None = None
    became: Became | None = None


@dataclass(frozen=True, slots=True)
class CameDraft:
    """Whether somebody came, and what they said of it, when."""

    presence: Presence
    feedback: str = ""
    feedback_on: date | None = None


def plan_meeting(
    act: Acting,
    improvement_id: int,
    values: Mapping[str, Any],
    guests: Sequence[str] = (),
) -> Meeting:
    """Plan a meeting about an improvement, with who is invited. Raises ``Invalid`` by field."""
    get_improvement(act.session, improvement_id)
    made = Meeting(
        improvement_id=improvement_id,
        state=MeetingState.PLANNED,
        messages=[],
        created_at=act.now,
        created_by=act.by,
        **_checked(act.session, improvement_id, values),
    )
    about = f"improvement:{improvement_id}"
    row = add_discreet(act, made, None, "meeting.plan", f"Planned a meeting of {about}")
    add_guests(act, row.id, guests)
    return row


def change_meeting(act: Acting, meeting_id: int, values: Mapping[str, Any]) -> Meeting:
    """Move a meeting, or say it better. Raises ``Invalid`` by field."""
    row = one_locked(act.session, Meeting, meeting_id)
    change = DiscreetChange()
    if change.put(row, _checked(act.session, row.improvement_id, values)):
        change.record(act, row, "meeting.change", "Changed a meeting")
    return row


def cancel_meeting(act: Acting, meeting_id: int) -> Meeting:
    """Say that a meeting does not take place."""
    row = one_locked(act.session, Meeting, meeting_id)
    if row.state is not MeetingState.PLANNED:
        raise Refused(said("It is not planned any more."))
    change = DiscreetChange()
    change.put(row, {"state": MeetingState.CANCELLED})
    change.record(act, row, "meeting.cancel", "Cancelled a meeting")
    return row


def add_guests(act: Acting, meeting_id: int, names: Sequence[str]) -> int:
    """Invite people by name; who is invited already stays. Returns how many are new."""
    row = one_locked(act.session, Meeting, meeting_id)
    there = {guest.name.lower() for guest in guests_of(act.session, meeting_id)}
    known = _stakeholders(act.session, row.improvement_id)
    change = DiscreetChange()
    new = 0
    for name in names:
        who = anybody(act.session, name, "guests")
        if not who.name or who.name.lower() in there:
            continue
        there.add(who.name.lower())
        guest = MeetingGuest(
            meeting_id=meeting_id,
            name=who.name,
            person_id=who.person_id,
            stakeholder_id=known.get(who.name.lower()),
            presence=Presence.INVITED,
        )
        change.add(act.session, guest)
        new += 1
    if new:
        change.record(act, row, "meeting.guests", f"Added to a meeting: {new}")
    return new


def drop_guest(act: Acting, guest_id: int) -> MeetingGuest:
    """Take somebody off the list of a meeting."""
    guest = one_locked(act.session, MeetingGuest, guest_id)
    row = one(act.session, Meeting, guest.meeting_id)
    delete_discreet(act, guest, row, "meeting.guests")
    return guest


def note_presence(act: Acting, guest_id: int, draft: CameDraft) -> MeetingGuest:
    """Note whether somebody came, and what they said of it; a sponsor's clock hears of it."""
    guest = one_locked(act.session, MeetingGuest, guest_id)
    row = one(act.session, Meeting, guest.meeting_id)
    came = word(Presence, draft.presence, "presence")
    feedback = draft.feedback.strip()
    day = (draft.feedback_on or act.now.date()) if feedback else None
    news = came is Presence.THERE and guest.presence is not Presence.THERE
    change = DiscreetChange()
    values = {"presence": came, "feedback": feedback, "feedback_on": day}
    if change.put(guest, values):
        change.record(act, row, "meeting.presence", "Noted who came to a meeting")
    if news and guest.stakeholder_id is not None:
        contact = ContactDraft(
            ContactKind.MEETING, row.begins_at.date(), result=feedback or row.title
        )
        if row.begins_at <= act.now:
            note_contact(act, guest.stakeholder_id, contact)
    return guest


def hold_meeting(
    act: Acting, meeting_id: int, there: Collection[int], messages: Collection[int]
) -> Meeting:
    """Say that a meeting was held: who of the invited was there, which messages were said.

    Who was not there and not excused did not come. Raises ``Refused`` before it begins.
    """
    row = one_locked(act.session, Meeting, meeting_id)
    if row.state is MeetingState.CANCELLED:
        raise Refused(said("It was cancelled."))
    if row.begins_at > act.now:
        raise Refused(said("It has not begun yet."))
    for guest in guests_of(act.session, meeting_id):
        came = Presence.THERE if guest.id in there else Presence.MISSING
        if guest.presence is Presence.EXCUSED and came is Presence.MISSING:
            continue
        draft = CameDraft(came, guest.feedback, guest.feedback_on)
        note_presence(act, guest.id, draft)
    own = set(_messages(act.session, row.improvement_id))
    change = DiscreetChange()
    change.put(
        row, {"state": MeetingState.HELD, "messages": sorted(own & set(messages))}
    )
    change.record(act, row, "meeting.hold", "Noted that a meeting was held")
    return row


def add_outcome(act: Acting, meeting_id: int, draft: OutcomeDraft) -> MeetingOutcome:
    """Note what came of a meeting; a finding or a task is one of the improvement from then on.

    Raises ``Invalid`` without saying what.
    """
    row = one_locked(act.session, Meeting, meeting_id)
    text = draft.text.strip()
    if not text:
        raise Invalid(said("Say what came of it."), field="text")
    made = MeetingOutcome(
        meeting_id=meeting_id,
        kind=word(OutcomeKind, draft.kind, "kind"),
        text=text,
        created_at=act.now,
        created_by=act.by,
    )
    if draft.became is not None:
        for name, value in _linked(act, row.improvement_id, draft.became).items():
            setattr(made, name, value)
    elif made.kind is OutcomeKind.FINDING:
        finding = FindingDraft(text)
        made.finding_id = raise_finding(act, row.improvement_id, finding).id
    elif made.kind is OutcomeKind.TASK:
        task = TaskDraft(text, draft.owner, draft.due)
        made.task_id = add_task(act, row.improvement_id, task).id
    return add_discreet(act, made, row, "meeting.outcome", "Noted what came of it")


def link_outcome(act: Acting, outcome_id: int, became: Became | None) -> MeetingOutcome:
    """Say which decision, finding or task of the improvement came of it; None takes it back.

    Raises ``Invalid`` for a record of another improvement.
    """
    outcome = one_locked(act.session, MeetingOutcome, outcome_id)
    row = one(act.session, Meeting, outcome.meeting_id)
    values = _linked(act, row.improvement_id, became)
    change = DiscreetChange()
    if change.put(outcome, values):
        change.record(act, row, "meeting.outcome", "Linked what came of a meeting")
    return outcome


def invite(act: Acting, meeting_id: int) -> Message:
    """Send everybody who is invited when and where it is, by the channels that reach each.

    Raises ``Refused`` when nobody is invited or it is not planned any more, ``Invalid`` when no
    channel reaches people one by one.
    """
    row = one_locked(act.session, Meeting, meeting_id)
    if row.state is not MeetingState.PLANNED:
        raise Refused(said("It is not planned any more."))
    guests = guests_of(act.session, meeting_id)
    if not guests:
        raise Refused(said("Nobody is invited yet."))
    channels = channels_to_each(act.session)
    if not channels:
        raise Invalid(
            said("No channel reaches people one by one; add one for mail first.")
        )
    draft = MessageDraft(
        MessageKind.INVITATION,
        spoken(said("Invitation: %(title)s", title=row.title)),
        _letter(act, row),
        signature_of(act.session, act.by),
        audience={"meeting": row.id, "count": len(guests)},
    )
    people = [
        recipient_of(act.session, f"guest:{guest.id}", guest.name, guest.person_id)
        for guest in guests
    ]
    message = send(act, draft, people, channels)
    change = DiscreetChange()
    change.put(row, {"invitation_id": message.id})
    change.record(act, row, "meeting.invite", f"Invited to a meeting: {len(guests)}")
    return message


def delete_meeting(act: Acting, meeting_id: int) -> int:
    """Delete a meeting for good, with who came and what was said; returns of which improvement."""
    row = one_locked(act.session, Meeting, meeting_id)
    improvement_id = row.improvement_id
    delete_discreet(act, row, row, "meeting.delete")
    return improvement_id


def add_message(
    act: Acting, improvement_id: int, text: str, audience: str = ""
) -> KeyMessage:
    """Write down what is to be said in every meeting, to everybody or to an audience."""
    get_improvement(act.session, improvement_id)
    if not text.strip():
        raise Invalid(said("Say what is to be said."), field="text")
    made = KeyMessage(
        improvement_id=improvement_id,
        audience=audience.strip(),
        text=text.strip(),
        created_at=act.now,
        created_by=act.by,
    )
    sentence = "Wrote down a key message"
    return add_discreet(act, made, None, "meeting.message", sentence)


def drop_message(act: Acting, message_id: int) -> int:
    """Take a key message off the list; returns of which improvement."""
    row = one_locked(act.session, KeyMessage, message_id)
    improvement_id = row.improvement_id
    delete_discreet(act, row, row, "meeting.message")
    return improvement_id


def channels_to_each(session: Session) -> list[int]:
    """Return the channels that reach people one by one: those of mail, else what there is."""
    each = [
        one
        for one in enabled_channels(session)
        if per_person(one.kind, one.url) and one.kind is not ChannelKind.CALL_LIST
    ]
    mail = [one.id for one in each if one.kind is ChannelKind.MAIL]
    return mail or [one.id for one in each]


def recipient_of(
    session: Session, key: str, name: str, person_id: int | None
) -> Recipient:
    """Return somebody as a message reaches them; ``key`` stands for who is in no directory."""
    person = session.get(Person, person_id) if person_id else None
    if person is None or person.gone_at is not None:
        return Recipient(key, name)
    return Recipient(
        f"person:{person.id}",
        person.name,
        person.id,
        person.mail,
        person.phone,
        person.mobile,
    )


def guests_of(session: Session, meeting_id: int) -> Sequence[MeetingGuest]:
    """Return who is invited to a meeting, in the order in which they were written down."""
    asked = select(MeetingGuest).where(MeetingGuest.meeting_id == meeting_id)
    return session.scalars(asked.order_by(MeetingGuest.id)).all()


def guest_named(session: Session, guest_id: int) -> MeetingGuest:
    """Return somebody on the list of a meeting. Raises ``NotFound``."""
    return one(session, MeetingGuest, guest_id)


def _linked(act: Acting, improvement_id: int, became: Became | None) -> dict[str, Any]:
    """Return the columns that say what an outcome became; its kind is that of the record."""
    found: dict[str, Any] = dict.fromkeys(("decision_id", "finding_id", "task_id"))
    if became is None:
        return found
    number = became.number
    if became.kind is OutcomeKind.DECISION:
        number = one(act.session, Decision, number).iteration_id
    kind = {
        OutcomeKind.DECISION: Iteration,
        OutcomeKind.FINDING: Finding,
        OutcomeKind.TASK: ImprovementTask,
    }[became.kind]
    demand_of_it(act.session, improvement_id, kind, number, "became")
    return found | {"kind": became.kind, f"{became.kind}_id": became.number}


def _messages(session: Session, improvement_id: int) -> Sequence[int]:
    asked = select(KeyMessage.id).where(KeyMessage.improvement_id == improvement_id)
    return session.scalars(asked).all()


def _stakeholders(session: Session, improvement_id: int) -> dict[str, int]:
    asked = select(Stakeholder.name, Stakeholder.id).where(
        Stakeholder.improvement_id == improvement_id
    )
    return {name.lower(): number for name, number in session.execute(asked)}


def _checked(
    session: Session, improvement_id: int, values: Mapping[str, Any]
) -> dict[str, Any]:
    found = cleaned(Meeting, values, ALLOWED)
    if not found.get("title"):
        raise Invalid(said("Give it a title."), field="title")
    if not found.get("begins_at"):
        raise Invalid(said("Say when it begins."), field="begins_at")
    minutes = found.get("minutes") or 60
    if not 0 < minutes <= LONGEST_MEETING:
        raise Invalid(
            said("Give its length in minutes, a day at most."), field="minutes"
        )
    demand_of_it(
        session, improvement_id, ImprovementFile, found.get("file_id"), "file_id"
    )
    return {**found, "minutes": minutes}


def _letter(act: Acting, row: Meeting) -> str:
    when = said_at(row.begins_at, act.settings.timezone)
    told = (
        said("When: %(when)s, %(minutes)s minutes", when=when, minutes=row.minutes),
        said("Where: %(place)s", place=row.place) if row.place else "",
        row.link,
        "",
        row.agenda,
    )
    return "\n".join(spoken(part) for part in told if part or part == "")

"""Inform: one message about an incident with its promise, and reminders when that is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.aside import Lane, in_batches
from app.core.changes import one
from app.core.errors import Invalid
from app.core.figures import people
from app.core.parts import Parts
from app.core.said import said
from app.core.spoken_times import length, said_at
from app.incidents.events import happened, locked
from app.incidents.inform.queries import REPORTERS, audience_of, zone_of
from app.incidents.mass.queries import informed_of
from app.incidents.mass.rules import (
    LONGEST_LOOK_BACK,
    MANAGEMENT,
    OWNER,
    Owed,
    level_at,
    owed,
)
from app.incidents.queries import children_of
from app.incidents.restoration.actions import restore, restore_children
from app.incidents.rules import accusing, stands_as
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.channels import enabled_channels
from app.messages.queries.policy import inform_numbers
from app.messages.rules.policy import InformNumbers
from app.messages.rules.recipients import Recipient
from app.messages.rules.wording import checked, defences
from app.models.auth import Operator
from app.models.catalog.service import Service
from app.models.incidents.desk import Reminder
from app.models.incidents.incident import Escalation, Incident
from app.models.incidents.words import EventKind
from app.models.messages import ChannelKind, Message, MessageKind
from app.models.people import Person, Team, TeamMember

LONGEST_PROMISE = timedelta(days=14)
ENDS = (MessageKind.RESTORED, MessageKind.PLANNED)
"""What needs no next message."""


@dataclass(frozen=True, slots=True)
class Informing:
    """What is told.

    ``as_it_stands``: guesses and tone were asked about.
    """

    kind: MessageKind
    subject: str
    text: str
    signed_by: str
    channel_ids: Sequence[int]
    site_ids: Sequence[int] = ()
    scope: str = REPORTERS
    next_update_at: datetime | None = None
    as_it_stands: bool = False


def inform(act: Acting, incident_id: int, told: Informing) -> Message:
    """Send one message about an incident and note it there and with all its children.

    Raises ``Invalid`` by field: blanks left open, a promised end, no moment for the next message.
    """
    incident = locked(act.session, incident_id)
    _check_words(told)
    _check_promise(told, act.now)
    audience = audience_of(act.session, incident, told.site_ids, told.scope)
    draft = MessageDraft(
        told.kind,
        told.subject,
        told.text,
        told.signed_by,
        incident_id=incident.id,
        next_update_at=None if told.kind in ENDS else told.next_update_at,
        audience={
            "response": True,
            "scope": told.scope,
            "sites": list(audience.sites),
            "service": incident.service_id,
            "count": len(audience.people),
            "unreachable": len(audience.unreachable),
        },
    )
    message = send(act, draft, audience.recipients, told.channel_ids)
    for each in (incident, *children_of(act.session, incident.id)):
        _note(act, each, message, len(audience.people))
    return message


def tell_restored(act: Acting, incident_id: int, told: Informing) -> Message:
    """Tell all that it works again, then mark the incident and its children as restored.

    What restored it, unless somebody wrote that down before, is what the message says.
    """
    told = replace(told, kind=MessageKind.RESTORED)
    message = inform(act, incident_id, told)
    incident = one(act.session, Incident, incident_id)
    what = incident.resolution or told.text
    if incident.is_open:
        restore(act, incident.id, what)
    restore_children(act, incident, what)
    return message


def _check_words(told: Informing) -> None:
    found = checked(told.kind.value, f"{told.subject}\n{told.text}")
    if found.must:
        raise Invalid(" ".join(found.must), field="text")
    asked = [*found.ask, *_accusations(told.text)]
    if asked and not told.as_it_stands:
        raise Invalid(" ".join(asked), field="as_it_stands")


def _accusations(text: str) -> list[str]:
    known = " ".join(defences(text)).casefold()
    return [
        f"“{hint.word}” reads as an accusation. Say {hint.instead}."
        for hint in accusing(text)
        if hint.word.casefold() not in known
    ]


def _check_promise(told: Informing, now: datetime) -> None:
    if told.kind in ENDS:
        return
    if told.next_update_at is None:
        raise Invalid(said("Say when the next message comes."), field="next_minutes")
    if not now < told.next_update_at <= now + LONGEST_PROMISE:
        raise Invalid(
            said("The next message comes after now, and within 14 days."),
            field="next_minutes",
        )


def _note(act: Acting, incident: Incident, message: Message, told: int) -> None:
    values = {"next_update_at": message.next_update_at}
    happened(
        act,
        incident,
        EventKind.INFORMED,
        f"Informed {people(told)}: {message.subject}",
        public=True,
        values=values,
        text=message.text,
        data={
            "message": message.id,
            "kind": message.kind.value,
            "people": told,
            "subject": message.subject,
            "signed_by": message.signed_by,
            "next": message.next_update_at.isoformat()
            if message.next_update_at
            else None,
        },
    )


RULE = "update late"
REMINDERS: Lane[int] = Lane("reminders", "incident")
MOST = 200
SYSTEM = "rung"


def run_due_reminders(parts: Parts) -> bool:
    """Remind of every message that is late, each level once; tell whether there was any."""
    now = parts.now()
    with parts.database.read() as session:
        late = list(
            session.scalars(
                select(Incident.id).where(_may_be_late(now)).order_by(Incident.id)
            )
        )
    reminded: list[int] = []

    def remind_of(some: Sequence[int]) -> None:
        with parts.acting("") as act:
            numbers = inform_numbers(act.session)
            made = [remind(act, one, numbers) for one in some]
        reminded.extend(made)

    in_batches(parts, REMINDERS, late, remind_of, MOST)
    return any(reminded)


def remind(act: Acting, incident_id: int, numbers: InformNumbers) -> int:
    """Write down the reminders an incident is owed by now; a second call finds them and adds
    none.
    """
    incident = locked(act.session, incident_id)
    due = owed(
        priority=stands_as(incident.priority, incident.raises),
        mass=incident.is_mass,
        reported_at=incident.reported_at,
        next_update_at=incident.next_update_at,
        informed=incident.id in informed_of(act.session, [incident]),
        numbers=numbers,
    )
    if due is None or not incident.is_open or incident.parent_id is not None:
        return 0
    known = select(Reminder.level).where(
        Reminder.incident_id == incident.id, Reminder.promised_at == due.at
    )
    done = set(act.session.scalars(known))
    missing = [
        level
        for level in range(1, level_at(due.at, act.now, numbers) + 1)
        if level not in done
    ]
    for level in missing:
        told = _whom(act.session, incident, level)
        act.session.add(
            Reminder(
                incident_id=incident.id,
                promised_at=due.at,
                level=level,
                told=told,
                at=act.now,
            )
        )
        if level == MANAGEMENT:
            _escalate(act, incident, due)
        else:
            _write_to(act, incident, level, due)
    return len(missing)


def _may_be_late(now: datetime) -> ColumnElement[bool]:
    first = and_(
        Incident.next_update_at.is_(None),
        Incident.first_response_at.is_(None),
        Incident.reported_at > now - LONGEST_LOOK_BACK,
    )
    return and_(
        Incident.is_open,
        Incident.parent_id.is_(None),
        or_(Incident.next_update_at <= now, first),
    )


def _whom(session: Session, incident: Incident, level: int) -> str:
    if level == MANAGEMENT:
        return "management"
    if level == OWNER:
        service = (
            session.get(Service, incident.service_id) if incident.service_id else None
        )
        owner = incident.owner or (service.owner if service else "")
        return f"owner {owner}" if owner else "nobody: the service has no owner"
    team = session.get(Team, incident.team_id) if incident.team_id else None
    return f"team {team.name}" if team else "the desk: no team has it"


def _write_to(act: Acting, incident: Incident, level: int, due: Owed) -> None:
    """Write to those who are reminded, where there is mail and their accounts belong to people who
    have an address.
    """
    mail = [
        channel.id
        for channel in enabled_channels(act.session)
        if channel.kind is ChannelKind.MAIL
    ][:1]
    people = act.session.scalars(
        select(Person).where(Person.uid.in_(_accounts(act.session, incident, level)))
    ).all()
    recipients = [
        Recipient(f"person:{one.id}", one.name, one.id, mail=one.mail)
        for one in people
        if one.mail
    ]
    if not mail or not recipients:
        return
    what = "promised" if due.promised else "owed"
    zone = zone_of(act.session, incident, act.settings.timezone)
    draft = MessageDraft(
        MessageKind.ANSWER,
        f"Message late: incident {incident.id}",
        f"{incident.title}\nThe message {what} for {said_at(due.at, zone)} has not been "
        "sent. Please inform.",
        signed_by="Rung, for the desk",
        audience={"reminder": incident.id, "count": len(recipients)},
    )
    send(act.by_another(SYSTEM), draft, recipients, mail, fall_back=False)


def _accounts(session: Session, incident: Incident, level: int) -> list[str]:
    if level == OWNER:
        service = (
            session.get(Service, incident.service_id) if incident.service_id else None
        )
        wanted = Operator.name == (incident.owner or (service.owner if service else ""))
    else:
        members = select(TeamMember.operator_id).where(
            TeamMember.team_id == incident.team_id
        )
        wanted = Operator.id.in_(members)
    usable = select(Operator.person_uid).where(
        wanted, Operator.person_uid != "", Operator.disabled_at.is_(None)
    )
    return list(session.scalars(usable))


def _escalate(act: Acting, incident: Incident, due: Owed) -> None:
    zone = zone_of(act.session, incident, act.settings.timezone)
    what = "The message promised" if due.promised else "The first message, owed"
    late = length(act.now - due.at)
    why = f"{what} for {said_at(due.at, zone)} is {late} late."
    before = (
        select(Escalation.level)
        .where(Escalation.incident_id == incident.id)
        .order_by(Escalation.level.desc())
    )
    level = (act.session.scalars(before.limit(1)).first() or 0) + 1
    act.session.add(
        Escalation(incident_id=incident.id, level=level, rule=RULE, why=why, at=act.now)
    )
    happened(
        act.by_another(SYSTEM),
        incident,
        EventKind.ESCALATED,
        f"Management hears: {why}",
        text=why,
        data={"rule": RULE, "level": level},
        touches=False,
    )

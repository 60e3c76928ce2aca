"""A message that is late is noticed: first by the unit that fixes, then by the owner, then by
management.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.aside import Lane, in_batches
from app.core.parts import Parts
from app.incidents.actions.happening import happened, locked
from app.incidents.rules.promise import LONGEST_LOOK_BACK, MANAGEMENT, OWNER, Owed, level_at, owed
from app.incidents.rules.queue import stands_as
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.channels import enabled_channels
from app.messages.queries.policy import inform_numbers
from app.messages.rules.policy import InformNumbers
from app.messages.rules.recipients import Recipient
from app.models.auth import Operator
from app.models.catalog.service import Service
from app.models.incidents.desk import Reminder
from app.models.incidents.incident import Escalation, Incident
from app.models.incidents.words import EventKind
from app.models.messages import ChannelKind, MessageKind
from app.models.people import Person, Team, TeamMember

RULE = "update late"
REMINDERS: Lane[int] = Lane("reminders", "incident")
MOST = 200
SYSTEM = "rung"


def run_due_reminders(parts: Parts) -> bool:
    """Remind of every message that is late, each level once; tell whether there was any."""
    now = parts.now()
    with parts.database.read() as session:
        late = list(
            session.scalars(select(Incident.id).where(_may_be_late(now)).order_by(Incident.id))
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
        informed=incident.first_response_at is not None,
        numbers=numbers,
    )
    if due is None or not incident.is_open or incident.parent_id is not None:
        return 0
    known = select(Reminder.level).where(
        Reminder.incident_id == incident.id, Reminder.promised_at == due.at
    )
    done = set(act.session.scalars(known))
    missing = [
        level for level in range(1, level_at(due.at, act.now, numbers) + 1) if level not in done
    ]
    for level in missing:
        told = _whom(act.session, incident, level)
        act.session.add(
            Reminder(
                incident_id=incident.id, promised_at=due.at, level=level, told=told, at=act.now
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
        Incident.is_open, Incident.parent_id.is_(None), or_(Incident.next_update_at <= now, first)
    )


def _whom(session: Session, incident: Incident, level: int) -> str:
    if level == MANAGEMENT:
        return "management"
    if level == OWNER:
        service = session.get(Service, incident.service_id) if incident.service_id else None
        owner = incident.owner or (service.owner if service else "")
        return f"owner {owner}" if owner else "nobody: the service has no owner"
    team = session.get(Team, incident.team_id) if incident.team_id else None
    return f"team {team.name}" if team else "the desk: no team has it"


def _write_to(act: Acting, incident: Incident, level: int, due: Owed) -> None:
    """Write to those who are reminded, where there is mail and their accounts belong to people who
    have an address.
    """
    mail = [
        channel.id for channel in enabled_channels(act.session) if channel.kind is ChannelKind.MAIL
    ][:1]
    people = act.session.scalars(
        select(Person).where(Person.uid.in_(_accounts(act.session, incident, level)))
    ).all()
    recipients = [
        Recipient(f"person:{one.id}", one.name, one.id, mail=one.mail) for one in people if one.mail
    ]
    if not mail or not recipients:
        return
    what = "promised" if due.promised else "owed"
    draft = MessageDraft(
        MessageKind.ANSWER,
        f"Message late: incident {incident.id}",
        f"{incident.title}\nThe message {what} for {due.at:%d %b %H:%M} UTC has not been "
        "sent. Please inform.",
        signed_by="Rung, for the desk",
        audience={"reminder": incident.id, "count": len(recipients)},
    )
    send(act.by_another(SYSTEM), draft, recipients, mail, fall_back=False)


def _accounts(session: Session, incident: Incident, level: int) -> list[str]:
    if level == OWNER:
        service = session.get(Service, incident.service_id) if incident.service_id else None
        wanted = Operator.name == (incident.owner or (service.owner if service else ""))
    else:
        members = select(TeamMember.operator_id).where(TeamMember.team_id == incident.team_id)
        wanted = Operator.id.in_(members)
    usable = select(Operator.person_uid).where(
        wanted, Operator.person_uid != "", Operator.disabled_at.is_(None)
    )
    return list(session.scalars(usable))


def _escalate(act: Acting, incident: Incident, due: Owed) -> None:
    minutes = int((act.now - due.at) / timedelta(minutes=1))
    what = "The message promised" if due.promised else "The first message, owed"
    why = f"{what} for {due.at:%d %b %H:%M} UTC is {minutes} minutes late."
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

"""Mail that comes in: a new incident, or an answer to one; once each, and never from a machine."""

from __future__ import annotations

import io
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.incidents.actions.attaching import Offered, attach, incoming
from app.incidents.actions.calls import add_contact
from app.incidents.actions.ending import reopen
from app.incidents.actions.reporting import Report, report
from app.incidents.actions.storing import Received
from app.incidents.actions.working import note
from app.incidents.models import OPEN, FileKind, Incident, MailSeen, State, Via
from app.incidents.rules.mail import Mail, only_thanks, parsed, without_quotes
from app.incidents.rules.requester import REOPEN_WITHIN
from app.messages.actions.sending import Draft, send
from app.messages.models import ChannelKind, MessageKind
from app.messages.queries.channels import enabled_channels
from app.messages.rules.recipients import Recipient
from app.parts import Parts
from app.people.models import Person, Site

MOST_AN_HOUR = 20
BY = "mail"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: ``new``, ``answer``, ``seen before``, or why it was left alone."""

    outcome: str
    incident_id: int | None = None


def take_mail(parts: Parts, raw: bytes) -> Taken:
    """Take one mail. A second time it changes nothing."""
    now, mail = parts.now(), parsed(raw, own_addresses(parts.settings.desk_mail))
    with ExitStack() as stack:
        files, lost = _received(parts, mail, stack)
        with parts.database.write() as session:
            taken = _taken(session, mail, now)
            if taken.incident_id is not None and taken.outcome in ("new", "answer"):
                _attach(session, taken.incident_id, files, lost, now)
                if taken.outcome == "new":
                    _confirm(session, taken.incident_id, now)
    return taken


def own_addresses(text: str) -> tuple[str, ...]:
    """Return the desk's own addresses as the setting lists them."""
    return tuple(address.strip().lower() for address in text.split(",") if address.strip())


def _taken(session: Session, mail: Mail, now: datetime) -> Taken:
    known = session.scalar(select(MailSeen).where(MailSeen.message_id == mail.message_id))
    if known is not None:
        return Taken("seen before", known.incident_id)
    taken = _decided(session, mail, now)
    session.add(
        MailSeen(
            message_id=mail.message_id, sender=mail.sender, subject=mail.subject, outcome=taken.outcome,
            incident_id=taken.incident_id, at=now,
        )
    )  # fmt: skip
    session.flush()
    return taken


def _decided(session: Session, mail: Mail, now: datetime) -> Taken:
    if mail.machine:
        return Taken(mail.machine)
    lately = select(func.count()).select_from(MailSeen).where(MailSeen.at > now - timedelta(hours=1))
    if (session.scalar(lately.where(MailSeen.sender == mail.sender)) or 0) >= MOST_AN_HOUR:
        return Taken("too many within an hour")
    answered = _answered(session, mail)
    if answered is not None and _may_go_on(answered, now):
        return _answer(session, answered, mail, now)
    return _new(session, mail, now)


def _answered(session: Session, mail: Mail) -> Incident | None:
    for incident_id, token in mail.tokens:
        found = session.get(Incident, incident_id)
        if found is not None and found.mail_token == token:
            return _main(session, found)
    if not mail.in_reply_to:
        return None
    before = select(MailSeen.incident_id).where(
        MailSeen.message_id == mail.in_reply_to, MailSeen.sender == mail.sender
    )  # fmt: skip
    found_id = session.scalar(before)
    found = session.get(Incident, found_id) if found_id else None
    return _main(session, found) if found else None


def _main(session: Session, incident: Incident) -> Incident:
    return (session.get(Incident, incident.merged_into_id) if incident.merged_into_id else None) or incident


def _may_go_on(incident: Incident, now: datetime) -> bool:
    if incident.state in (State.CANCELLED, State.MERGED):
        return False
    return incident.closed_at is None or now < incident.closed_at + REOPEN_WITHIN


def _answer(session: Session, incident: Incident, mail: Mail, now: datetime) -> Taken:
    text = without_quotes(mail.text) or mail.subject or "(empty mail)"
    add_contact(session, incident.id, mail.name, text, via=Via.MAIL, by=BY, now=now)
    if incident.state not in OPEN and not only_thanks(text):
        reopen(session, incident.id, text, by=BY, now=now)
    return Taken("answer", incident.id)


def _new(session: Session, mail: Mail, now: datetime) -> Taken:
    person = _person(session, mail.sender)
    site = session.scalar(select(Site.id).where(Site.name == person.site)) if person and person.site else None
    text = without_quotes(mail.text)
    title = mail.subject or next(iter(text.splitlines()), "")[:120] or "(no subject)"
    told = Report(
        title, text, via=Via.MAIL, person_id=person.id if person else None,
        requester=person.name if person else mail.name, requester_mail=mail.sender, site_id=site,
    )  # fmt: skip
    return Taken("new", report(session, told, by=BY, now=now).id)


def _person(session: Session, address: str) -> Person | None:
    found = session.scalars(
        select(Person).where(func.lower(Person.mail) == address, Person.gone_at.is_(None)).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _received(parts: Parts, mail: Mail, stack: ExitStack) -> tuple[list[tuple[str, Received]], list[str]]:
    kept, lost = [], ["attachments of a mail above 30 MB"] if mail.cut else []
    for file in () if mail.machine else mail.files:
        try:
            source = incoming(parts.settings.files, io.BytesIO(file.content), FileKind.FILE)
            kept.append((file.name, stack.enter_context(source)))
        except Invalid as error:
            lost.append(f"{file.name}: {error.message}")
    return kept, lost


def _attach(
    session: Session, incident_id: int, files: list[tuple[str, Received]], lost: list[str], now: datetime
) -> None:
    for name, found in files:
        attach(session, incident_id, found, Offered(name), by=BY, now=now, touches=False)
    if lost:
        text = "Not kept: " + "; ".join(lost)
        note(session, incident_id, text, by=BY, now=now)


def _confirm(session: Session, incident_id: int, now: datetime) -> None:
    channels = [one.id for one in enabled_channels(session) if one.kind is ChannelKind.MAIL]
    if not channels:
        return
    incident = session.get_one(Incident, incident_id)
    text = "We have your message and look after it. To add something, answer this mail and leave its subject as it is."
    draft = Draft(
        MessageKind.ANSWER, f"[#{incident.id}-{incident.mail_token}] {incident.title}"[:190], text, "Service desk",
        incident_id=incident.id,
    )  # fmt: skip
    key = f"person:{incident.person_id}" if incident.person_id else f"mail:{incident.requester_mail}"
    to = Recipient(key, incident.requester, incident.person_id, mail=incident.requester_mail)
    send(session, draft, [to], channels, by=BY, now=now, fall_back=False)

"""To which incident a mail belongs: by its mark, by the mail of ours it answers, by the mail of its
own sender.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.incidents.letters.rules import Mail
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Incident
from app.models.messages import Delivery, DeliveryState, Message

TAKEN = ("new", "answer")
"""What became of a mail that belongs to an incident."""

NEVER_LEFT = (DeliveryState.WAITING, DeliveryState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Thread:
    """The incident a mail answers.

    ``involved``: its sender has to do with it; ``own``: a mail of ours is answered.
    """

    incident: Incident
    involved: bool
    own: bool


def thread_of(session: Session, mail: Mail) -> Thread | None:
    """Return which incident a mail answers, or None.

    What counts first is a mark, then a mail of ours: only who got it knows its Message-ID. A
    Message-ID that others chose leads their own answers back and nobody else's.
    """
    return (
        _by_mark(session, mail)
        or _by_own_mail(session, mail)
        or _by_their_mail(session, mail)
    )


def answers_own_mail(session: Session, mail: Mail) -> bool:
    """Tell whether a mail answers one that Rung sent."""
    return _own_mail(session, mail) is not None


def is_involved(session: Session, incident_id: int, sender: str) -> bool:
    """Tell whether an address belongs to who asked, wrote before, or was written to about an
    incident.
    """
    if not sender:
        return False
    asked = select(Incident.id).where(
        Incident.id == incident_id, func.lower(Incident.requester_mail) == sender
    )
    wrote = select(MailSeen.id).where(
        MailSeen.incident_id == incident_id, MailSeen.sender == sender
    )
    got = (
        select(Delivery.id)
        .join(Message, Message.id == Delivery.message_id)
        .where(
            Message.incident_id == incident_id, func.lower(Delivery.address) == sender
        )
        .where(Delivery.state.not_in(NEVER_LEFT))
    )
    return any(
        session.scalar(query.limit(1)) is not None for query in (asked, wrote, got)
    )


def _by_mark(session: Session, mail: Mail) -> Thread | None:
    for incident_id, token in mail.tokens:
        found = session.get(Incident, incident_id)
        if found is not None and found.mail_token == token:
            return Thread(_main(session, found), involved=True, own=True)
    return None


def _by_own_mail(session: Session, mail: Mail) -> Thread | None:
    found = _own_mail(session, mail)
    if found is None:
        return None
    incident_id, address = found
    incident = session.get(Incident, incident_id)
    if incident is None:
        return None
    involved = bool(mail.sender) and (
        address == mail.sender or is_involved(session, incident_id, mail.sender)
    )
    return Thread(_main(session, incident), involved, own=True)


def _own_mail(session: Session, mail: Mail) -> tuple[int, str] | None:
    """Return incident and recipient of the nearest mail of ours about an incident that this one
    answers.
    """
    if not mail.answers:
        return None
    query = (
        select(
            Delivery.mail_id, Delivery.address, Message.incident_id, Message.audience
        )
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.mail_id.in_(mail.answers))
    )
    found = {}
    for row in session.execute(query):
        about = row.incident_id or row.audience.get("reminder")
        if about:
            found[row.mail_id] = about, row.address.lower()
    return next((found[each] for each in mail.answers if each in found), None)


def _by_their_mail(session: Session, mail: Mail) -> Thread | None:
    if not mail.answers:
        return None
    before = select(
        MailSeen.message_id, MailSeen.incident_id, MailSeen.sender
    ).order_by(MailSeen.id)
    before = before.where(
        MailSeen.message_id.in_(mail.answers), MailSeen.incident_id.is_not(None)
    )
    rows = session.execute(before).all()
    for sender_counts in (True, False):
        known = {
            row.message_id: row.incident_id
            for row in rows
            if not sender_counts or row.sender == mail.sender
        }
        nearest = next((known[each] for each in mail.answers if each in known), None)
        incident = session.get(Incident, nearest) if nearest else None
        if incident is not None:
            return Thread(
                _main(session, incident),
                involved=sender_counts and bool(mail.sender),
                own=False,
            )
    return None


def _main(session: Session, incident: Incident) -> Incident:
    return (
        session.get(Incident, incident.merged_into_id)
        if incident.merged_into_id
        else None
    ) or incident

"""Where an answer goes, what can go along with it, and how it got on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.together import Answered, Question
from app.incidents.inform.queries import requester_of
from app.incidents.mail.queries import TAKEN
from app.messages.queries.channels import enabled_channels
from app.messages.rules.recipients import Recipient
from app.models.incidents.desk import MailSeen
from app.models.incidents.incident import Incident
from app.models.messages import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    Message,
    MessageKind,
)
from app.models.people import Person

OUT = (DeliveryState.SENT, DeliveryState.TOLD)
"""An answer that has left."""
ON_ITS_WAY = (DeliveryState.WAITING, DeliveryState.SENDING)
MOST_REFERENCES = 10


@dataclass(frozen=True, slots=True)
class AnswerSent:
    """How the mail of one answer got on; ``problem`` says why it did not leave."""

    address: str
    out: bool
    on_its_way: bool
    at: datetime | None
    problem: str


def mail_channels(session: Session) -> list[int]:
    """Return the channels a mail may go out by."""
    enabled = enabled_channels(session)
    return [one.id for one in enabled if one.kind is ChannelKind.MAIL]


def goes_to(session: Session, incident: Incident) -> Recipient | None:
    """Return whom an answer reaches by mail, or nothing when no mail can reach the requester."""
    person = session.get(Person, incident.person_id) if incident.person_id else None
    return _reached(session, incident, person)


def _reached(
    session: Session, incident: Incident, person: Person | None
) -> Recipient | None:
    to = requester_of(incident, person)
    asked = incident.requester_mail
    if (
        asked
    ):  # where somebody wrote from, or asked to be answered, comes before the directory
        to = Recipient(to.key, to.name, to.person_id, mail=asked)
    reached = to.reached_by(ChannelKind.MAIL)
    return to if reached and mail_channels(session) else None


def mails_of(session: Session, incident_id: int) -> list[MailSeen]:
    """Return the mails that came in about an incident, the latest first."""
    taken = select(MailSeen).where(
        MailSeen.incident_id == incident_id, MailSeen.outcome.in_(TAKEN)
    )
    newest = taken.order_by(MailSeen.id.desc()).limit(MOST_REFERENCES)
    return list(session.scalars(newest))


def answers_sent_asked(incident_id: Any) -> Question:
    """Return the question for the deliveries of the answers of an incident."""
    return (
        select(
            Delivery.id,
            Delivery.message_id,
            Delivery.address,
            Delivery.state,
            Delivery.done_at,
            Delivery.problem,
        )
        .join(Message, Message.id == Delivery.message_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Message.incident_id == incident_id, Channel.kind == ChannelKind.MAIL)
        .where(Message.kind == MessageKind.ANSWER)
    )


@dataclass(frozen=True, slots=True)
class AnsweringPanel:
    """Where an answer goes (nowhere by mail: ``""``), and how those before it got on, by the
    number of their message.
    """

    address: str
    sent: dict[int, AnswerSent]


def answering_in(
    session: Session, incident: Incident, person: Person | None, found: Answered
) -> AnsweringPanel:
    """Return what the place to write shows of answers."""
    to = _reached(session, incident, person)
    return AnsweringPanel(to.mail if to else "", answers_sent_in(found["answers_sent"]))


def answers_sent_in(rows: Iterable[Any]) -> dict[int, AnswerSent]:
    """Return how each answer got on, by the number of its message: its latest try."""
    latest = {row.message_id: row for row in sorted(rows, key=lambda row: row.id)}
    return {
        number: AnswerSent(
            row.address,
            row.state in OUT,
            row.state in ON_ITS_WAY,
            row.done_at,
            row.problem,
        )
        for number, row in latest.items()
    }

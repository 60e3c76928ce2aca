"""A claimed delivery made ready: what only its recipient may read is put in here, and kept
nowhere.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.settings import Settings
from app.messages.requester_links import link_of, mark_of, with_answer_link
from app.messages.rules.addresses import mail_id_of, per_person
from app.messages.rules.wording import LONGEST_SUBJECT, composed
from app.models.incidents.incident import Incident
from app.models.messages import Channel, ChannelKind, Delivery, Message
from app.models.people import Site


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """One delivery as the worker has claimed it: what goes out, where to, in whose name."""

    delivery_id: int
    message_id: int
    token: str
    url: str
    address: str
    personal: bool
    enabled: bool
    subject: str
    body: str
    headers: dict[str, str]
    mail_id: str
    html: str = ""
    from_name: str = ""
    files: tuple[tuple[Path, str], ...] = ()


def job_of(
    session: Session, delivery_id: int, token: str, settings: Settings
) -> DeliveryJob:
    """Return a claimed delivery made ready to be sent."""
    found = session.execute(
        select(Delivery, Message, Channel)
        .join(Message, Message.id == Delivery.message_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Delivery.id == delivery_id)
    ).one()
    delivery, message, channel = found
    if channel.kind is ChannelKind.MAIL and delivery.mail_id is None:
        delivery.mail_id = mail_id_of(
            uuid.uuid4().hex, settings.desk_mail, settings.public_url
        )
    subject, text = _marked(session, message, settings)
    text = with_answer_link(session, delivery.recipient, text, settings)
    return DeliveryJob(
        delivery_id=delivery.id,
        message_id=message.id,
        token=token,
        url=channel.url,
        address=delivery.address,
        personal=per_person(channel.kind, channel.url),
        enabled=channel.enabled,
        subject=subject,
        body=composed(
            text,
            message.signed_by,
            message.next_update_at,
            _zone(session, message, settings),
        ),
        headers=dict(message.audience.get("headers", {})),
        mail_id=delivery.mail_id or "",
        html=message.audience.get("html", ""),
        from_name=message.audience.get("from_name", ""),
        files=_files(message, settings),
    )


def _files(message: Message, settings: Settings) -> tuple[tuple[Path, str], ...]:
    """Return the files of a message that are still there: one may have been deleted since."""
    named = [
        (settings.files / place, name)
        for place, name in message.audience.get("files", ())
    ]
    return tuple((path, name) for path, name in named if path.is_file())


def _zone(session: Session, message: Message, settings: Settings) -> str:
    """Return the time zone of the site a message is about, else that of the installation."""
    there = (
        select(Site.timezone)
        .join(Incident, Incident.site_id == Site.id)
        .where(Incident.id == message.incident_id)
    )
    return session.scalar(there) or settings.timezone


def _marked(session: Session, message: Message, settings: Settings) -> tuple[str, str]:
    """Return subject and text with the incident's mark and link, where the message wants them.

    Both let whoever holds them act for the requester, so they are put in here and stand in no table
    of messages.
    """
    incident = (
        session.get(Incident, message.incident_id) if message.incident_id else None
    )
    subject, text = message.subject, message.text
    if incident is not None and message.audience.get("marked"):
        subject = f"{mark_of(incident)} {subject}"[:LONGEST_SUBJECT]
    if incident is not None and message.audience.get("linked") and settings.public_url:
        text = f"{text}\n\nHow it stands, and what you can do: {link_of(settings, incident)}"
    return subject, text

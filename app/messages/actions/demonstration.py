"""The channels of the demo company: mail to nowhere, switched off, and the call list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.trust import Trust
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.messages import Channel, ChannelKind

MAIL = "mailto://mail.demo.example?from=desk@demo.example&to={address}"
SMS = "file:sms-of-the-demo"


def seed_channels(session: Session, trust: Trust, *, by: str, now: datetime) -> bool:
    """Add the channels of the demo, unless there is any; tell whether."""
    if session.scalar(select(Channel.id).limit(1)) is not None:
        return False
    add_channel(session, ChannelDraft("Mail", ChannelKind.MAIL, MAIL), by=by, now=now)
    add_channel(
        session, ChannelDraft("SMS", ChannelKind.SMS, SMS, enabled=False), trust, by=by, now=now
    )
    add_channel(session, ChannelDraft("Call list", ChannelKind.CALL_LIST), by=by, now=now)
    return True

"""Send one message: a delivery for each recipient on each chosen channel, in the transaction of the
message itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid
from app.core.plain import ref
from app.core.said import said
from app.messages.queries.channels import enabled_channels
from app.messages.queries.rooms import ROOMS
from app.messages.rules.addresses import per_person
from app.messages.rules.recipients import Recipient
from app.messages.rules.wording import LONGEST_SUBJECT
from app.models.messages import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    Message,
    MessageKind,
)

LAST = 1000
CALL_LIST = "Call list"


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message before it is sent.

    ``signed_by`` is the name of a person; ``audience`` says for whom it is meant.

    ``headers`` are those of a mail: what it answers, and that a program wrote it. ``marked``: the
    subject gets the incident's mark when it is sent; ``linked``: the text gets the requester's
    link. ``html``: the language of a mail that bears the text as HTML too. ``from_name`` stands
    before the desk's address as the sender.
    """

    kind: MessageKind
    subject: str
    text: str
    signed_by: str
    incident_id: int | None = None
    next_update_at: datetime | None = None
    audience: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    marked: bool = False
    linked: bool = False
    html: str = ""
    from_name: str = ""


def send(
    act: Acting,
    draft: MessageDraft,
    recipients: Sequence[Recipient],
    channel_ids: Collection[int],
    *,
    fall_back: bool = True,
) -> Message:
    """Write down a message with all its deliveries; the worker sends them after the commit.

    Who is reached by none of the chosen channels is tried on the others, and stands on the call
    list at last (``fall_back``). Channels without a place for an address reach their room once.
    Raises ``Invalid`` by field.
    """
    _check(draft)
    everywhere = enabled_channels(act.session)
    chosen = [channel for channel in everywhere if channel.id in channel_ids]
    if not chosen:
        raise Invalid(said("Choose at least one channel."), field="channels")
    unique = list({recipient.key: recipient for recipient in recipients}.values())
    typed = {
        one.key: [one.mail, one.phone, one.mobile]
        for one in unique
        if one.person_id is None
    }
    told = {
        "typed": typed,
        "headers": draft.headers,
        "marked": draft.marked,
        "linked": draft.linked,
        "html": draft.html,
        "from_name": draft.from_name,
    }
    extra = {name: value for name, value in told.items() if value}
    audience = {**draft.audience, **extra}
    change = Change(about=Message)
    message = change.add(
        act.session,
        Message(
            incident_id=draft.incident_id,
            kind=draft.kind,
            subject=draft.subject.strip(),
            text=draft.text.strip(),
            signed_by=draft.signed_by.strip(),
            audience=audience,
            next_update_at=draft.next_update_at,
            created_at=act.now,
            created_by=act.by,
        ),
    )
    act.session.add_all(_rooms(message, chosen, act.now))
    for recipient in unique:
        made = _to(message, recipient, chosen, act.now)
        if not made and fall_back:
            made = [
                fallback(
                    act.session,
                    message.id,
                    recipient,
                    everywhere,
                    {one.id for one in chosen},
                    now=act.now,
                )
            ]
        act.session.add_all(made)
    change.after.pop("text", None)
    change.after.pop("audience", None)
    sentence = f"Sent “{message.subject}” to {len(unique)}"
    if message.kind in ROOMS:
        change.after.pop("subject", None)
        sentence = f"Sent to {len(unique)}: {message.kind}"
    change.record(act, message, "message.send", sentence)
    act.session.flush()
    return message


def fallback(
    session: Session,
    message_id: int,
    recipient: Recipient,
    everywhere: Sequence[Channel],
    tried: Collection[int],
    *,
    now: datetime,
    after_id: int | None = None,
) -> Delivery:
    """Return a delivery on the next channel that reaches somebody; the call list takes everybody,
    at last.
    """
    for channel in everywhere:
        if (
            channel.id in tried
            or channel.kind is ChannelKind.CALL_LIST
            or not per_person(channel.kind, channel.url)
        ):
            continue
        if address := recipient.reached_by(channel.kind):
            return _delivery(message_id, channel, recipient, address, now, after_id)
    calls = the_call_list(session, now=now)
    return _delivery(
        message_id, calls, recipient, recipient.reached_by(calls.kind), now, after_id
    )


def the_call_list(session: Session, *, now: datetime) -> Channel:
    """Return the call list, on which everybody has a place when nothing else works; it is made when
    it is missing.
    """
    found = session.scalars(
        select(Channel)
        .where(Channel.kind == ChannelKind.CALL_LIST)
        .order_by(Channel.id)
    ).first()
    if found is None:
        found = Channel(
            name=CALL_LIST,
            kind=ChannelKind.CALL_LIST,
            url="",
            position=LAST,
            enabled=True,
            created_at=now,
        )
        session.add(found)
        session.flush()
        audit.record(
            session,
            "rung",
            "channel.add",
            ref(found),
            "A call list is there for everybody",
            at=now,
        )
    return found


def _check(draft: MessageDraft) -> None:
    if not draft.subject.strip():
        raise Invalid(said("Give the message a subject."), field="subject")
    if len(draft.subject) > LONGEST_SUBJECT or not draft.subject.strip().isprintable():
        raise Invalid(said("Give a subject of one line."), field="subject")
    if not draft.text.strip():
        raise Invalid(said("Write the message."), field="text")
    if not draft.signed_by.strip():
        raise Invalid(
            said("A person's name stands under every message."), field="signed_by"
        )


def _to(
    message: Message, recipient: Recipient, channels: Sequence[Channel], now: datetime
) -> list[Delivery]:
    return [
        _delivery(
            message.id, channel, recipient, recipient.reached_by(channel.kind), now
        )
        for channel in channels
        if channel.kind is ChannelKind.CALL_LIST
        or (
            per_person(channel.kind, channel.url) and recipient.reached_by(channel.kind)
        )
    ]


def _rooms(
    message: Message, channels: Sequence[Channel], now: datetime
) -> list[Delivery]:
    return [
        _delivery(
            message.id,
            channel,
            Recipient(f"channel:{channel.id}", channel.name),
            "",
            now,
        )
        for channel in channels
        if channel.kind is not ChannelKind.CALL_LIST
        and not per_person(channel.kind, channel.url)
    ]


def _delivery(
    message_id: int,
    channel: Channel,
    recipient: Recipient,
    address: str,
    now: datetime,
    after_id: int | None = None,
) -> Delivery:
    return Delivery(
        message_id=message_id,
        channel_id=channel.id,
        recipient=recipient.key,
        name=recipient.name,
        person_id=recipient.person_id,
        address=address,
        state=DeliveryState.WAITING,
        due_at=now,
        after_id=after_id,
    )

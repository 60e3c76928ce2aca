"""Channels: add one, change it, switch it on or off, put it before another, try it on oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Away, Invalid, Refused
from app.core.reference_uses import claim
from app.core.references import canonical, fetched, is_reference
from app.core.said import said
from app.core.trust import NOTHING_ALLOWED, Trust
from app.messages.actions.post import inner_problem, usable
from app.messages.actions.sending import LAST, MessageDraft, send
from app.messages.queries.channels import all_channels
from app.messages.rules.addresses import MARK, address_for, per_person, url_problem
from app.messages.rules.recipients import Recipient
from app.models.messages import Channel, ChannelKind, Message, MessageKind

MESSAGES = "messages"
"""What a secret of a channel is given for."""


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """What a person typed about a channel. An empty ``url`` on a change keeps the one there is."""

    name: str
    kind: ChannelKind
    url: str = ""
    enabled: bool = True


def demand_reachable(draft: ChannelDraft, trust: Trust) -> None:
    """Look whether the address leads where channels may go, before anything is written.

    Raises ``Invalid``.

    Asks the name server, so no transaction is open meanwhile. What a reference holds is looked at
    too.
    """
    url = draft.url.strip()
    if draft.kind is ChannelKind.CALL_LIST or (
        url_problem(url) and not is_reference(url)
    ):
        return
    if is_reference(url):
        url = _fetched(url, trust) if draft.enabled else ""
    if problem := inner_problem(url, trust):
        raise Invalid(problem, field="url")


def _fetched(reference: str, trust: Trust) -> str:
    try:
        return fetched(reference, trust).strip()
    except Away as error:
        raise Invalid(error.message, field="url") from error


def add_channel(
    act: Acting, draft: ChannelDraft, trust: Trust = NOTHING_ALLOWED
) -> Channel:
    """Add a channel at the end, before the call list. Raises ``Invalid`` naming the field."""
    values = _checked(act.session, draft, None)
    _claim(act.session, draft.url.strip(), trust, act.now)
    last = (
        act.session.scalar(
            select(func.max(Channel.position)).where(
                Channel.kind != ChannelKind.CALL_LIST
            )
        )
        or 0
    )
    position = LAST if draft.kind is ChannelKind.CALL_LIST else last + 1
    change = Change(about=Channel)
    channel = change.add(
        act.session, Channel(position=position, created_at=act.now, **values)
    )
    change.after.pop("url", None)
    change.record(act, channel, "channel.add", f"Added the channel {channel.name}")
    return channel


def change_channel(
    act: Acting,
    channel_id: int,
    draft: ChannelDraft,
    trust: Trust = NOTHING_ALLOWED,
) -> Channel:
    """Change a channel; the audit trail tells that its address changed, not to what."""
    channel = one_locked(act.session, Channel, channel_id)
    if draft.url.strip() != channel.url:
        _claim(act.session, draft.url.strip(), trust, act.now)
    change = Change(about=Channel)
    if change.put(channel, _checked(act.session, draft, channel)):
        for side in (change.before, change.after):
            side.update({"url": "…"} if "url" in side else {})
        change.record(
            act,
            channel,
            "channel.change",
            f"Changed the channel {channel.name}",
        )
    return channel


def move_up(act: Acting, channel_id: int) -> None:
    """Try a channel before the one that is tried before it now; the call list stays last."""
    order = all_channels(act.session)
    place = next((place for place, one in enumerate(order) if one.id == channel_id), 0)
    if place == 0 or order[place].kind is ChannelKind.CALL_LIST:
        return
    change = Change()
    order[place - 1 : place + 1] = order[place], order[place - 1]
    for position, channel in enumerate(order, start=1):
        change.put(
            channel,
            {"position": LAST if channel.kind is ChannelKind.CALL_LIST else position},
        )
    moved = order[place - 1]
    change.record(act, moved, "channel.move", f"{moved.name} is tried earlier")


def try_on_oneself(act: Acting, channel_id: int, *, mail: str, mobile: str) -> Message:
    """Send a test over one channel to whoever asks for it; it goes the way of every message."""
    channel = one_locked(act.session, Channel, channel_id)
    if channel.kind is ChannelKind.CALL_LIST:
        raise Refused(said("A call list is printed; there is nothing to try."))
    oneself = Recipient(
        f"operator:{act.by}", act.by, mail=mail, mobile=mobile, phone=mobile
    )
    if per_person(channel.kind, channel.url) and not address_for(
        channel.kind, mail=mail, phone=mobile, mobile=mobile
    ):
        raise Invalid(said("Say where the test shall go."), field="address")
    draft = MessageDraft(
        MessageKind.ANSWER,
        f"Test of {channel.name}",
        "This is a test. If you read it, the channel works.",
        signed_by=act.by,
        audience={"test": channel.name, "count": 1},
    )
    return send(act, draft, [oneself], [channel.id], fall_back=False)


def _claim(session: Session, url: str, trust: Trust, now: datetime) -> None:
    """Note that a secret is for messages: it can be no directory's password, nor the other way
    round.
    """
    if not is_reference(url):
        return
    try:
        claim(session, canonical(url, trust), MESSAGES, now=now, field="url")
    except Invalid as error:
        raise Invalid(error.message, field="url") from error


def _checked(
    session: Session, draft: ChannelDraft, known: Channel | None
) -> dict[str, object]:
    name = draft.name.strip()
    same = select(Channel.id).where(
        func.lower(Channel.name) == name.lower(),
        Channel.id != (known.id if known else 0),
    )
    if not name:
        raise Invalid(said("Give the channel a name."), field="name")
    if session.scalar(same) is not None:
        raise Invalid(
            said("There is a channel %(name)s already.", name=name), field="name"
        )
    url = draft.url.strip() or (known.url if known else "")
    if draft.kind is ChannelKind.CALL_LIST:
        return {"name": name, "kind": draft.kind, "url": "", "enabled": True}
    problem = "" if is_reference(url) else url_problem(url)
    if (
        not problem
        and not is_reference(url)
        and not usable(url.replace(MARK, "a@a.example"))
    ):
        problem = "Rung does not know how to send to such an address."
    if problem:
        raise Invalid(problem, field="url")
    return {"name": name, "kind": draft.kind, "url": url, "enabled": draft.enabled}

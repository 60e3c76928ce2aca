"""Channels in the order in which they are tried."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.references import is_reference
from app.messages.rules.addresses import per_person, shown
from app.models.messages import Channel, ChannelKind


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel as pages show it: never its address, only its host or where the address is kept."""

    id: int
    name: str
    kind: ChannelKind
    where: str
    enabled: bool
    per_person: bool
    kept_elsewhere: bool

    @property
    def reach(self) -> str:
        """Say whom it reaches."""
        if self.kind is ChannelKind.CALL_LIST:
            return "everybody, by phone"
        return "each person" if self.per_person else "one room or list, once a message"


def all_channels(session: Session) -> list[Channel]:
    """Return all channels, the one tried first first."""
    return list(session.scalars(select(Channel).order_by(Channel.position, Channel.id)))


def enabled_channels(session: Session) -> list[Channel]:
    """Return the channels in use, the one tried first first."""
    return [channel for channel in all_channels(session) if channel.enabled]


def channel_lines(session: Session) -> list[ChannelLine]:
    """Return all channels for pages."""
    return [line_of(channel) for channel in all_channels(session)]


def line_of(channel: Channel) -> ChannelLine:
    """Return what may be shown of a channel."""
    return ChannelLine(
        channel.id,
        channel.name,
        channel.kind,
        shown(channel.url),
        channel.enabled,
        per_person(channel.kind, channel.url),
        is_reference(channel.url),
    )

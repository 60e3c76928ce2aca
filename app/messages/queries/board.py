"""The told / not-told board: who was told of a message, on which channel, and who was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.messages.rules.delivery import standing
from app.models.messages import Channel, ChannelKind, Delivery, DeliveryState, Message

ORDER = ("not told", "not sure", "to call", "on its way", "told")
"""Who needs something done first."""


@dataclass(frozen=True, slots=True)
class Try:
    """One delivery as the board shows it."""

    id: int
    message_id: int
    channel: str
    kind: ChannelKind
    state: DeliveryState
    address: str
    attempts: int
    problem: str
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True, slots=True)
class BoardTold:
    """One recipient with everything that was tried, and how he stands.

    ``latest`` is the try to act on.
    """

    key: str
    name: str
    person_id: int | None
    standing: str
    tries: tuple[Try, ...]

    @property
    def latest(self) -> Try:
        """Return the try that is still undecided, or the last one."""
        waiting = [
            one
            for one in self.tries
            if one.state in (DeliveryState.MAYBE, DeliveryState.WAITING)
        ]
        return waiting[-1] if waiting else self.tries[-1]

    @property
    def is_room(self) -> bool:
        """Tell whether this is a room or list and no person."""
        return self.key.startswith("channel:")


@dataclass(frozen=True, slots=True)
class ToldBoard:
    """A message with everybody it was for; rooms apart, because nobody knows who reads there."""

    message: Message
    people: tuple[BoardTold, ...]
    rooms: tuple[BoardTold, ...]

    @property
    def counts(self) -> Counter[str]:
        """Return how many people stand how."""
        return Counter(person.standing for person in self.people)

    def those(self, *standings: str) -> list[BoardTold]:
        """Return the people who stand in one of these ways."""
        return [person for person in self.people if person.standing in standings]


def board_of(session: Session, message_id: int) -> ToldBoard:
    """Return the board of one message. Raises ``NotFound``."""
    message = one(session, Message, message_id)
    return boards_of(session, [message])[0]


def boards_of(session: Session, messages: Iterable[Message]) -> list[ToldBoard]:
    """Return the boards of several messages with one query."""
    wanted = list(messages)
    found: dict[int, dict[str, list[tuple[Delivery, Channel]]]] = {
        message.id: {} for message in wanted
    }
    chosen = (
        select(Delivery, Channel)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Delivery.message_id.in_(found))
        .order_by(Delivery.id)
    )
    for delivery, channel in session.execute(chosen):
        found[delivery.message_id].setdefault(delivery.recipient, []).append(
            (delivery, channel)
        )
    return [_board(message, found[message.id]) for message in wanted]


def messages_of(session: Session, incident_id: int) -> list[Message]:
    """Return the messages of an incident, the newest first."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.incident_id == incident_id)
            .order_by(Message.id.desc())
        )
    )


def _board(
    message: Message, tries: dict[str, list[tuple[Delivery, Channel]]]
) -> ToldBoard:
    all_told = sorted((_told(key, found) for key, found in tries.items()), key=_place)
    people = tuple(told for told in all_told if not told.is_room)
    return ToldBoard(message, people, tuple(told for told in all_told if told.is_room))


def _place(told: BoardTold) -> tuple[int, str, str]:
    return ORDER.index(told.standing), told.name.lower(), told.key


def _told(key: str, tries: list[tuple[Delivery, Channel]]) -> BoardTold:
    first = tries[0][0]
    return BoardTold(
        key,
        first.name,
        first.person_id,
        standing(_state(delivery, channel) for delivery, channel in tries),
        tuple(
            Try(
                one.id,
                one.message_id,
                channel.name,
                channel.kind,
                one.state,
                one.address,
                one.attempts,
                one.problem,
                one.done_at,
                one.done_by,
            )
            for one, channel in tries
        ),
    )


def _state(delivery: Delivery, channel: Channel) -> str:
    waits = (
        delivery.state is DeliveryState.WAITING
        and channel.kind is ChannelKind.CALL_LIST
    )
    return "to call" if waits else delivery.state.value

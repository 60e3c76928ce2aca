"""Channels, messages and deliveries for tests, made by the actions themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.parts import KEY, Parts
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.delivering import run_due_deliveries
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.board import ToldBoard, board_of
from app.messages.rules.recipients import Recipient
from app.models.messages import ChannelKind, Delivery, Message, MessageKind
from tests.acting import acting


class PostRoom:
    """What is done in a test, in one transaction each, at the time of the app's clock."""

    def __init__(self, app: Flask, by: str = "dora") -> None:
        self.parts: Parts = app.extensions[KEY]
        self.by = by

    def do(self, action: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Run one action in its own transaction."""
        with self.parts.database.write() as session:
            act = acting(
                session, more.pop("by", self.by), more.pop("now", self.parts.now())
            )
            return action(act, *values, **more)

    def ask(self, query: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Run one query."""
        with self.parts.database.read() as session:
            return query(session, *values, **more)

    def channel(
        self,
        name: str,
        url: str = "",
        kind: ChannelKind = ChannelKind.MAIL,
        **more: Any,
    ) -> int:
        """Add a channel; its number."""
        return int(
            self.do(
                add_channel, ChannelDraft(name, kind, url, **more), self.parts.trust
            ).id
        )

    def sent(
        self,
        recipients: Sequence[Recipient],
        *channels: int,
        text: str = "It is slow.",
        **more: Any,
    ) -> int:
        """Write down a message for these recipients; its number."""
        usual = {"signed_by": "Dora Desk", **more}
        draft = MessageDraft(
            MessageKind.INVESTIGATING, "Cash desk: we look into it", text, **usual
        )
        message: Message = self.do(send, draft, recipients, channels)
        return message.id

    def work(self) -> bool:
        """Let the worker do what is due."""
        return run_due_deliveries(self.parts)

    def board(self, message_id: int) -> ToldBoard:
        """The board of a message."""
        board: ToldBoard = self.ask(board_of, message_id)
        return board

    def standings(self, message_id: int) -> dict[str, str]:
        """How everybody stands, by name."""
        return {one.name: one.standing for one in self.board(message_id).people}

    def deliveries(self, message_id: int) -> list[Delivery]:
        """All deliveries of a message, the oldest first."""
        chosen = (
            select(Delivery)
            .where(Delivery.message_id == message_id)
            .order_by(Delivery.id)
        )
        with self.parts.database.read() as session:
            return list(session.scalars(chosen))

    def states(self, message_id: int) -> list[str]:
        """The states of all deliveries of a message, the oldest first."""
        return [one.state.value for one in self.deliveries(message_id)]


def somebody(name: str, **more: Any) -> Recipient:
    """Somebody with a mail address of that name, unless said otherwise."""
    return Recipient(
        f"mail:{name}", name, **{"mail": f"{name.lower()}@demo.example", **more}
    )

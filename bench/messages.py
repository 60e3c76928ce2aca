"""How long one message to many people takes over a mail server on loopback, and the board of it."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from app import create_app
from app.core.parts import KEY
from app.core.schema import upgrade
from app.core.settings import Settings
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.delivering import run_due_deliveries
from app.messages.actions.sending import MessageDraft, send
from app.messages.queries.board import board_of
from app.messages.rules.recipients import Recipient
from app.models.messages import ChannelKind, Delivery, DeliveryState, MessageKind
from tests.acting import acting
from tests.messages.receivers import mail_server

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 500


def main() -> None:
    """Send one message to many and print the figures."""
    with tempfile.TemporaryDirectory() as home, mail_server() as smtp:
        settings = Settings(
            home=Path(home),
            secret_key="only for measuring " * 3,
            channel_nets="127.0.0.0/8",
        )
        parts = create_app(settings).extensions[KEY]
        upgrade(parts.database)
        crowd = [
            Recipient(f"mail:{number}", f"P{number}", mail=f"p{number}@demo.example")
            for number in range(PEOPLE)
        ]
        with parts.database.write() as session:
            channel = add_channel(
                acting(session, "b", parts.now()),
                ChannelDraft("Mail", ChannelKind.MAIL, smtp.url),
            )
            begun = time.perf_counter()
            draft = MessageDraft(MessageKind.UPDATE, "Tills", "They are slow.", "Dora")
            message = send(
                acting(session, "b", parts.now()), draft, crowd, [channel.id]
            )
        print(
            f"written down for {PEOPLE} people in {time.perf_counter() - begun:.2f} s"
        )
        begun = time.perf_counter()
        run_due_deliveries(parts)
        took = time.perf_counter() - begun
        with parts.database.read() as session:
            sent = len(
                session.scalars(
                    select(Delivery.id).where(Delivery.state == DeliveryState.SENT)
                ).all()
            )
            begun = time.perf_counter()
            board_of(session, message.id)
        print(
            f"{sent} sent in {took:.1f} s ({sent / took:.0f} a second); board "
            f"{time.perf_counter() - begun:.3f} s"
        )
        parts.database.dispose()


if __name__ == "__main__":
    main()

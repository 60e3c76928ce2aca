"""What the room of messages tells the rooms whose messages it carries."""

from __future__ import annotations

from app.core.acting import Acting
from app.core.signals import declared, tell
from app.models.messages import Message

message_arrived = declared(
    "message_arrived",
    "A message left us for somebody, or somebody was told in person, in the transaction of the "
    "hand that notes it (Acting): message.",
)


def arrived(act: Acting, message_id: int) -> None:
    """Tell that a message has reached somebody it was for."""
    message = act.session.get_one(Message, message_id)
    tell(message_arrived, act, message=message)

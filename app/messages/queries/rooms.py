"""Which messages are known only to who may know of the room they are sent from."""

from __future__ import annotations

from collections.abc import Mapping

from app.models.messages import MessageKind

ROOMS: Mapping[MessageKind, str] = {
    MessageKind.INVITATION: "stakeholders",
    MessageKind.PULSE: "improve",
    MessageKind.STATUS: "improve",
}
"""The permission that opens a message with who was told of it, besides the one for all messages."""

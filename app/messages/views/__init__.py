"""Pages of the messages room."""

from app.messages.views import (
    boards,
    channels,
    policy,
)
from app.messages.views.blueprint import bp

__all__ = [
    "boards",
    "bp",
    "channels",
    "policy",
]

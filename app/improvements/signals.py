"""What the room of improvements tells the rooms that build on it."""

from __future__ import annotations

from app.core.signals import declared

improvement_merged = declared(
    "improvement_merged",
    "An improvement goes into another by the hand that sends it (Acting): one_id, "
    "into_id. A listener returns how many of its rows go along.",
)

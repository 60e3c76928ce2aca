"""What the room of people and places tells the rooms that build on it."""

from __future__ import annotations

from app.core.signals import declared

# A room above keeps the weight with its own rows, because its queue is ordered by an index.
site_weighed = declared(
    "site_weighed",
    "A site gets another weight by the hand that sends it (Acting): site_id, weight. "
    "A listener returns how many of its rows follow.",
)

"""What the room of directories tells the rooms that build on it."""

from __future__ import annotations

from app.core.signals import declared

# A room above verifies what it promised to people whenever the read model is new.
reading_taken = declared(
    "reading_taken",
    "A complete reading of a directory is taken over, in the transaction of the hand that sends it "
    "(Acting): directory_id, began (when the reading began).",
)

"""How a link to the status stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LASTS = timedelta(days=90)
LONGEST = timedelta(days=370)
"""A link opens for a quarter unless said otherwise, and never much longer than a year."""


class LinkState(StrEnum):
    """What a link does now."""

    OPEN = "open"
    ENDED = "ended"
    REVOKED = "taken back"
    LEFT = "its giver may not read it any more"


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What is known of a link: until when, whether it was taken back, and whether who gave it may
    still read what it shows.
    """

    until: datetime
    revoked: bool
    giver_reads: bool


def state_of(facts: LinkFacts, now: datetime) -> LinkState:
    """Return how a link stands at a moment."""
    if facts.revoked:
        return LinkState.REVOKED
    if now > facts.until:
        return LinkState.ENDED
    return LinkState.OPEN if facts.giver_reads else LinkState.LEFT

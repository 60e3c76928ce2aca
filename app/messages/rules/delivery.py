"""Deliveries: what an answer of a provider means, when to try again, and whether somebody counts as
told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2))
"""How long to wait after the first and second failure; after the third the next channel is
tried.
"""

LOST_AFTER = timedelta(minutes=2)
"""A delivery that is being sent for longer has nobody who will note how it ended."""

UNSURE = re.compile(
    r"timed? ?out|aborted|reset by peer|unexpectedly closed|without response|broken pipe",
    re.IGNORECASE,
)
NEVER_CONNECTED = re.compile(
    r"connect timeout|ConnectTimeout|refused|NewConnection|resolve|not known",
    re.IGNORECASE,
)
SMTP_CODE = re.compile(r"\((\d{3}), b")
HTTP_CODE = re.compile(r"error[ =:(]+(\d{3})\b", re.IGNORECASE)
BUSY = (408, 421, 425, 429)


class Ending(StrEnum):
    """How one try ended; ``UNKNOWN``: it may have arrived."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """One try: how it ended and, in words without addresses or secrets, why."""

    ending: Ending
    problem: str = ""


def judged(lines: Sequence[str]) -> DeliveryOutcome:
    """Return what a provider's failure means, from what was logged while sending.

    Nothing of it is repeated.

    A failure before anything was handed over is tried again; one while waiting for the answer may
    have arrived.
    """
    text = "\n".join(lines)
    if code := _code(SMTP_CODE, text):
        # In SMTP 4xx means later, 5xx means no.
        return _refused("mail server", code, later=code < 500)
    if code := _code(HTTP_CODE, text):
        return _refused("provider", code, later=code >= 500 or code in BUSY)
    handed_over = "while submitting" not in text and not NEVER_CONNECTED.search(text)
    if handed_over and UNSURE.search(text):
        return DeliveryOutcome(
            Ending.UNKNOWN, "No answer came after the message was handed over."
        )
    if UNSURE.search(text) or NEVER_CONNECTED.search(text):
        return DeliveryOutcome(Ending.LATER, "The provider could not be reached.")
    return DeliveryOutcome(Ending.LATER, "The provider did not take it.")


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after so many tries, or None: this channel has had its chances."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


def standing(states: Iterable[str]) -> str:
    """Return how somebody stands after all deliveries to him: one that arrived is enough."""
    found = set(states)
    for state, word in (
        ("sent", "told"),
        ("told in person", "told"),
        ("may have been sent", "not sure"),
        ("sending", "on its way"),
        ("waiting", "on its way"),
        ("to call", "to call"),
    ):
        if state in found:
            return word
    return "not told"


def _code(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.findall(text)
    return int(found[-1]) if found else 0


def _refused(who: str, code: int, *, later: bool) -> DeliveryOutcome:
    if later:
        return DeliveryOutcome(Ending.LATER, f"The {who} has a problem ({code}).")
    return DeliveryOutcome(Ending.REFUSED, f"The {who} refused it ({code}).")

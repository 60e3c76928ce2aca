"""How an exception stands, and what its end may do (design 5.5, 5.12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.said import said

SOON = timedelta(days=7)
"""So long before its end an exception asks what becomes of it."""
LONGER = timedelta(days=7)
"""So long a right stays that was given back after its end, before that acts again."""


class ExceptionStands(StrEnum):
    """How an exception stands."""

    OPEN = "open"
    ENDING = "ends soon"
    EXPIRED = "expired"
    ENDED = "ended"


def stands(until: date, ended_at: datetime | None, today: date) -> ExceptionStands:
    """Return how an exception stands; ``until`` is the last day on which it holds."""
    if ended_at is not None:
        return ExceptionStands.ENDED
    if until < today:
        return ExceptionStands.EXPIRED
    soon = until <= today + SOON
    return ExceptionStands.ENDING if soon else ExceptionStands.OPEN


@dataclass(frozen=True, slots=True)
class RightKept:
    """What is known of a right at the end of its exception.

    ``since`` is when a reading first saw it held, None where it is not; ``known_at`` is when the
    exception was agreed, or last given back. ``others_first`` tells that others gave it before
    Rung would have, ``longer`` that another exception keeps it longer.
    """

    since: datetime | None
    known_at: datetime | None
    others_first: bool = False
    longer: bool = False


class EndOfException(StrEnum):
    """What the end of an exception does."""

    TAKE = "take the right off"
    OVER = "nothing is left to take"
    ASK = "ask a person"


def what_ends(right: RightKept) -> tuple[EndOfException, str]:
    """Return what the end of an exception does, and why where it takes nothing: what others gave
    is never taken off by itself.
    """
    if right.since is None:
        return EndOfException.OVER, said("Others took the right before.")
    if right.longer:
        return EndOfException.OVER, said("Another exception keeps it longer.")
    if right.others_first:
        return EndOfException.ASK, said("Others gave this right before Rung did.")
    if right.known_at and right.since > right.known_at:
        told = said("Others took this right and gave it again since.")
        return EndOfException.ASK, told
    return EndOfException.TAKE, ""


NAMED = 3
"""So many waves are named where more agreed to what ends together."""


def who_agreed(waves: Iterable[tuple[str, int, str]], until: date) -> str:
    """Say who agreed to what ends together: each person, the number and the role of the waves, and
    the day until which it held.
    """
    by: dict[str, list[str]] = {}
    for name, number, role in dict.fromkeys(waves):
        by.setdefault(name, []).append(f"wave {number} of {role}")
    return "; ".join(
        f"{name} ({_some(told)}, until {until:%Y-%m-%d})" for name, told in by.items()
    )


def _some(told: list[str]) -> str:
    """Return the first few, and how many more there are."""
    more = len(told) - NAMED
    return ", ".join(told[:NAMED]) + (f" and {more} more" if more > 0 else "")

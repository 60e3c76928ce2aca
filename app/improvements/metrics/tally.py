"""What was counted, of how many: the value that a share or a rate makes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.figures import figure
from app.core.said import said
from app.models.improvements.words import Tally

OF = re.compile(r"(?<=\d)\s*(?:/|\bof\b|\bvon\b)\s*(?=\d)", re.IGNORECASE)
"""How people write it: 12/40, 12 of 40, 12 von 40."""

WITH_WHOLE = (Tally.SHARE, Tally.RATE)


@dataclass(frozen=True, slots=True)
class Counted:
    """A value with what it was made of; both parts are None where it was measured as it is."""

    value: float | None
    part: float | None = None
    whole: float | None = None


def counted(tally: Tally, typed: float | None, whole: float | None = None) -> Counted:
    """Return the value of what was typed: of a share its per cent, of a rate events by cases.

    Raises ``ValueError`` with a sentence that says what is wrong.
    """
    if typed is None:
        return Counted(None)
    if tally is Tally.MEASURED:
        if whole is not None:
            raise ValueError(said("This metric takes one number, not one of another."))
        return Counted(typed)
    if typed < 0 or typed != int(typed):
        raise ValueError(
            said(
                "%(count)s is no count; counts are whole numbers.", count=figure(typed)
            )
        )
    if tally is Tally.COUNT:
        if whole is not None:
            raise ValueError(said("This metric takes one number, not one of another."))
        return Counted(typed)
    return _by_whole(tally, typed, whole)


def _by_whole(tally: Tally, part: float, whole: float | None) -> Counted:
    if not whole or whole < 0:
        raise ValueError(
            said("Say of how many, like 12/40; without any there is no value.")
        )
    if tally is Tally.RATE:
        return Counted(part / whole, part, whole)
    if whole != int(whole) or part > whole:
        raise ValueError(
            said(
                "%(part)s of %(whole)s is no share of cases.",
                part=figure(part),
                whole=figure(whole),
            )
        )
    return Counted(100 * part / whole, part, whole)

"""What was seen of a person in the directory, as it is kept beside the switch."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.frozen import Kept

UNDONE = "undone"
"""When somebody was looked at after an undo; otherwise after a phase, by its name."""


@dataclass(frozen=True, slots=True)
class LensSeen(Kept):
    """What the plan promised under one lens, what of it was seen, what is missing, and what is
    still shown though it was taken away. The oldest looks do not say the last.
    """

    lens: str
    promised: int
    seen: int
    missing: tuple[str, ...]
    still_shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonSeen(Kept):
    """One look at a person: ``at`` (ISO time), ``when``, and what was seen then.

    After a phase of the way up that is one line for each lens; after an undo it is what others had
    changed, and where memberOf had not followed.
    """

    at: str
    when: str
    lenses: tuple[LensSeen, ...] | None = None
    others: tuple[str, ...] | None = None
    memberof: tuple[str, ...] | None = None

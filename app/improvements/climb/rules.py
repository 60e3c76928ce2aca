"""Which rung of a ladder comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Offered:
    """The next rung as a template offers it: for how many people, what changes, and its number in
    the ladder.
    """

    people: int
    what: str
    number: int = 0


def offered(
    ladder: Sequence[Mapping[str, Any]], climbed: int, advice: int
) -> Offered | None:
    """Return the first rung of a ladder that is larger than the one that was climbed; never more
    people than advised. None where the ladder ends, or where no more people are advised.
    """
    if advice <= climbed:
        return None
    for number, row in enumerate(ladder, start=1):
        if row["people"] > climbed:
            return Offered(min(row["people"], advice), row["what"], number)
    return None

"""What the ways in which applications ask about a group say of how they find its members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ldap_sync.logs import Way

PEOPLE = "people"
"""Stands for all people who signed in themselves: which one of them asked is kept nowhere."""

DIRECT, MEMBEROF, RECURSIVE = "direct", "memberof", "recursive"
"""The lenses, as tables and plans spell them."""

LENS_OF_WAY: Mapping[Way, str] = {
    Way.MEMBER: DIRECT,
    Way.COMPARE: DIRECT,
    Way.LIST: DIRECT,
    Way.MEMBEROF: MEMBEROF,
    Way.MEMBEROF_LIST: MEMBEROF,
    Way.CHAIN: RECURSIVE,
}
NARROWEST = (DIRECT, MEMBEROF, RECURSIVE)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """Questions of one application about one right (None: about all), in one way."""

    right_id: int | None
    account: str
    address: str
    way: Way
    count: int
    last_day: date | None

    @property
    def who(self) -> str:
        """Return by what the application is known: its account, else its address."""
        return self.account or self.address or "?"

    @property
    def told(self) -> str:
        """Return the line as a sentence of the trail has it."""
        last = f", last on {self.last_day}" if self.last_day else ""
        return f"{self.who} asked {self.count} times by {self.way}{last}"

    @property
    def lens(self) -> str:
        """Return how this application finds members when it asks so."""
        return LENS_OF_WAY[self.way]


@dataclass(frozen=True, slots=True)
class LensProposal:
    """How a right is looked at, by what was asked about it: what is noted, and what is proposed."""

    right_id: int
    noted: str
    proposed: str
    evidence: tuple[QuestionLine, ...]


def proposals(
    lines: Iterable[QuestionLine], noted: Mapping[int, str]
) -> list[LensProposal]:
    """Return the rights whose noted lens is another one than the log shows.

    Of several ways the one that sees least counts: who looks so must lose nothing. Questions about
    all groups prove nothing of a single one.
    """
    by_right: dict[int, list[QuestionLine]] = defaultdict(list)
    for line in lines:
        if line.right_id is not None and line.right_id in noted:
            by_right[line.right_id].append(line)
    found = [
        LensProposal(
            right,
            noted[right],
            narrowest(some),
            tuple(some),
        )
        for right, some in by_right.items()
    ]
    return [one for one in found if one.proposed != one.noted]


def narrowest(lines: Iterable[QuestionLine]) -> str:
    """Return the lens that sees least of those that were used."""
    used = {line.lens for line in lines}
    return next(lens for lens in NARROWEST if lens in used)

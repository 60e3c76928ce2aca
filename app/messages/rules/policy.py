"""The policy of informing: by priority, how soon, how often, who, on which channels; first and
second line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.core.said import said

PRIORITIES = (1, 2, 3, 4, 5)
FIX = said("The team that fixes it")


@dataclass(frozen=True, slots=True)
class InformDuty:
    """What is owed at one priority.

    Minutes; ``first`` 0: no message is owed before somebody asks.
    """

    first: int
    every: int
    who: str = FIX
    channels: str = said("Mail, call list")


def _duties() -> dict[int, InformDuty]:
    return {
        1: InformDuty(15, 30, channels=said("Mail, SMS, chat, call list")),
        2: InformDuty(30, 60, channels=said("Mail, chat, call list")),
        3: InformDuty(120, 240),
        4: InformDuty(0, 480, channels="Mail"),
        5: InformDuty(0, 1440, channels="Mail"),
    }


@dataclass(frozen=True, slots=True)
class InformNumbers:
    """The whole document.

    ``owner_after`` and ``management_after``: minutes late until they are reminded.
    """

    duties: Mapping[int, InformDuty] = field(default_factory=_duties)
    mass_first: int = 15
    owner_after: int = 15
    management_after: int = 30
    first_line: str = said(
        "Passes on every message, answers who calls with what the last "
        "message says, and tells the team that fixes when people hear "
        "nothing."
    )
    second_line: str = said(
        "Owes the messages for what it fixes: the first in time, then "
        "one whenever the promised moment comes, even when nothing has "
        "changed, and one when it works again."
    )

    def first_minutes(self, priority: int, *, mass: bool) -> int:
        """Return within how many minutes the first message is owed; 0: none is owed."""
        first = self.duties[min(max(priority, 1), 5)].first
        return min(first or self.mass_first, self.mass_first) if mass else first

    def every_minutes(self, priority: int) -> int:
        """Return how often an update is owed."""
        return self.duties[min(max(priority, 1), 5)].every


DEFAULT = InformNumbers()


def numbers_from(content: Mapping[str, Any]) -> InformNumbers:
    """Return the document a stored version holds; what it does not say has its default."""
    duties = {
        **DEFAULT.duties,
        **{
            int(key): InformDuty(**value)
            for key, value in content.get("duties", {}).items()
        },
    }
    names = (
        "mass_first",
        "owner_after",
        "management_after",
        "first_line",
        "second_line",
    )
    return InformNumbers(
        duties, **{name: content[name] for name in names if name in content}
    )


def content_of(numbers: InformNumbers) -> dict[str, Any]:
    """Return the document as JSON can hold it."""
    stored = asdict(numbers)
    stored["duties"] = {
        str(key): asdict(value) for key, value in numbers.duties.items()
    }
    return stored


def problem_of(numbers: InformNumbers) -> tuple[str, str]:
    """Return field and sentence of what cannot be, or two empty texts."""
    for priority, duty in numbers.duties.items():
        if duty.first < 0 or duty.every < 1:
            return f"every_{priority}", said(
                "Give minutes: at least 1 between two messages."
            )
    if min(numbers.mass_first, numbers.owner_after) < 1:
        return "mass_first", said("Give at least one minute.")
    if numbers.management_after <= numbers.owner_after:
        return "management_after", said("Management is reminded after the owner.")
    return "", ""

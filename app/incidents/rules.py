"""What every change of an incident obeys, the desk's numbers, and words that accuse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

AWAY = ("cancelled", "merged")


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds an incident where it is.

    ``owner`` is finally responsible, ``service_owner`` owns its service now.
    """

    open: bool
    owner: str = ""
    owner_fixed_at: datetime | None = None
    locked_at: datetime | None = None
    service: str = ""
    service_owner: str = ""

    @property
    def decides(self) -> str:
        """Return who alone decides: the fixed owner until restoration, else the owner of the
        service.
        """
        return self.owner if self.fixed else self.service_owner

    @property
    def fixed(self) -> bool:
        """Tell whether the owner is finally responsible just now."""
        return self.open and bool(self.owner) and self.owner_fixed_at is not None


def objections(
    hold: Hold, before: Mapping[str, Any], after: Mapping[str, Any], by: str
) -> list[str]:
    """Say why these fields of an incident may not become so; the one rule on every way an incident
    is changed.

    A fixed owner stays responsible until restoration: nobody moves, re-sorts, cancels or merges the
    incident away from him. He cannot push it away either; only the service's present owner can take
    it upon himself. A bounce lock leaves the next move to the owner.
    """
    changed = {name for name, value in after.items() if before.get(name) != value}
    return [
        *_about_owner(hold, changed, after, by),
        *_about_place(hold, changed, after, by),
    ]


def _about_owner(
    hold: Hold, changed: set[str], after: Mapping[str, Any], by: str
) -> Iterable[str]:
    if not hold.fixed or not changed & {"owner", "owner_fixed_at"}:
        return
    takes_over = (
        after.get("owner") == by == hold.service_owner
        and "owner_fixed_at" not in changed
    )
    if not takes_over:
        yield (
            f"{hold.owner} is finally responsible until it is restored; that cannot be given "
            "to somebody else. "
            "Only the present owner of the service can take it upon himself."
        )


def _about_place(
    hold: Hold, changed: set[str], after: Mapping[str, Any], by: str
) -> Iterable[str]:
    leaves = changed & {"team_id", "service_id"} or str(after.get("state", "")) in AWAY
    if hold.fixed and leaves and by != hold.owner:
        yield (
            f"{hold.owner} is finally responsible until it is restored; only {hold.owner} moves it."
        )
    elif (
        hold.locked_at
        and changed & {"team_id", "bounce_locked_at"}
        and (by != hold.decides or not by)
    ):
        yield _locked(hold)


def _locked(hold: Hold) -> str:
    if hold.decides:
        return f"It went to and fro, so only the service owner moves it now. Ask {hold.decides}."
    what = (
        f"{hold.service} has no owner"
        if hold.service
        else "it has no service, so no owner"
    )
    return (
        f"It went to and fro, so only the service owner moves it now; but {what}. Name one in the "
        "catalogue first."
    )


EMERGENCY = 0
"""The rank of what is P1 by its own impact and of mass incidents; no number of raises reaches
it.
"""
HIGHEST = 1
"""The best rank that raises lead to."""


def rank_of(priority: int, raises: int, *, is_mass: bool) -> int:
    """Return the first thing the queue is ordered by, low first."""
    if priority == HIGHEST or is_mass:
        return EMERGENCY
    return stands_as(priority, raises)


def stands_as(priority: int, raises: int) -> int:
    """Return the priority after raises, 1 at best."""
    return max(HIGHEST, priority - raises)


ALTERNATIVES = (
    (
        r"not (on|at) (my|our) side|not (my|our) (fault|problem|job|business)",
        "what was checked, and what was found",
    ),
    (
        r"(your|their) (fault|problem|mistake|job)",
        "which part fails, and how it was seen",
    ),
    (
        r"as (always|usual)|yet again|once again|for the (hundredth|umpteenth) time",
        "when it happened before",
    ),
    (
        r"(always|never) (do|does|did|works?|answers?|reads?|cares?)",
        "how often, and when",
    ),
    (
        r"lazy|stupid|incompetent|idiots?|careless|clueless|nonsense|ridiculous",
        "what happened, without judging people",
    ),
    (r"should have (known|checked|asked|done|read)|failed to", "what is still needed"),
    (r"obviously|of course|clearly|as everybody knows", "how it can be seen"),
    (
        r"refuses? to|(does|do) ?n[o']t want to|could ?n[o']t be bothered",
        "what was asked, and what was answered",
    ),
    (r"blame[ds]?|guilty|screwed up|messed up|broke it", "what changed, and when"),
)
_FOUND = [
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), instead)
    for words, instead in ALTERNATIVES
]


@dataclass(frozen=True, slots=True)
class Hint:
    """A word that reads as an accusation, and what to say instead."""

    word: str
    instead: str


def accusing(text: str) -> list[Hint]:
    """Return the accusing words of a text in their order, each once."""
    plain = text.replace("’", "'")
    found = sorted(
        (match.start(), match[0], instead)
        for pattern, instead in _FOUND
        for match in pattern.finditer(plain)
    )
    return list(
        {word.casefold(): Hint(word, instead) for _, word, instead in found}.values()
    )


def _by_priority(*values: float) -> dict[int, float]:
    return dict(enumerate(values, start=1))


@dataclass(frozen=True, slots=True)
class DeskNumbers:
    """All numbers of the desk with their defaults.

    Lists by priority go from 1 (critical) to 5 (planned).

    ``target_hours``: business hours until restoration. ``untouched_hours``: how long nobody may
    touch an incident before it is raised. ``escalate_at``: shares of the target at which management
    hears of it, level by level. ``kept_every``: of so many places behind the emergencies one
    belongs to the longest overdue. ``most_hand_overs``: more lock free transfer.
    ``cost_per_weight_hour``: money an hour of delay costs for each point of a site's weight.
    ``close_after_days``: a restored incident closes when nobody objects.
    """

    target_hours: Mapping[int, float] = field(
        default_factory=lambda: _by_priority(4, 8, 24, 48, 120)
    )
    untouched_hours: Mapping[int, float] = field(
        default_factory=lambda: _by_priority(0.5, 2, 8, 16, 40)
    )
    escalate_at: tuple[float, ...] = (1.0, 1.5, 2.0)
    kept_every: int = 5
    most_hand_overs: int = 3
    cost_per_weight_hour: float = 20.0
    currency: str = "EUR"
    close_after_days: float = 5.0
    mass_from: int = 3
    mass_minutes: int = 60
    recording_days: int = 30
    problem_records: bool = False
    individual_figures: bool = False


DEFAULT = DeskNumbers()


def numbers_from(content: Mapping[str, Any]) -> DeskNumbers:
    """Return the numbers a stored version holds; what it does not say has its default."""
    known = {item.name for item in fields(DeskNumbers)}
    return DeskNumbers(
        **{name: _back(name, value) for name, value in content.items() if name in known}
    )


def _back(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {int(key): amount for key, amount in value.items()}
    return tuple(value) if name == "escalate_at" else value

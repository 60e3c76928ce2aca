"""The desk's numbers: targets, how long nobody may look, how many hand-overs, what a delay
costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


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
LONGEST_HOURS, MOST_LEVELS = 8760, 6
LIMITS = (
    ("kept_every", 2, 100),
    ("most_hand_overs", 1, 50),
    ("cost_per_weight_hour", 0, 1_000_000),
    ("close_after_days", 0.5, 365),
    ("mass_from", 2, 1000),
    ("mass_minutes", 5, 10_080),
    ("recording_days", 1, 3650),
)


def numbers_from(content: Mapping[str, Any]) -> DeskNumbers:
    """Return the numbers a stored version holds; what it does not say has its default."""
    known = {item.name for item in fields(DeskNumbers)}
    return DeskNumbers(
        **{name: _back(name, value) for name, value in content.items() if name in known}
    )


def content_of(numbers: DeskNumbers) -> dict[str, Any]:
    """Return the numbers as JSON can hold them."""
    return {name: _stored(value) for name, value in asdict(numbers).items()}


def _back(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {int(key): amount for key, amount in value.items()}
    return tuple(value) if name == "escalate_at" else value


def _stored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): amount for key, amount in value.items()}
    return list(value) if isinstance(value, tuple) else value


def faults_of(numbers: DeskNumbers) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with numbers: the field, and a sentence."""
    for name in ("target_hours", "untouched_hours"):
        for priority, hours in sorted(getattr(numbers, name).items()):
            if not 0 < hours <= LONGEST_HOURS:
                yield (
                    f"{name}_{priority}",
                    f"Hours go from a little more than 0 to {LONGEST_HOURS:,}.",
                )
    shares = numbers.escalate_at
    if not 1 <= len(shares) <= MOST_LEVELS or any(not 0 < share <= 100 for share in shares):
        yield "escalate_at", f"Give one to {MOST_LEVELS} shares of the target, like 1, 1.5, 2."
    if list(shares) != sorted(set(shares)):
        yield "escalate_at", "Each level comes later than the one before."
    for name, least, most in LIMITS:
        if not least <= getattr(numbers, name) <= most:
            yield name, f"This goes from {least:g} to {most:,g}."
    if not 1 <= len(numbers.currency) <= 5:
        yield "currency", "A currency has up to five letters, like EUR."

"""The desk's numbers with their limits, and the rules the team signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.core.said import Grouped, digits, said
from app.incidents.rules import DeskNumbers

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


def content_of(numbers: DeskNumbers) -> dict[str, Any]:
    """Return the numbers as JSON can hold them."""
    return {name: _stored(value) for name, value in asdict(numbers).items()}


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
                    said(
                        "Hours go from a little more than 0 to %(longest_hours)s.",
                        longest_hours=Grouped(LONGEST_HOURS),
                    ),
                )
    shares = numbers.escalate_at
    if not 1 <= len(shares) <= MOST_LEVELS or any(
        not 0 < share <= 100 for share in shares
    ):
        yield (
            "escalate_at",
            said(
                "Give one to %(most_levels)s shares of the target, like 1, 1.5, 2.",
                most_levels=MOST_LEVELS,
            ),
        )
    if list(shares) != sorted(set(shares)):
        yield "escalate_at", said("Each level comes later than the one before.")
    for name, least, most in LIMITS:
        if not least <= getattr(numbers, name) <= most:
            yield (
                name,
                said(
                    "This goes from %(least)s to %(most)s.",
                    least=digits(f"{least:g}"),
                    most=digits(f"{most:,g}"),
                ),
            )
    if not 1 <= len(numbers.currency) <= 5:
        yield "currency", said("A currency has up to five letters, like EUR.")


@dataclass(frozen=True, slots=True)
class DeskRule:
    """One rule.

    ``setting`` is the number that enforces it ('': a habit), ``figure`` shows whether it is kept.
    """

    key: str
    text: str
    setting: str = ""
    figure: str = ""


SHIPPED: tuple[DeskRule, ...] = (
    DeskRule(
        "restore-first",
        said("Restore first. Causes and paperwork come after it works again."),
        "target_hours",
        "restore",
    ),
    DeskRule(
        "try-quickly",
        said(
            "Try quickly. First and second level try what is basic at once "
            "and write down what they tried."
        ),
        "untouched_hours",
        "tried",
    ),
    DeskRule(
        "owner-answers",
        said(
            "The owner answers. When basic troubleshooting has failed, the "
            "service owner is responsible until it is restored, and nobody "
            "pushes that away."
        ),
        "",
        "owner_moved",
    ),
    DeskRule(
        "owner-orders",
        said(
            "Who is responsible may order. Teams do what the owner asks, or "
            "refuse with a reason that goes to management."
        ),
        "",
        "orders_refused",
    ),
    DeskRule(
        "order-only",
        said(
            "Priority is an order. It says what comes first and what next, "
            "never what may be left."
        ),
        "untouched_hours",
        "untouched",
    ),
    DeskRule(
        "too-slow",
        said("Too slow goes up. To management, and in priority."),
        "escalate_at",
        "late_told",
    ),
    DeskRule(
        "no-ping-pong",
        said(
            "No ping-pong. Nobody hands over without a reason, or back "
            "without saying what is missing."
        ),
        "most_hand_overs",
        "bounced",
    ),
    DeskRule(
        "tell",
        said("Tell people. Every message says when the next one comes, and it comes."),
        "",
        "updates",
    ),
)


def rules_from(content: Iterable[Mapping[str, Any]]) -> list[DeskRule]:
    """Return the rules a stored version holds."""
    return [
        DeskRule(
            each["key"],
            each["text"],
            each.get("setting") or "",
            each.get("figure") or "",
        )
        for each in content
    ]


def content_of_rules(rules: Iterable[DeskRule]) -> list[dict[str, Any]]:
    """Return rules as JSON can hold them."""
    return [asdict(rule) for rule in rules]

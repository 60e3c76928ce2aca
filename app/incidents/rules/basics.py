"""The team's basics as they are shipped: few rules that are often forgotten, each with its setting
and its figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


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
        "Restore first. Causes and paperwork come after it works again.",
        "target_hours",
        "restore",
    ),
    DeskRule(
        "try-quickly",
        "Try quickly. First and second level try what is basic at once and write down what "
        "they tried.",
        "untouched_hours",
        "tried",
    ),
    DeskRule(
        "owner-answers",
        "The owner answers. When basic troubleshooting has failed, the service owner is "
        "responsible "
        "until it is restored, and nobody pushes that away.",
        "",
        "owner_moved",
    ),
    DeskRule(
        "owner-orders",
        "Who is responsible may order. Teams do what the owner asks, or refuse with a reason that "
        "goes to management.",
        "",
        "orders_refused",
    ),
    DeskRule(
        "order-only",
        "Priority is an order. It says what comes first and what next, never what may be left.",
        "untouched_hours",
        "untouched",
    ),
    DeskRule(
        "too-slow", "Too slow goes up. To management, and in priority.", "escalate_at", "late_told"
    ),
    DeskRule(
        "no-ping-pong",
        "No ping-pong. Nobody hands over without a reason, or back without saying what is missing.",
        "most_hand_overs",
        "bounced",
    ),
    DeskRule(
        "tell",
        "Tell people. Every message says when the next one comes, and it comes.",
        "",
        "updates",
    ),
)


def rules_from(content: Iterable[Mapping[str, Any]]) -> list[DeskRule]:
    """Return the rules a stored version holds."""
    return [
        DeskRule(each["key"], each["text"], each.get("setting") or "", each.get("figure") or "")
        for each in content
    ]


def content_of_rules(rules: Iterable[DeskRule]) -> list[dict[str, Any]]:
    """Return rules as JSON can hold them."""
    return [asdict(rule) for rule in rules]

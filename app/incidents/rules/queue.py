"""Why an incident stands where it stands in the queue, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.catalog.rules.priority import arithmetic

TIMES = ("", "once", "twice")


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about the place in the queue, in this order: rank, weight, target, reported."""

    priority: int
    impact: int | None
    urgency: int | None
    raises: int
    site_weight: int
    target_at: datetime

    @property
    def rank(self) -> int:
        """Return the priority after raises; it may pass below 1, so that nothing waits for ever."""
        return self.priority - self.raises


def reason(standing: Standing, now: datetime) -> str:
    """Say why: "P2 = impact 2 × urgency 1; site weight 8; 3 h to target; raised once"."""
    parts = [
        arithmetic(standing.impact, standing.urgency, standing.priority),
        f"site weight {standing.site_weight}",
        _to_target(standing.target_at - now),
    ]
    if standing.raises:
        parts.append(f"raised {_times(standing.raises)}, so it stands as P{standing.rank}")
    return "; ".join(parts)


def _to_target(left: timedelta) -> str:
    return f"{span(left)} to target" if left >= timedelta() else f"{span(-left)} over target"


def _times(count: int) -> str:
    return TIMES[count] if count < len(TIMES) else f"{count} times"


def span(duration: timedelta) -> str:
    """Write a duration with one unit: "40 min", "3 h", "2 days"."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"

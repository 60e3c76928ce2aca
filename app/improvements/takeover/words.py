"""What words of other registers mean: states, sources, scales, and effort in hours or days."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.models.improvements.words import (
    ImprovementSize,
    ImprovementSource,
    ImprovementState,
)

S = ImprovementState
STATES: Mapping[str, str] = {
    **dict.fromkeys(
        ("new", "open", "idea", "proposed", "submitted", "draft"), S.RAISED
    ),
    **dict.fromkeys(("to do", "todo", "backlog", "registered", "logged"), S.RAISED),
    **dict.fromkeys(("approved", "planned", "assigned", "scheduled"), S.ACCEPTED),
    **dict.fromkeys(("active", "work in progress", "doing", "started"), S.IN_PROGRESS),
    **dict.fromkeys(("pending", "waiting", "deferred", "blocked"), S.ON_HOLD),
    **dict.fromkeys(("done", "closed", "completed", "complete"), S.EMBEDDED),
    **dict.fromkeys(("implemented", "resolved", "finished"), S.EMBEDDED),
    **dict.fromkeys(("cancelled", "canceled", "declined", "withdrawn"), S.REJECTED),
    "won't do": S.REJECTED,
}
SOURCES: Mapping[str, str] = {
    "suggestion": ImprovementSource.IDEA,
    "customer complaint": ImprovementSource.COMPLAINT,
    "problem": ImprovementSource.INCIDENT,
    "survey": ImprovementSource.FEEDBACK,
    "review": ImprovementSource.AUDIT,
}
SIZES: Mapping[str, str] = {
    **dict.fromkeys(("small", "low", "minor", "xs"), ImprovementSize.SMALL),
    **dict.fromkeys(("medium", "moderate", "mid"), ImprovementSize.MEDIUM),
    **dict.fromkeys(("large", "high", "major", "big", "xl"), ImprovementSize.LARGE),
}
LEVELS: Mapping[str, int] = {
    "critical": 10,
    "very high": 10,
    "urgent": 9,
    "high": 8,
    "medium": 5,
    "moderate": 5,
    "normal": 5,
    "low": 3,
    "planning": 2,
    "very low": 1,
}
SCALE: Mapping[str, int] = {
    **LEVELS,
    **{
        f"{number} - {word}": value
        for word, value in LEVELS.items()
        for number in range(1, 6)
    },
}
"""What a level means from 1 to 10; other tools put the number of the level before it."""
IN_HOURS: Mapping[str, float] = {"h": 1, "d": 8, "w": 40}
MOST_HOURS = ((8, 1), (16, 2), (24, 3), (40, 5), (80, 7), (160, 8), (400, 9))
"""Up to how many hours an effort is how large, from 1 to 10."""
_HOURS = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(h|d|w)(?:ours?|rs?|ays?|eeks?|k|ks)?\.?", re.IGNORECASE
)


def hours_in(text: str) -> float | None:
    """Return the hours of an effort as in "40 h", "5 days" or "2 w"; None where it tells none."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return None
    return float(found[1].replace(",", ".")) * IN_HOURS[found[2].lower()]


def effort_of(text: str) -> int | None:
    """Return how large an effort of hours or days is, from 1 to 10; None where it tells none."""
    hours = hours_in(text)
    if hours is None:
        return None
    return next((size for most, size in MOST_HOURS if hours <= most), 10)

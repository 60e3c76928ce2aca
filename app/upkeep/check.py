"""One thing the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``level`` is ok, warning or problem; a problem keeps Rung from working."""

    subject: str
    level: str
    text: str
    exit_code: int = 0

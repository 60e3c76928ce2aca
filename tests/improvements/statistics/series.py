"""Measured series that several tests read: the worked case of the shared page of numbers, and
helpers around it.
"""

from __future__ import annotations

from datetime import date, timedelta

from app.improvements.statistics.series import Point

START = date(2026, 1, 5)
BEFORE = (42, 38, 45, 40, 39, 44, 41, 43, 37, 40, 46, 41)
AFTER = (35, 31, 34, 30, 33, 32, 36, 31)
# Twelve weeks of finished items that Bowler published.
BOWLER = (1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2)


def weekly(*values: float | None) -> list[Point]:
    """Return one point a week from 5 January 2026 on."""
    return [
        Point(START + timedelta(weeks=week), value) for week, value in enumerate(values)
    ]


def week(number: int) -> date:
    """Return the first day of a week, counted from 0."""
    return START + timedelta(weeks=number)

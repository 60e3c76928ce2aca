"""Calendar weeks, and what was done in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

WEEK = timedelta(days=7)


def throughput(done: Iterable[date], started: date, today: date) -> list[int]:
    """Return items done per whole calendar week from the week of ``started``; weeks with none count
    as 0.

    The week that is still running is left out: it would make every forecast worse than it is.
    """
    per_week = Counter(week_end(day) for day in done)
    end, counts = week_end(started), []
    while end < today:
        counts.append(per_week[end])
        end += WEEK
    return counts


def week_end(day: date) -> date:
    """Return the Sunday of a day's week."""
    return day + timedelta(days=6 - day.weekday())

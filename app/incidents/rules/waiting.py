"""When waiting raises an incident, and when management hears of it: by rules under which nothing
waits for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.catalog.hours.rules import Hours, after
from app.incidents.rules.policy import DeskNumbers
from app.incidents.rules.queue import HIGHEST

MOST_STUCK_RAISES = 3
"""How often "this is stuck" raises one incident; management hears of it every time."""


def lapses(
    hours: Hours,
    numbers: DeskNumbers,
    rank: int,
    since: datetime,
    now: datetime,
) -> tuple[int, datetime]:
    """Return how often an incident untouched ``since`` has to be raised by now, and when the last
    one fell due.

    A worker that was away for a day finds the same as one that looked every minute.
    """
    count, due = 0, since
    while (following := next_lapse(hours, numbers, rank - count, due)) and following <= now:
        count, due = count + 1, following
    return count, due


def next_lapse(
    hours: Hours,
    numbers: DeskNumbers,
    rank: int,
    since: datetime,
) -> datetime | None:
    """Return when an incident will have been left untouched for too long, or None when nothing
    raises it further.
    """
    if rank <= HIGHEST:
        return None
    return untouched_until(hours, numbers, rank, since)


def untouched_until(hours: Hours, numbers: DeskNumbers, rank: int, since: datetime) -> datetime:
    """Return until when nobody has to touch an incident of this rank."""
    return after(hours, since, timedelta(hours=numbers.untouched_hours[max(rank, HIGHEST)]))


def levels(
    hours: Hours,
    numbers: DeskNumbers,
    priority: int,
    reported_at: datetime,
) -> list[tuple[int, datetime]]:
    """Return the levels at which it is too slow, from 1, each with its moment."""
    target = timedelta(hours=numbers.target_hours[priority])
    return [
        (level, after(hours, reported_at, target * share))
        for level, share in enumerate(sorted(numbers.escalate_at), start=1)
    ]


def idle_since(
    hours: Hours,
    numbers: DeskNumbers,
    priority: int,
    touched_at: datetime,
    waiting_until: datetime | None,
    raised: Iterable[datetime],
) -> datetime:
    """Return since when an incident counts as untouched: the last touch, raise, or the end of an
    agreed wait.

    A wait holds the raise back, but for no longer than the target of its priority.
    """
    since = max([touched_at, *raised])
    if waiting_until is None or waiting_until <= since:
        return since
    longest = after(hours, touched_at, timedelta(hours=numbers.target_hours[priority]))
    return max(since, min(waiting_until, longest))

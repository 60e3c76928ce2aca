"""When waiting raises an incident, and when management hears of it: by rules under which nothing waits for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.catalog.rules.hours import Hours, after
from app.incidents.rules.policy import DeskNumbers

MOST_STUCK_RAISES = 3
"""How often "this is stuck" raises one incident; more would let those who press most overtake for ever."""


def allowed(numbers: DeskNumbers, rank: int) -> timedelta:
    """Return how long nobody may touch an incident of this rank.

    Until it stands before everything new (rank below 1) the number of that priority holds, from then on for all the
    same one, the longest: so two that wait go up at the same pace and the later one never overtakes.
    """
    longest = max(numbers.untouched_hours.values())
    return timedelta(hours=numbers.untouched_hours[rank] if rank >= 1 else longest)


def lapses(hours: Hours, numbers: DeskNumbers, rank: int, since: datetime, now: datetime) -> tuple[int, datetime]:
    """Return how often an incident untouched ``since`` has to be raised by now, and the moment the last one fell due.

    A worker that was away for a day finds the same as one that looked every minute.
    """
    count, due = 0, since
    while (following := after(hours, due, allowed(numbers, rank - count))) <= now:
        count, due = count + 1, following
    return count, due


def next_lapse(hours: Hours, numbers: DeskNumbers, rank: int, since: datetime) -> datetime:
    """Return when an incident will have been left untouched for too long."""
    return after(hours, since, allowed(numbers, rank))


def levels(hours: Hours, numbers: DeskNumbers, priority: int, reported_at: datetime) -> list[tuple[int, datetime]]:
    """Return the levels at which it is too slow, from 1, each with its moment."""
    target = timedelta(hours=numbers.target_hours[priority])
    return [
        (level, after(hours, reported_at, target * share))
        for level, share in enumerate(sorted(numbers.escalate_at), start=1)
    ]


def idle_since(
    hours: Hours, numbers: DeskNumbers, priority: int, touched_at: datetime, waiting_until: datetime | None,
    raised: Iterable[datetime],
) -> datetime:  # fmt: skip
    """Return since when an incident counts as untouched: the last touch, raise, or the end of an agreed wait.

    A wait holds the raise back, but for no longer than the target of its priority.
    """
    since = max([touched_at, *raised])
    if waiting_until is None or waiting_until <= since:
        return since
    longest = after(hours, touched_at, timedelta(hours=numbers.target_hours[priority]))
    return max(since, min(waiting_until, longest))


def longest_lead(numbers: DeskNumbers) -> timedelta:
    """Return the business time after which nothing that arrives later ever stands before an untouched incident."""
    longest = max(numbers.untouched_hours.values())
    extra = len(numbers.escalate_at) + MOST_STUCK_RAISES + 2
    return timedelta(hours=sum(numbers.untouched_hours.values()) + extra * longest)

"""Clocks of an incident: who had it for how long, what that cost, and when it is raised."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.catalog.hours.rules import Hours, after, between, intervals
from app.core.figures import listed
from app.core.said import joined, nsaid, said, weekday_said
from app.core.spoken_times import hours_long, length
from app.incidents.rules import HIGHEST, DeskNumbers

OWNED = ("assigned", "started", "owner fixed")
ENDED = ("cancelled", "merged")
WORKS = ("restored", "closed")


@dataclass(frozen=True, slots=True)
class Mark:
    """One event as far as clocks care: ``state`` and ``team`` are those afterwards; ``waiting_on``
    while it waits.
    """

    at: datetime
    kind: str
    state: str
    team: str = ""
    external: bool = False
    waiting_on: str = ""
    named: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """A stretch of time in one hand.

    ``who`` is us, provider, requester, change, or works (as it seemed).
    """

    who: str
    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """Time on both clocks."""

    business: timedelta
    wall: timedelta

    @property
    def hours(self) -> str:
        """Business time in words."""
        return in_hours(self.business)

    @property
    def lasting(self) -> str:
        """Wall-clock time in words."""
        return length(self.wall)

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.business + other.business, self.wall + other.wall)


@dataclass(frozen=True, slots=True)
class TimeShare:
    """How long one hand had it, all stretches together, and which share of the total that is
    (0–1).
    """

    who: str
    name: str
    spent: Spent
    of_total: float


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock.

    ``stopped_at`` None: it runs. ``rule`` says in a sentence what is counted and until when.
    """

    name: str
    spent: Spent
    stopped_at: datetime | None
    rule: str


NOTHING = Spent(timedelta(), timedelta())


def spent(hours: Hours, start: datetime, end: datetime) -> Spent:
    """Return what lies between two moments on both clocks; nothing when they are not in order."""
    return Spent(between(hours, start, end), max(end - start, timedelta()))


def restored_at(marks: Sequence[Mark]) -> datetime | None:
    """Return when it came to work for good: the last restoration that nobody reopened, or its end
    without one.
    """
    found: datetime | None = None
    for mark in marks:
        found = (found or mark.at) if mark.state in (*WORKS, *ENDED) else None
    return found


def first(marks: Iterable[Mark], kinds: Sequence[str]) -> datetime | None:
    """Return when one of these happened for the first time."""
    return next((mark.at for mark in marks if mark.kind in kinds), None)


def owned_at(marks: Iterable[Mark]) -> datetime | None:
    """Return when somebody by name took it: assigned to a person, begun, or its owner fixed as
    responsible.
    """
    return next(
        (
            mark.at
            for mark in marks
            if mark.kind in OWNED and (mark.named or mark.kind != "assigned")
        ),
        None,
    )


def hands(marks: Sequence[Mark], end: datetime) -> list[Hand]:
    """Return who held it, stretch by stretch, without a gap from the report to ``end``; neighbours
    alike are one.
    """
    found: list[Hand] = []
    for mark, until in zip(marks, [*(mark.at for mark in marks[1:]), end], strict=True):
        who, name = holder(mark)
        start, stop = min(mark.at, end), min(until, end)
        if found and (found[-1].who, found[-1].name) == (who, name):
            found[-1] = Hand(who, name, found[-1].start, stop)
        elif stop > start or not found:
            found.append(Hand(who, name, start, stop))
    return found


def holder(mark: Mark) -> tuple[str, str]:
    """Return in whose hands it is after an event: who, and by which name."""
    if mark.state in WORKS:
        return "works", said("It seemed to work")
    if mark.state == "waiting" and mark.waiting_on:
        return mark.waiting_on, {
            "requester": "Requester",
            "provider": "Provider",
            "change": said("A change"),
        }.get(mark.waiting_on, mark.waiting_on)
    if mark.external:
        return "provider", mark.team
    return "us", mark.team or said("Nobody yet")


def shares(hours: Hours, held: Sequence[Hand]) -> list[TimeShare]:
    """Return the time per hand, the longest first. Their sum is the total, on both clocks."""
    sums: dict[tuple[str, str], Spent] = {}
    for hand in held:
        key = (hand.who, hand.name)
        sums[key] = sums.get(key, NOTHING) + spent(hours, hand.start, hand.end)
    business = sum((each.business for each in sums.values()), timedelta())
    wall = sum((each.wall for each in sums.values()), timedelta())
    found = [
        TimeShare(*key, each, _share(each, business, wall))
        for key, each in sums.items()
    ]
    return sorted(found, key=lambda share: (-share.of_total, share.name))


def total_of(found: Iterable[TimeShare]) -> Spent:
    """Return what all shares are together."""
    return sum((share.spent for share in found), NOTHING)


def cost_of_delay(
    open_for: timedelta, site_weight: int, per_weight_hour: float
) -> float:
    """Return what the delay costs: hours open × weight of the site × cost of an hour for each point
    of weight.
    """
    return open_for / timedelta(hours=1) * site_weight * per_weight_hour


def spoken(hours: Hours, name: str = "") -> str:
    """Say business hours in words: "Office hours, Mon–Fri 08:00–17:00 (Europe/Berlin)"."""
    if hours.round_the_clock:
        return said("round the clock")
    told = joined(
        (joined([_days(days), _times(times)]) for days, times in _alike(hours.weekly)),
        "; ",
    )
    off = (
        said(
            ", without %(holidays)s",
            holidays=nsaid(
                "%(number)s holiday", "%(number)s holidays", len(hours.holidays)
            ),
        )
        if hours.holidays
        else ""
    )
    start = f"{name}, " if name else ""
    return joined([start, told, f" ({hours.timezone}", off, ")"], "")


def in_hours(duration: timedelta) -> str:
    """Say business time in hours, because its days have no fixed length: "45 min", "31 h 5 min"."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 60:
        return said("%(minutes)s min", minutes=minutes)
    return hours_long(*divmod(minutes, 60))


def number(hours: float) -> str:
    """Say a number of hours without needless digits."""
    return f"{hours:g}"


def _share(each: Spent, business: timedelta, wall: timedelta) -> float:
    if business:
        return each.business / business
    return each.wall / wall if wall else 1.0


def _alike(
    weekly: Mapping[int, Sequence[tuple[time, time]]],
) -> list[tuple[list[int], Sequence[tuple[time, time]]]]:
    found: list[tuple[list[int], Sequence[tuple[time, time]]]] = []
    for day in range(7):
        times = sorted(weekly.get(day, ()))
        if times and found and found[-1][1] == times and found[-1][0][-1] == day - 1:
            found[-1][0].append(day)
        elif times:
            found.append(([day], times))
    return found


def _days(days: Sequence[int]) -> str:
    shown = weekday_said(days[0])
    return shown if len(days) == 1 else shown + "–" + weekday_said(days[-1])


def _times(times: Sequence[tuple[time, time]]) -> str:
    return listed(
        [
            f"{opens:%H:%M}–{'24:00' if closes == time(0) else format(closes, '%H:%M')}"
            for opens, closes in times
        ]
    )


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
    while (
        following := next_lapse(hours, numbers, rank - count, due)
    ) and following <= now:
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


def untouched_until(
    hours: Hours, numbers: DeskNumbers, rank: int, since: datetime
) -> datetime:
    """Return until when nobody has to touch an incident of this rank."""
    return after(
        hours, since, timedelta(hours=numbers.untouched_hours[max(rank, HIGHEST)])
    )


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


class Ruler:
    """The business hours from ``start`` to ``end``, laid out; measures the same as ``between``
    within them.
    """

    def __init__(self, hours: Hours, start: datetime, end: datetime) -> None:
        self._always = hours.round_the_clock
        laid = [] if self._always else list(intervals(hours, start, end))
        self._opens, self._before, self._lengths = (
            [opens for opens, _ in laid],
            [timedelta()],
            [],
        )
        for opens, closes in laid:
            self._lengths.append(closes - opens)
            self._before.append(self._before[-1] + closes - opens)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the business time between two moments; nothing when they are not in order."""
        if end <= start:
            return timedelta()
        return end - start if self._always else self._until(end) - self._until(start)

    def _until(self, moment: datetime) -> timedelta:
        place = bisect_right(self._opens, moment) - 1
        if place < 0:
            return timedelta()
        return self._before[place] + min(
            moment - self._opens[place], self._lengths[place]
        )

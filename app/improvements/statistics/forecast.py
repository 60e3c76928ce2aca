"""When will we be done: every sequence of past weeks counted exactly, weeks without anything
included.

A future week is any of the past ones with equal chance. Counting whole numbers instead of
probabilities keeps the edges right: 84.996 % is not 85 %. Beyond 2,000 items the normal curve takes
over; it is right to a week there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist, fmean, pstdev

from app.core.figures import listed
from app.core.said import Grouped, nsaid, said

LEAST_WEEKS = 5
EARLY_UNDER = 10
HORIZON = 260
SOON = 104
"""Beyond so many weeks no week is named: two years is further than anybody plans."""
FASTER = 26
"""A pace that would do names the end within so many weeks."""
EXACT_UP_TO = 2000
CHANCES = (50, 70, 85, 95)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Weeks until done for each chance in per cent; None beyond five years.

    ``refusal`` says why there is none.
    """

    weeks: dict[int, int | None]
    remaining: int
    history: int
    early: bool
    refusal: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FanWeek:
    """Items done after so many weeks: with 50 % and with 85 % chance at least so many."""

    week: int
    likely: int
    careful: int


def forecast(
    history: Sequence[int], remaining: int, today: date | None = None
) -> Forecast:
    """Forecast from items done per whole week, oldest first; with a day it names the month in which
    a faster pace would end.

    Refuses under 5 weeks and without any item done.
    """
    early = len(history) < EARLY_UNDER
    refusal = _refusal(history, remaining)
    if refusal:
        return refused(refusal, remaining, len(history))
    weeks = finishing_weeks(history, remaining)
    sentence = _sentence(weeks, remaining, history, today)
    return Forecast(weeks, remaining, len(history), early, "", sentence)


def refused(why: str, remaining: int, history: int = 0) -> Forecast:
    """Return that there is no forecast, and why."""
    return Forecast({}, remaining, history, history < EARLY_UNDER, why, why)


def finishing_weeks(
    history: Sequence[int], remaining: int, chances: Sequence[int] = CHANCES
) -> dict[int, int | None]:
    """Return for each chance (per cent) the first week by which all remaining items are done that
    surely.
    """
    if remaining <= 0:
        return dict.fromkeys(chances, 0)
    if remaining > EXACT_UP_TO:
        return {
            chance: _approximate_week(history, remaining, chance) for chance in chances
        }
    found: dict[int, int | None] = dict.fromkeys(chances)
    for week, (unfinished, total) in enumerate(
        _unfinished(history, remaining), start=1
    ):
        done = total - sum(unfinished)
        for chance in chances:
            if found[chance] is None and done * 100 >= chance * total:
                found[chance] = week
        if week == HORIZON or None not in found.values():
            break
    return found


def fan(history: Sequence[int], remaining: int, weeks: int) -> list[FanWeek]:
    """Return for each coming week how much is done with 50 % and with 85 % chance, up to what
    remains.
    """
    if _refusal(history, remaining):
        return []
    found = [FanWeek(0, 0, 0)]
    for week, likely, careful in _paths(history, remaining):
        found.append(FanWeek(week, likely, careful))
        if week >= weeks or careful == remaining:
            break
    return found


def _paths(history: Sequence[int], remaining: int) -> Iterator[tuple[int, int, int]]:
    if remaining > EXACT_UP_TO:
        for week in range(1, HORIZON + 1):
            likely, careful = (
                _approximate_items(history, week, chance) for chance in (50, 85)
            )
            yield week, min(likely, remaining), min(careful, remaining)
        return
    for week, (counts, total) in enumerate(_unfinished(history, remaining), start=1):
        yield week, _at_least(counts, total, 50), _at_least(counts, total, 85)


def _approximate_week(
    history: Sequence[int], remaining: int, chance: int
) -> int | None:
    weeks = range(1, HORIZON + 1)
    return next(
        (
            week
            for week in weeks
            if _approximate_items(history, week, chance) >= remaining
        ),
        None,
    )


def _approximate_items(history: Sequence[int], week: int, chance: int) -> int:
    """Return how many items are at least done after so many weeks, by the normal curve."""
    below = NormalDist().inv_cdf(chance / 100)
    return max(
        0,
        math.floor(
            week * fmean(history) - below * pstdev(history) * math.sqrt(week) + 0.5
        ),
    )


def _unfinished(
    history: Sequence[int], remaining: int
) -> Iterator[tuple[list[int], int]]:
    """Yield week after week in how many ways 0, 1, … remaining - 1 items are done, and the number
    of all ways.
    """
    draws = Counter(history)
    ways, total = [1] + [0] * (remaining - 1), 1
    while True:
        following = [0] * remaining
        for items, times in draws.items():
            for done in range(remaining - items):
                following[done + items] += ways[done] * times
        ways, total = following, total * len(history)
        yield ways, total


def _at_least(counts: list[int], total: int, chance: int) -> int:
    """Return the largest number that is reached with the chance; ``counts`` stops where everything
    is done.
    """
    below = 0
    for number, ways in enumerate(counts):
        below += ways
        if (total - below) * 100 < chance * total:
            return number
    return len(counts)


def _refusal(history: Sequence[int], remaining: int) -> str:
    if remaining > 0 and len(history) < LEAST_WEEKS:
        return said(
            "No forecast: %(weeks)s of data, %(least_weeks)s are needed.",
            weeks=nsaid("%(number)s week", "%(number)s weeks", len(history)),
            least_weeks=LEAST_WEEKS,
        )
    if remaining > 0 and not any(history):
        return said(
            "No forecast: nothing was finished in %(weeks)s.",
            weeks=nsaid("%(number)s week", "%(number)s weeks", len(history)),
        )
    return ""


def _sentence(
    weeks: dict[int, int | None],
    remaining: int,
    history: Sequence[int],
    today: date | None,
) -> str:
    if remaining <= 0:
        return (
            said("Everything is done.")
            if any(history)
            else said("Nothing has started yet.")
        )
    start = "Early: " if len(history) < EARLY_UNDER else ""
    likely = weeks[50]
    if likely is None or likely > SOON:
        return said(
            "%(start)s%(remaining)s to go. %(history)s",
            start=start,
            remaining=Grouped(remaining),
            history=_too_slow(history, remaining, today),
        )
    parts = [
        said(
            "%(value)s with %(chance)s %% chance",
            value=within(weeks[chance]),
            chance=chance,
        )
        for chance in (50, 85)
    ]
    told = said(
        "%(start)s%(remaining)s to go, done %(parts)s",
        start=start,
        remaining=Grouped(remaining),
        parts=listed(parts),
    )
    return said(
        "%(told)s (from %(weeks)s).",
        told=told,
        weeks=nsaid("%(number)s week", "%(number)s weeks", len(history)),
    )


def within(weeks: int | None) -> str:
    """Return in words in how many weeks; beyond two years none is named."""
    if weeks is None or weeks > SOON:
        return said("in more than %(value)s years", value=SOON // 52)
    return said(
        "in %(weeks)s", weeks=nsaid("%(number)s week", "%(number)s weeks", weeks)
    )


def _too_slow(history: Sequence[int], remaining: int, today: date | None) -> str:
    """Say that the present pace leads nowhere, and which pace would."""
    pace = math.ceil(remaining / FASTER)
    ahead = math.ceil(remaining / pace)
    ends = (
        f"{today + timedelta(weeks=ahead):%B %Y}"
        if today
        else nsaid("%(number)s week", "%(number)s weeks", ahead)
    )
    return said(
        "At the present pace (%(history)s in %(weeks)s) not within two "
        "years; %(pace)s a week would end in %(ends)s.",
        history=sum(history),
        weeks=nsaid("%(number)s week", "%(number)s weeks", len(history)),
        pace=Grouped(pace),
        ends=ends,
    )

"""When everybody will have it, told from the ladder: the rungs that remain, how long one takes, and
how often one was repeated.

Rungs grow five-fold, so that people a week of the past say nothing of the weeks to come; only where
rungs are alike do they.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, comb
from statistics import median

from app.core.figures import listed
from app.core.said import Grouped, nsaid, said
from app.improvements.statistics.forecast import (
    CHANCES,
    SOON,
    FanWeek,
    Forecast,
    refused,
    within,
)

GROWTH = 5
MOST_RUNGS = 100
"""More rungs than this are beyond every plan."""
FEW_TRIES = 3
ALIKE = 2
"""Rungs are alike where the largest is at most so many times the smallest."""


@dataclass(frozen=True, slots=True)
class RungRecord:
    """A rung as far as it went: how many take part and accepted, from when, until when.

    ``onward`` tells of one that ended whether it led on to more people or was adopted; ``window``
    is its planned length in days.
    """

    people: int
    accepted: int
    began: date | None = None
    ended: date | None = None
    onward: bool = False
    window: int | None = None

    @property
    def open(self) -> bool:
        """Tell whether it is planned or on its way."""
        return self.ended is None

    @property
    def tried(self) -> bool:
        """Tell whether it was tried to its end, decided or aborted."""
        return self.began is not None and self.ended is not None


@dataclass(frozen=True, slots=True)
class LadderStanding:
    """Where a ladder stands: who has it, for how many it is (0 while nobody said), its rungs, and
    how many people undo can bring back.
    """

    done: int
    scope: int
    rungs: tuple[RungRecord, ...]
    undo_capacity: int | None = None

    @property
    def remaining(self) -> int:
        """Return how many do not have it yet."""
        return max(0, self.scope - self.done)

    @property
    def going(self) -> RungRecord | None:
        """Return the rung that is planned or on its way."""
        return next((one for one in reversed(self.rungs) if one.open), None)

    @property
    def tried(self) -> list[RungRecord]:
        """Return the rungs that were tried to their end."""
        return [one for one in self.rungs if one.tried]


def size_advice(
    last_accepted: int, undo_capacity: int | None, remaining: int | None = None
) -> int:
    """Return how many people the next rung should have: 5 × the last accepted one, no more than
    undo can bring back and no more than remain; 1 to begin with.
    """
    limits = [GROWTH * last_accepted or 1, undo_capacity, remaining]
    return max(1, min(limit for limit in limits if limit is not None))


def rungs_ahead(standing: LadderStanding) -> tuple[int, ...]:
    """Return how many people each rung still to be climbed brings, the one on its way first."""
    going, left = standing.going, standing.remaining
    led = [one.accepted for one in standing.tried if one.onward]
    last = led[-1] if led else 0
    found = []
    if going is not None and left:
        found.append(min(left, max(0, going.people - going.accepted)))
        left, last = left - found[0], max(last, going.people)
    while left and len(found) <= MOST_RUNGS:
        found.append(size_advice(last, standing.undo_capacity, left))
        left, last = left - found[-1], found[-1]
    return tuple(found)


def alike(standing: LadderStanding) -> bool:
    """Tell whether the rungs that led on, at least two, and all that remain but the last are of one
    size.
    """
    led = [one.accepted for one in standing.tried if one.onward]
    sizes = [*led, *rungs_ahead(standing)[:-1]]
    return len(led) > 1 and 0 < max(sizes) <= ALIKE * max(min(sizes), 1)


def ladder_forecast(standing: LadderStanding, today: date) -> Forecast:
    """Forecast the week in which everybody has it; refuses where nothing is known to do it by."""
    refusal, tries = _refusal(standing), len(standing.tried)
    if refusal:
        return refused(refusal, standing.remaining)
    if not standing.remaining:
        nought: dict[int, int | None] = dict.fromkeys(CHANCES, 0)
        return Forecast(nought, 0, tries, False, "", said("Everything is done."))
    ahead = rungs_ahead(standing)
    by = _weeks(standing, today)
    weeks = {chance: by(len(ahead), chance) for chance in CHANCES}
    told = _sentence(standing, ahead, weeks)
    return Forecast(weeks, standing.remaining, tries, tries < FEW_TRIES, "", told)


def ladder_fan(standing: LadderStanding, today: date, most: int) -> list[FanWeek]:
    """Return for each coming week how many more people have it with 50 % and with 85 % chance."""
    if _refusal(standing) or not standing.remaining:
        return []
    ahead, by = rungs_ahead(standing), _weeks(standing, today)
    ends = [(by(place, 50), by(place, 85)) for place in range(1, len(ahead) + 1)]
    found = []
    for week in range(most + 1):
        likely, careful = (
            sum(
                people
                for people, end in zip(ahead, ends, strict=True)
                if (end[which] or most + 1) <= week
            )
            for which in (0, 1)
        )
        found.append(FanWeek(week, likely, careful))
        if careful == standing.remaining:
            break
    return found


def tries_needed(rungs: int, led: int, tried: int, chance: int) -> int:
    """Return after how many tries so many rungs are climbed with a chance in per cent, when ``led``
    of ``tried`` led on. Counted in whole numbers, so that edges are right.
    """

    def climbed(tries: int) -> bool:
        short = sum(
            comb(tries, good) * led**good * (tried - led) ** (tries - good)
            for good in range(rungs)
        )
        return bool((tried**tries - short) * 100 >= chance * tried**tries)

    most = max(1, rungs)
    while not climbed(most):
        most *= 2
    return bisect_left(range(most), True, lo=rungs, key=climbed)


def _refusal(standing: LadderStanding) -> str:
    if not standing.scope:
        return said("No forecast: nobody said for how many people it is.")
    if not any(one.began for one in standing.rungs):
        return said("Nothing has started yet.")
    tried = standing.tried
    if tried and not any(one.onward for one in tried):
        return said(
            "No forecast: %(rungs)s tried, and none led on yet.",
            rungs=nsaid("%(number)s rung", "%(number)s rungs", len(tried)),
        )
    if _days(standing) is None:
        return said("No forecast: no rung was decided yet, and none has a window.")
    return ""


def _days(standing: LadderStanding) -> int | None:
    """Return how long a rung takes: as the decided ones typically did, else as planned."""
    took = [
        max(1, (one.ended - one.began).days)
        for one in standing.tried
        if one.ended and one.began
    ]
    if took:
        return ceil(median(took))
    planned = [one.window for one in standing.rungs if one.window]
    return planned[-1] if planned else None


def _weeks(standing: LadderStanding, today: date) -> Callable[[int, int], int | None]:
    """Return what tells the week in which so many rungs are climbed with a chance."""
    days, tried = _days(standing) or 1, standing.tried
    led = sum(one.onward for one in tried)
    began = standing.going.began if standing.going else None
    spent = min(days, max(0, (today - began).days)) if began else 0

    def week(rungs: int, chance: int) -> int | None:
        if rungs > MOST_RUNGS:
            return None
        tries = tries_needed(rungs, led, len(tried), chance) if tried else rungs
        return max(1, ceil((tries * days - spent) / 7))

    return week


def _sentence(
    standing: LadderStanding, ahead: Sequence[int], weeks: dict[int, int | None]
) -> str:
    tried, rungs = (
        standing.tried,
        nsaid("%(number)s rung", "%(number)s rungs", len(ahead)),
    )
    start = said(
        "%(remaining)s to go in %(rungs)s",
        remaining=Grouped(standing.remaining),
        rungs=rungs,
    )
    likely = weeks[50]
    if likely is None or likely > SOON:
        return said("%(start)s: not within two years at this pace.", start=start)
    days = nsaid("%(number)s day", "%(number)s days", _days(standing) or 1)
    if not tried:
        return said(
            "%(start)s, planned for %(days)s each: done %(likely)s, if none is repeated.",
            start=start,
            days=days,
            likely=within(likely),
        )
    shown = {
        "start": start,
        "days": days,
        "led": sum(one.onward for one in tried),
        "tried": len(tried),
    }
    if shown["led"] == shown["tried"]:
        return said(
            "%(start)s; one took %(days)s, %(led)s of %(tried)s led on: done %(likely)s, if "
            "none is repeated.",
            likely=within(likely),
            **shown,
        )
    parts = [
        said(
            "%(value)s with %(chance)s %% chance",
            value=within(weeks[chance]),
            chance=chance,
        )
        for chance in (50, 85)
    ]
    return said(
        "%(start)s; one took %(days)s, %(led)s of %(tried)s led on: done %(parts)s.",
        parts=listed(parts),
        **shown,
    )

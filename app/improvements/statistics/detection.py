"""Can this pilot tell?

The chance that a real change of a given size shows on the chart in so many points.

The table was measured, not derived: charts with 12 locked baseline points and normal values, the
four NHS rules, signals the right way and wholly within the pilot; after 4, 8 and 12 points of it.
Between its cells it is interpolated in a straight line, beyond its edges it is not extrapolated.
Skewed values need more points than it says. How far a share, a rate or a count is off by chance
follows from its denominators, not from how the past values happened to differ.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from app.core.figures import figure
from app.core.said import digits, nsaid, said
from app.improvements.statistics.counted import rarer
from app.models.improvements.words import Direction

POINTS = (0, 4, 8, 12)
SIGMAS = (0.0, 1.0, 1.5, 2.0, 3.0)
SHARES = (
    (0, 0, 0, 0, 0),
    (4, 25, 45, 67, 93),
    (10, 58, 83, 95, 100),
    (14, 71, 92, 99, 100),
)
MOST_RARE = 52
"""Rare events are looked ahead for so many periods."""

GOOD = 80
FAIR = 50


@dataclass(frozen=True, slots=True)
class Power:
    """What a planned pilot can tell.

    ``chance`` is in per cent; ``needed`` the fewest points for 80 %, if 12 do.
    """

    points: int
    sigmas: float
    chance: int
    needed: int | None
    enough: bool
    sentence: str


def power(points: int, baseline: float, expected: float, sigma: float) -> Power:
    """Judge a plan: so many points, this baseline mean, the value expected, the usual deviation
    ``sigma``.
    """
    sigmas = (
        abs(expected - baseline) / sigma
        if sigma > 0
        else (0.0 if expected == baseline else SIGMAS[-1])
    )
    chance = round(detected(points, sigmas))
    needed = next(
        (n for n in range(1, POINTS[-1] + 1) if detected(n, sigmas) >= GOOD), None
    )
    enough = chance >= GOOD
    told = said(
        "%(points)s for a change of %(sigmas)s sigma",
        points=nsaid("%(number)s point", "%(number)s points", points),
        sigmas=digits(f"{sigmas:.1f}"),
    )
    sentence = _sentence(
        told,
        chance,
        needed,
    )
    return Power(
        points,
        sigmas,
        chance,
        needed,
        enough,
        sentence,
    )


def power_of_rare(
    points: int, before: Sequence[float], expected: float, direction: Direction
) -> Power:
    """Judge a plan where events are rare: so many periods with ``expected`` events each on average,
    after what was counted ``before``.

    Exact: of all numbers of events that may come (Poisson) those count which the test of rare
    events would call no chance.
    """
    chances = {
        n: round(
            100
            * _shown_by_rare(
                n,
                before,
                expected,
                direction,
            )
        )
        for n in {points, *range(1, MOST_RARE + 1)}
    }
    chance = chances[points]
    needed = next((n for n in sorted(chances) if chances[n] >= GOOD), None)
    told = said(
        "%(points)s with %(expected)s events each, where %(usual)s were usual",
        points=nsaid("%(number)s point", "%(number)s points", points),
        expected=figure(expected),
        usual=figure(fmean(before)),
    )
    sentence = _sentence(
        told,
        chance,
        needed,
    )
    return Power(
        points,
        0.0,
        chance,
        needed,
        chance >= GOOD,
        sentence,
    )


def _shown_by_rare(
    points: int, before: Sequence[float], expected: float, direction: Direction
) -> float:
    wanted = direction is Direction.DOWN
    mean = points * expected
    chance, share = 0.0, math.exp(-mean)
    for events in range(int(mean + 10 * math.sqrt(mean) + 10)):
        if rarer(before, [events] + [0.0] * (points - 1)) is wanted:
            chance += share
        share *= mean / (events + 1)
    return min(chance, 1.0)


def detected(points: int, sigmas: float) -> float:
    """Return the chance in per cent that a change of so many sigmas shows within so many points."""
    rows = [
        _between(
            SIGMAS,
            row,
            sigmas,
        )
        for row in SHARES
    ]
    return _between(
        POINTS,
        rows,
        points,
    )


def _between(
    steps: tuple[float, ...], values: tuple[float, ...] | list[float], at: float
) -> float:
    at = min(max(at, steps[0]), steps[-1])
    place = min(bisect_right(steps, at), len(steps) - 1)
    (low, high), (first, last) = (
        list(pairwise(steps))[place - 1],
        list(pairwise(values))[place - 1],
    )
    return first + (last - first) * (at - low) / (high - low)


def _sentence(told: str, chance: int, needed: int | None) -> str:
    told = said(
        "%(told)s: it would show in %(chance)s of 100 pilots",
        told=told,
        chance=chance,
    )
    if chance >= GOOD:
        return said("This pilot can tell. %(told)s.", told=told)
    verdict = (
        said("This pilot may tell")
        if chance >= FAIR
        else said("This pilot cannot tell")
    )
    advice = (
        said(
            "plan %(needed)s points: measure daily or per group of tickets",
            needed=needed,
        )
        if needed
        else said("expect a larger change, or measure something closer to it")
    )
    return said(
        "%(verdict)s. %(told)s; %(advice)s.", verdict=verdict, told=told, advice=advice
    )

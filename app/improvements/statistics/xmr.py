"""XmR limits of single values and their moving ranges, and the four NHS rules that read them.

Constants 2.66, 3.267 and 1.128 are the usual ones for ranges of two; the rules are those of NHS
England's "Making data count" as NHSRplotthedots applies them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import fmean
from typing import Protocol

from app.core.said import said

WIDTH = 2.66
RANGE_WIDTH = 3.267
RANGE_TO_SIGMA = 1.128
RUN = 7


class Rule(StrEnum):
    """The four rules. A point that several of them mark bears the first of this order."""

    OUTSIDE = "outside the limits"
    TREND = "7 points in a row going one way"
    NEAR = "2 of 3 points close to a limit"
    SHIFT = "7 points in a row on one side"


RULES_SAID = {
    Rule.OUTSIDE: said("outside the limits"),
    Rule.TREND: said("7 points in a row going one way"),
    Rule.NEAR: said("2 of 3 points close to a limit"),
    Rule.SHIFT: said("7 points in a row on one side"),
}


class ControlLimits(Protocol):
    """A centre line, the limits around it, and two thirds of the way to them."""

    @property
    def mean(self) -> float:
        """Return the centre line."""
        ...

    @property
    def lower(self) -> float:
        """Return the lower limit."""
        ...

    @property
    def upper(self) -> float:
        """Return the upper limit."""
        ...

    @property
    def near_lower(self) -> float:
        """Return two thirds of the way down."""
        ...

    @property
    def near_upper(self) -> float:
        """Return two thirds of the way up."""
        ...


@dataclass(frozen=True, slots=True)
class XmrLimits:
    """What single values do when nothing special happens: their mean and the mean of their moving
    ranges.
    """

    mean: float
    average_range: float

    @property
    def lower(self) -> float:
        """The lower natural process limit."""
        return self.mean - WIDTH * self.average_range

    @property
    def upper(self) -> float:
        """The upper natural process limit."""
        return self.mean + WIDTH * self.average_range

    @property
    def near_lower(self) -> float:
        """Two thirds of the way down to the lower limit."""
        return self.mean - WIDTH * self.average_range * 2 / 3

    @property
    def near_upper(self) -> float:
        """Two thirds of the way up to the upper limit."""
        return self.mean + WIDTH * self.average_range * 2 / 3

    @property
    def sigma(self) -> float:
        """The usual deviation of one value, from the moving ranges."""
        return self.average_range / RANGE_TO_SIGMA


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that fired. ``points`` are the positions it marks, ``at`` the one that completed it,
    ``side`` +1 for high or rising and -1 for low or falling.
    """

    rule: Rule
    side: int
    points: tuple[int, ...]
    at: int


def moving_ranges(values: Sequence[float | None]) -> list[float]:
    """Return the distances between neighbours; where one of the two was not measured there is
    none.
    """
    return [
        abs(later - first)
        for first, later in pairwise(values)
        if first is not None and later is not None
    ]


def limits_of(values: Sequence[float | None], *, screened: bool = False) -> XmrLimits:
    """Return mean and limits of at least two neighbouring values.

    ``screened`` leaves out, once, moving ranges at or beyond their own limit (Nelson 1982), so that
    a single outlier in the past does not widen the limits. Raises ``ValueError`` without any moving
    range.
    """
    ranges = moving_ranges(values)
    if not ranges:
        raise ValueError("Limits need two neighbouring values.")
    average = fmean(ranges)
    if screened:
        average = fmean(
            [size for size in ranges if size < RANGE_WIDTH * average] or [average]
        )
    return XmrLimits(fmean(value for value in values if value is not None), average)


def step_of(values: Iterable[float]) -> float:
    """Return one step of the scale on which values were written down: 1 where all are whole, 0.1
    with one decimal.
    """
    places = (Decimal(str(value)).normalize().as_tuple().exponent for value in values)
    return 10.0 ** min((0, *(int(place) for place in places)))


def at_least(limits: XmrLimits, step: float) -> XmrLimits:
    """Return limits that lie no closer to the mean than one step of the scale.

    Values that never differed would have limits without any width, and their next step in any
    direction would be called unlikely to be chance.
    """
    return XmrLimits(limits.mean, max(limits.average_range, step / WIDTH))


def signals(values: Sequence[float], limits: ControlLimits) -> list[Signal]:
    """Return every signal in measured values, in the order of the points that completed them."""
    found = [
        *_outside(values, limits),
        *_trends(values),
        *_near(values, limits),
        *_shifts(values, limits.mean),
    ]
    return sorted(found, key=lambda signal: (signal.at, list(Rule).index(signal.rule)))


def labels(found: Sequence[Signal]) -> dict[int, Signal]:
    """Return for each marked position the one signal it bears on a chart, by the precedence of the
    rules.
    """
    order = list(Rule)
    chosen: dict[int, Signal] = {}
    for signal in sorted(
        found, key=lambda signal: (order.index(signal.rule), signal.at)
    ):
        for position in signal.points:
            chosen.setdefault(position, signal)
    return chosen


def sides(values: Sequence[float], mean: float) -> list[int]:
    """Return +1 above the mean, -1 below, 0 on it."""
    return [(value > mean) - (value < mean) for value in values]


def _outside(values: Sequence[float], limits: ControlLimits) -> list[Signal]:
    places = (
        (place, (value > limits.upper) - (value < limits.lower))
        for place, value in enumerate(values)
    )
    return [
        Signal(Rule.OUTSIDE, side, (place,), place) for place, side in places if side
    ]


def _shifts(values: Sequence[float], mean: float) -> list[Signal]:
    return _sevens(Rule.SHIFT, sides(values, mean), RUN)


def _trends(values: Sequence[float]) -> list[Signal]:
    steps = [
        0,
        *((later > first) - (later < first) for first, later in pairwise(values)),
    ]
    return _sevens(Rule.TREND, steps, RUN - 1)


def _sevens(rule: Rule, ways: Sequence[int], needed: int) -> list[Signal]:
    """Mark seven points wherever ``needed`` successive ways are the same and not 0."""
    found = []
    for at in range(RUN - 1, len(ways)):
        last = ways[at - needed + 1 : at + 1]
        if last[0] and all(way == last[0] for way in last):
            found.append(Signal(rule, last[0], tuple(range(at - RUN + 1, at + 1)), at))
    return found


def _near(values: Sequence[float], limits: ControlLimits) -> list[Signal]:
    side = sides(values, limits.mean)
    close = [_is_near(value, limits) for value in values]
    found = []
    for at in range(2, len(values)):
        marked = tuple(place for place in range(at - 2, at + 1) if close[place])
        if len(marked) >= 2 and abs(sum(side[at - 2 : at + 1])) == 3:
            found.append(Signal(Rule.NEAR, side[at], marked, at))
    return found


def _is_near(value: float, limits: ControlLimits) -> bool:
    return (
        limits.lower <= value < limits.near_lower
        or limits.near_upper < value <= limits.upper
    )

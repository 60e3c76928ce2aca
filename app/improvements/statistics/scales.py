"""The scale on which values are compared: as they are, on logarithms, or in deviations that know
from how many cases a share or a rate comes.

Shares (p chart), rates (u chart) and counts (c chart) vary by themselves, the more the fewer the
cases: their deviation is known from the average and the denominator alone (binomial, Poisson).
Where periods differ more than that, limits are widened by Laney's factor, the deviation of the
standardised values as their moving ranges show it; they are never narrowed. Times between rare
events are read on the power 0.2777 (Nelson 1994), which makes them nearly normal; where they are
counted in whole weeks or months, by the limits of the geometric distribution (Benneyan's g chart).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from app.improvements.statistics.series import Point, known
from app.improvements.statistics.skew import ChartKind
from app.improvements.statistics.xmr import (
    RANGE_TO_SIGMA,
    WIDTH,
    ControlLimits,
    XmrLimits,
    at_least,
    limits_of,
    moving_ranges,
    step_of,
)

POWER = 0.2777
"""Nelson's power, 1/3.6."""

SIGMAS = 3
MEDIAN_SHARE = math.log(2)
"""The median of times between events is this share of their mean."""


class Scale:
    """Values as they are."""

    spread = 1.0

    def up(self, point: Point) -> float:
        """Return a measured value on this scale."""
        return point.value or 0.0

    def down(self, value: float, whole: float | None) -> float:
        """Return a value of this scale as it reads, for a period with ``whole`` cases."""
        return value

    def limits(self, base: Sequence[float | None]) -> ControlLimits:
        """Return the limits that values of before give, on this scale."""
        values = [value for value in base if value is not None]
        return at_least(limits_of(base), step_of(values))


class Logs(Scale):
    """Values that are skewed, on their logarithms."""

    def up(self, point: Point) -> float:
        """Return the logarithm. Raises ``ValueError`` for what has none."""
        if point.value is None or point.value <= 0:
            raise ValueError("A logged chart needs values above zero.")
        return math.log(point.value)

    def down(self, value: float, whole: float | None) -> float:
        """Return what a logarithm is one of."""
        return math.exp(value)

    def limits(self, base: Sequence[float | None]) -> ControlLimits:
        """Return limits no narrower than one step of the values themselves."""
        found = limits_of(base)
        values = (round(math.exp(one), 9) for one in base if one is not None)
        return at_least(found, math.log1p(step_of(values) / math.exp(found.mean)))


@dataclass(frozen=True, slots=True)
class Deviations(Scale):
    """Shares, rates or counts, in deviations from their average.

    ``unit`` is 100 for a share in per cent; ``spread`` is Laney's factor, 1 where the periods
    differ no more than chance makes them.
    """

    kind: ChartKind
    centre: float
    variance: float
    unit: float
    spread: float = 1.0

    def up(self, point: Point) -> float:
        """Return by how many deviations a value lies off the average."""
        value = point.value or 0.0
        return (value - self.centre) / self.sigma(point.whole)

    def down(self, value: float, whole: float | None) -> float:
        """Return the value that lies so many deviations off the average."""
        return self.centre + value * self.sigma(whole)

    def limits(self, base: Sequence[float | None]) -> ControlLimits:
        """Return three deviations either way, widened where periods differ more than by chance."""
        return XmrLimits(0.0, SIGMAS * self.spread / WIDTH)

    def sigma(self, whole: float | None) -> float:
        """Return one deviation of a value from so many cases, as chance alone makes it."""
        cases = 1.0 if self.kind is ChartKind.C else whole or 1.0
        # One case more or less is never outside: the limits are a step wide, and a hair.
        step = (1 + 1e-9) / (SIGMAS * cases)
        return self.unit * max(math.sqrt(self.variance / cases), step)


class Roots(Scale):
    """Times between rare events."""

    def up(self, point: Point) -> float:
        """Return the time to Nelson's power."""
        return float(math.pow(point.value or 0.0, POWER))

    def down(self, value: float, whole: float | None) -> float:
        """Return the time."""
        return float(math.pow(max(value, 0.0), 1 / POWER))

    def limits(self, base: Sequence[float | None]) -> ControlLimits:
        """Return the limits of single values."""
        return limits_of(base)


class Waits(Scale):
    """Periods between rare events, counted in whole ones."""

    def limits(self, base: Sequence[float | None]) -> ControlLimits:
        """Return the limits of a geometric distribution around its median; no wait is too short."""
        mean = fmean(value for value in base if value is not None)
        return WaitLimits(
            MEDIAN_SHARE * mean, mean + SIGMAS * math.sqrt(mean * (mean + 1))
        )


@dataclass(frozen=True, slots=True)
class WaitLimits:
    """Limits of waiting times: none below."""

    mean: float
    upper: float
    lower: float = 0.0

    @property
    def near_lower(self) -> float:
        """Return a line nothing lies below."""
        return self.lower

    @property
    def near_upper(self) -> float:
        """Return two thirds of the way up to the upper limit."""
        return self.mean + (self.upper - self.mean) * 2 / 3


def scale_of(kind: ChartKind, base: Sequence[Point]) -> Scale:
    """Return the scale of a kind of chart, as the points of before make it."""
    if kind is ChartKind.LOG:
        return Logs()
    if kind is ChartKind.T:
        return Roots()
    if kind is ChartKind.G:
        return Waits()
    measured = [point for point in base if point.value is not None]
    if kind in COUNTED and measured:
        return _deviations(kind, base, measured)
    return Scale()


COUNTED = (ChartKind.P, ChartKind.U, ChartKind.C)


def _deviations(
    kind: ChartKind, base: Sequence[Point], measured: Sequence[Point]
) -> Deviations:
    if kind is ChartKind.C:
        events, cases = sum(known(measured)), float(len(measured))
    else:
        events = sum(point.part or 0.0 for point in measured)
        cases = sum(point.whole or 0.0 for point in measured)
    unit, variance = 1.0, max(events, 1.0) / cases
    if kind is ChartKind.P:
        # Never 0 or 1: at least one case of each sort, or there were limits without width.
        share = min(max(events, 1.0), max(cases - 1.0, 0.5)) / cases
        unit, variance = 100.0, share * (1 - share)
    plain = Deviations(kind, unit * events / cases, variance, unit)
    return Deviations(kind, plain.centre, variance, unit, _spread(plain, base))


def _spread(plain: Deviations, base: Sequence[Point]) -> float:
    """Return Laney's factor, at least 1."""
    values = [None if point.value is None else plain.up(point) for point in base]
    ranges = moving_ranges(values)
    return max(1.0, fmean(ranges) / RANGE_TO_SIGMA) if ranges else 1.0

"""Can a planned pilot tell? With the arithmetic of the chart that will judge it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from app.improvements.statistics.detection import Power, power, power_of_rare
from app.improvements.statistics.reading import MetricReading
from app.improvements.statistics.scales import Deviations, scale_of
from app.improvements.statistics.series import Point, cases_of
from app.improvements.statistics.skew import ChartKind
from app.improvements.statistics.xmr import limits_of


def foretold(
    reading: MetricReading, before: Sequence[Point], expected: float, points: int
) -> Power | None:
    """Judge a plan of so many points against the points ``before``; None where no limits can be
    drawn, or a logarithm does not know the value ``expected``.
    """
    usual, control = reading.usual, reading.control
    if usual is None or control is None or not reading.enough:
        return None
    kind = reading.choice.kind
    if kind in (ChartKind.G, ChartKind.T):
        way = control.about.direction.turned
        return power_of_rare(
            points,
            reading.before,
            expected,
            way,
        )
    if reading.logged:
        return _logged(
            reading,
            usual,
            expected,
            points,
        )
    return power(
        points,
        usual,
        expected,
        _sigma(
            kind,
            before,
            reading,
        ),
    )


def _logged(
    reading: MetricReading, usual: float, expected: float, points: int
) -> Power | None:
    if expected <= 0:
        return None
    sigma = limits_of([math.log(value) for value in reading.before]).sigma
    return power(
        points,
        math.log(usual),
        math.log(expected),
        sigma,
    )


def _sigma(kind: ChartKind, before: Sequence[Point], reading: MetricReading) -> float:
    """Return the usual deviation of one value; of counted ones for as many cases as are usual."""
    scale = scale_of(kind, before)
    if not isinstance(scale, Deviations):
        return limits_of(reading.before).sigma
    cases = cases_of(before)
    return scale.spread * scale.sigma(median(cases) if cases else None)

"""Which chart a metric gets: single values as they are, their logarithms, or a run chart.

The rule: a duration is logged (times to do something are skewed by nature) or, where zeros or
negative values forbid it, read on a run chart. Any other metric is judged once, by the skewness of
its first 12 values before the change: beyond ±1 it is logged if that is possible and helps, else
read on a run chart. What comes after the change has no say: a large effect makes any series look
skewed, and would take away the chart it is to be seen on. The one exception is a value of zero or
less, which no logarithm can show.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from app.core.said import digits, said

JUDGED_AT = 12
SKEWED = 1.0


class ChartKind(StrEnum):
    """The chart a metric is read on."""

    XMR = "XmR"
    LOG = "log-XmR"
    RUN = "run chart"
    P = "p chart"
    U = "u chart"
    C = "c chart"
    G = "g chart"
    T = "t chart"


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """The chart and the reason for it in one sentence."""

    kind: ChartKind
    why: str


def skewness(values: Sequence[float]) -> float:
    """Return the adjusted Fisher-Pearson skewness of at least three values; 0 where all are the
    same.
    """
    n, mean = len(values), fmean(values)
    second = fmean((value - mean) ** 2 for value in values)
    if n < 3 or math.isclose(second, 0, abs_tol=1e-18):
        return 0.0
    third = fmean((value - mean) ** 3 for value in values)
    return math.sqrt(n * (n - 1)) / (n - 2) * third / math.pow(second, 1.5)


def choose(
    before: Sequence[float], since: Sequence[float] = (), *, duration: bool
) -> ChartChoice:
    """Choose the chart for the values of a metric before the change; of those ``since`` then only
    counts whether a logarithm can show them.
    """
    values = (*before, *since)
    loggable = bool(values) and min(values) > 0
    if duration:
        return _for_a_duration(loggable)
    if len(before) < JUDGED_AT:
        return ChartChoice(
            ChartKind.XMR,
            said(
                "Single values; their shape is judged once there are %(judged_at)s "
                "before the change.",
                judged_at=JUDGED_AT,
            ),
        )
    first = before[:JUDGED_AT]
    skew = skewness(first)
    if abs(skew) <= SKEWED:
        return ChartChoice(
            ChartKind.XMR,
            said(
                "Single values; skewness %(skew)s of the first %(judged_at)s is "
                "within ±1.",
                skew=digits(f"{skew:.1f}"),
                judged_at=JUDGED_AT,
            ),
        )
    return _for_a_long_tail(first, skew, loggable)


def _for_a_long_tail(
    first: Sequence[float], skew: float, loggable: bool
) -> ChartChoice:
    if loggable and abs(skewness([math.log(value) for value in first])) <= SKEWED:
        return ChartChoice(
            ChartKind.LOG,
            said(
                "Logged, because the first %(judged_at)s values are skewed (%(skew)s).",
                judged_at=JUDGED_AT,
                skew=digits(f"{skew:.1f}"),
            ),
        )
    return ChartChoice(
        ChartKind.RUN,
        said(
            "Run chart, because the first %(judged_at)s values are skewed (%(skew)s).",
            judged_at=JUDGED_AT,
            skew=digits(f"{skew:.1f}"),
        ),
    )


def _for_a_duration(loggable: bool) -> ChartChoice:
    if loggable:
        return ChartChoice(
            ChartKind.LOG,
            said("Logged, because durations are skewed: a few are very long."),
        )
    return ChartChoice(
        ChartKind.RUN, said("Run chart: a duration with zeros cannot be logged.")
    )

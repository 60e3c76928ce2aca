"""How a metric stands, in two words with their marks: where it goes, and what its target may
expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.said import joined
from app.improvements.metrics.queries import Series, Value
from app.improvements.statistics.control import ChartReading
from app.improvements.statistics.reading import MetricReading
from app.models.improvements.metric import Metric


class Course(StrEnum):
    """Where a metric goes, as far as chance allows to say."""

    BETTER = "getting better"
    WORSE = "getting worse"
    STEADY = "no change beyond chance"
    EARLY = "too early to tell"
    NONE = "not measured"


SIGNS = {Course.BETTER: "better", Course.WORSE: "worse", Course.NONE: "missing"}


@dataclass(frozen=True, slots=True)
class MetricStanding:
    """A metric with its latest value, where it goes, what its target may expect ("" where nobody
    can say), and the sentence of its chart; ``before`` and ``now`` are what was usual before the
    change and since, where both are known.
    """

    metric: Metric
    latest: Value | None
    course: Course
    promise: str
    sentence: str = ""
    before: float | None = None
    now: float | None = None

    @property
    def both(self) -> bool:
        """Tell whether there are values before the change and since."""
        return self.before is not None and self.now is not None

    @property
    def sign(self) -> str:
        """Return the mark beside the course."""
        return SIGNS.get(self.course, "steady")


def standings(
    all_series: Sequence[Series], changed: date | None
) -> tuple[MetricStanding, ...]:
    """Return how metrics stand since a change, or as long as there is none, now."""
    return tuple(standing(series, changed) for series in all_series)


def standing(series: Series, changed: date | None) -> MetricStanding:
    """Return how one metric stands."""
    if not series.values:
        return MetricStanding(series.metric, None, Course.NONE, "")
    reading, watch = series.read(changed), series.watched()
    course, told = _course(reading, changed), reading.sentence
    if watch is not None and watch.worse:
        reading, course = watch.reading or reading, Course.WORSE
        told = watch.sentence
    promise = str(reading.control.assurance or "") if reading.control else ""
    return MetricStanding(
        series.metric,
        series.values[-1],
        course,
        promise,
        joined([told, reading.first, reading.left_out]),
        *((reading.usual, reading.now) if changed else ()),
    )


def _course(reading: MetricReading, changed: date | None) -> Course:
    if changed is not None and reading.after:
        if not reading.enough:
            return Course.EARLY
        return _said(reading.helped)
    if reading.control is not None:
        return _latest(reading.control)
    return Course.STEADY if reading.enough else Course.EARLY


def _latest(reading: ChartReading) -> Course:
    """Return what the latest measured point says where nothing was changed yet."""
    if reading.stretches[-1].mean is None:
        return Course.EARLY
    measured = [dot for dot in reading.dots if dot.point.value is not None]
    return _said(measured[-1].better)


def _said(better: bool | None) -> Course:
    if better is None:
        return Course.STEADY
    return Course.BETTER if better else Course.WORSE

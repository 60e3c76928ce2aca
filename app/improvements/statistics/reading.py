"""One metric read as it should be: control chart, its logarithm or run chart, with one answer for
all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import fmean, geometric_mean

from app.improvements.statistics.control import About, ChartReading, has_limits, read
from app.improvements.statistics.counted import (
    between,
    choose_counted,
    rare_sentence,
    rarer,
    widened,
)
from app.improvements.statistics.firsts import first_fall
from app.improvements.statistics.leaving import left_out_said
from app.improvements.statistics.runchart import RunReading, read_runs
from app.improvements.statistics.series import Point, cases_of, known, split_at
from app.improvements.statistics.skew import ChartChoice, ChartKind, choose
from app.improvements.statistics.xmr import sides
from app.models.improvements.words import Direction


@dataclass(frozen=True, slots=True)
class MetricReading:
    """What a metric says.

    Exactly one of ``control`` and ``run`` is there; both are None without any value.

    ``helped`` is True for a signal the right way since the change, False for the wrong way, None
    for neither; ``cases`` are of how many cases the values before and after come, where they are
    shares or rates; ``left_out`` names the points that people left out, ``first`` a first fall of
    what never fell; ``enough`` tells whether there was enough before the change to tell anything
    from chance: the same number of points on every chart.
    """

    choice: ChartChoice
    control: ChartReading | None
    run: RunReading | None
    before: tuple[float, ...]
    after: tuple[float, ...]
    helped: bool | None
    enough: bool
    sentence: str
    cases: tuple[Sequence[float], Sequence[float]] = ((), ())
    left_out: str = ""
    first: str = ""

    @property
    def logged(self) -> bool:
        """Tell whether the values are judged by their logarithms."""
        return self.choice.kind is ChartKind.LOG

    @property
    def usual(self) -> float | None:
        """Return what was usual before the change: the mean, the geometric mean where values are
        logged, or of shares and rates all events of all cases together.
        """
        if not self.before:
            return None
        return typical(self.before, self.cases[0], logged=self.logged)

    @property
    def now(self) -> float | None:
        """Return what is usual since the change, in the same way."""
        if not self.after:
            return None
        return typical(self.after, self.cases[1], logged=self.logged)


def read_metric(
    points: Sequence[Point], about: About, *, skewed: bool
) -> MetricReading:
    """Read the periods of a metric, in order of time, on the chart that suits its values."""
    found = _read(points, about, skewed=skewed)
    return replace(
        found,
        left_out=left_out_said(points),
        first=first_fall(points, about.direction),
    )


def _read(points: Sequence[Point], about: About, *, skewed: bool) -> MetricReading:
    first, since = split_at(points, about.pilot_from)
    before, after = tuple(known(first)), tuple(known(since))
    enough = has_limits([point.value for point in first])
    counted = choose_counted(points, first or since, about.tally, about.period)
    if counted and counted.kind in (ChartKind.G, ChartKind.T):
        return _of_rare_events(points, counted, enough, about)
    choice = counted or choose(before, after, duration=skewed)
    if choice.kind is ChartKind.RUN and (before or after):
        return _on_run_chart(choice, before, after, enough, about)
    logged = choice.kind is ChartKind.LOG
    found = read(points, replace(about, logged=logged, kind=choice.kind))
    choice = widened(choice, found.spread)
    return MetricReading(
        choice,
        found,
        None,
        before,
        after,
        found.helped,
        enough,
        found.sentence,
        (cases_of(first), cases_of(since)) if counted else ((), ()),
    )


def typical(
    values: Sequence[float], cases: Sequence[float] = (), *, logged: bool
) -> float:
    """Return the mean of at least one value, weighted by of how many ``cases`` each comes where
    that is known; the geometric mean where values are logged.
    """
    return geometric_mean(values) if logged else fmean(values, cases or None)


def _of_rare_events(
    points: Sequence[Point], choice: ChartChoice, enough: bool, about: About
) -> MetricReading:
    """Read the time between events, and judge by how many there were: a longer time is better where
    fewer events are.
    """
    first, since = split_at(points, about.pilot_from)
    before, after = tuple(known(first)), tuple(known(since))
    waits = replace(
        about,
        direction=about.direction.turned,
        target=None,
        kind=choice.kind,
        logged=False,
        floor=0,
        ceiling=None,
    )
    told = rare_sentence(before, after)
    found = replace(read(between(points), waits), sentence=told)
    helped = rarer(before, after)
    if helped is not None and about.direction is Direction.UP:
        helped = not helped
    return MetricReading(choice, found, None, before, after, helped, enough, told)


def _on_run_chart(
    choice: ChartChoice,
    before: tuple[float, ...],
    after: tuple[float, ...],
    enough: bool,
    about: About,
) -> MetricReading:
    values = (*before, *after)
    found = read_runs(values, about.direction, len(before) or None)
    helped = None if not after else _last_run(values, found, about)
    return MetricReading(
        choice,
        None,
        found,
        before,
        after,
        helped,
        enough,
        found.sentence,
    )


def _last_run(values: Sequence[float], found: RunReading, about: About) -> bool | None:
    """Tell which way the latest run went if it is longer than chance makes it; only the latest is
    about the change.
    """
    runs = [
        (side, len(list(run)))
        for side, run in groupby(s for s in sides(values, found.median) if s)
    ]
    if not found.too_long or not runs or runs[-1][1] <= found.longest_allowed:
        return None
    return runs[-1][0] == about.direction.sign

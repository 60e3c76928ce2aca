"""What a reading found out, as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.core.charts import ChartDot, Lines, SeriesChart
from app.core.said import joined, said
from app.improvements.statistics.control import ChartReading, ControlStanding
from app.improvements.statistics.level import LevelWatch
from app.improvements.statistics.runchart import RunReading
from app.improvements.statistics.series import Point, known
from app.improvements.statistics.skew import ChartKind
from app.improvements.statistics.xmr import RULES_SAID
from app.models.improvements.words import Direction

CENTRES = {ChartKind.LOG: "typical", ChartKind.T: "typical", ChartKind.G: "median"}


def control_chart(
    reading: ChartReading, title: str, unit: str, pilot_name: str = "pilot"
) -> SeriesChart:
    """Return the XmR or log-XmR chart of a reading."""
    return SeriesChart(
        title=title,
        sentence=reading.sentence,
        unit=unit,
        dots=_dots(reading),
        lines=_lines(reading),
        target=reading.about.target,
        assurance=str(reading.assurance or ""),
        centre_name=CENTRES.get(reading.kind, "average"),
        pilot_name=pilot_name,
        logged=reading.about.logged,
    )


def run_chart(
    points: Sequence[Point],
    reading: RunReading,
    direction: Direction,
    title: str,
    unit: str,
    pilot_from: date | None = None,
    target: float | None = None,
) -> SeriesChart:
    """Return a run chart; the points of a run that is too long are marked."""
    values = known(points)
    marked = _longest_run(values, reading) if reading.too_long else range(0)
    mark = "better" if reading.side == direction.sign else "worse"
    places = iter(range(len(values)))
    dots = tuple(
        _run_dot(
            point,
            next(places) in marked if point.value is not None else False,
            mark,
            pilot_from,
        )
        for point in points
    )
    lines = (Lines(0, len(dots), reading.median),)
    return SeriesChart(
        title, reading.sentence, unit, dots, lines, target, centre_name="median"
    )


def since_embedding(
    chart: SeriesChart, watch: LevelWatch, reread: SeriesChart | None
) -> SeriesChart:
    """Return a chart whose points since embedding bear what the level of that time makes of them,
    as ``reread`` shows it.
    """
    anew = {(dot.when, dot.label): dot for dot in (reread.dots if reread else ())}
    dots = tuple(
        dot
        if dot.when < watch.day
        else _marked(dot, anew.get((dot.when, dot.label)), watch)
        for dot in chart.dots
    )
    if not watch.worse:
        told = joined([chart.sentence, watch.sentence])
        return replace(chart, dots=dots, sentence=told)
    promise = reread.assurance if reread else ""
    return replace(chart, dots=dots, sentence=watch.sentence, assurance=promise)


def _marked(dot: ChartDot, anew: ChartDot | None, watch: LevelWatch) -> ChartDot:
    if dot.mark in ("ring", "out"):
        return dot
    if anew is not None:
        return replace(anew, pilot=dot.pilot)
    back = dot.when in watch.relapsed
    why = said("nearer to the old average than to what was reached")
    return replace(dot, mark="worse" if back else "", why=why if back else "")


def _dots(reading: ChartReading) -> tuple[ChartDot, ...]:
    return tuple(
        _aside(dot.point)
        if dot.point.set_aside is not None
        else ChartDot(
            dot.point.when,
            dot.point.value,
            dot.point.label,
            dot.pilot,
            _mark(dot.better),
            RULES_SAID[dot.rule] if dot.rule else "",
            _of(dot.point),
        )
        for dot in reading.dots
    )


def _aside(point: Point) -> ChartDot:
    """Return a value that counts on neither side: people left it out, or the change cuts it."""
    cut = said("the change cuts it; counts neither as before nor as after")
    return ChartDot(
        point.when,
        point.set_aside,
        point.label,
        mark="out" if point.left_out else "ring",
        why=point.left_out or cut,
        of=_of(point),
    )


def _of(point: Point) -> tuple[float, float] | None:
    if point.part is None or point.whole is None:
        return None
    return point.part, point.whole


def _mark(better: bool | None) -> str:
    return "" if better is None else "better" if better else "worse"


def _lines(reading: ChartReading) -> tuple[Lines, ...]:
    return tuple(
        Lines(
            one.start,
            one.stop,
            one.mean,
            one.lower,
            one.upper,
            one.standing is ControlStanding.LOCKED,
            one.baseline,
            one.follows,
        )
        for one in reading.stretches
        if one.mean is not None
    )


def _longest_run(values: Sequence[float], reading: RunReading) -> range:
    """Return the positions of the longest run, values on the median inside it included."""
    start, length = 0, 0
    for place, value in enumerate(values):
        if (value - reading.median) * reading.side < 0:
            start, length = place + 1, 0
        elif value != reading.median:
            length += 1
        if length == reading.longest:
            return range(start, place + 1)
    return range(0)


def _run_dot(
    point: Point, marked: bool, mark: str, pilot_from: date | None
) -> ChartDot:
    if point.set_aside is not None:
        return _aside(point)
    pilot = pilot_from is not None and point.when >= pilot_from
    if not marked:
        return ChartDot(point.when, point.value, point.label, pilot)
    return ChartDot(
        point.when, point.value, point.label, pilot, mark, "in a run that is too long"
    )

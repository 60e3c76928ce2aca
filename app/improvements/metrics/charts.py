"""Metrics as charts on a page: sentence, picture, table and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import charts
from app.core.charts import Happened
from app.core.charts.svg import tag
from app.core.said import joined, said
from app.improvements.metrics.pictures import control_chart, run_chart, since_embedding
from app.improvements.metrics.queries import Series
from app.improvements.statistics.reading import MetricReading
from app.improvements.statistics.skew import ChartKind
from app.models.improvements.metric import Metric
from app.models.improvements.words import Period

BETWEEN = {
    Period.DAY: said("days between events"),
    Period.WEEK: said("weeks between events"),
    Period.MONTH: said("months between events"),
    Period.GROUP: said("groups between events"),
}
MANY, LATEST = 60, 30
"""Above so many periods a chart shows the latest ones alone, unless somebody asks for all."""


def chart_of(series: Series, pilot_from: date | None) -> charts.SeriesChart | None:
    """Return the chart that suits a metric; None before anything was measured.

    Since embedding its points bear the signals against the level of that time.
    """
    reading, watch = series.read(pilot_from), series.watched()
    chart = _chart_of(series, reading, pilot_from)
    if chart is None:
        return None
    if watch is not None:
        reread = watch.reading and _chart_of(series, watch.reading, watch.day)
        chart = since_embedding(chart, watch, reread or None)
    told = joined([chart.sentence, reading.first, reading.left_out])
    return replace(chart, sentence=told)


def _chart_of(
    series: Series, reading: MetricReading, pilot_from: date | None
) -> charts.SeriesChart | None:
    metric = series.metric
    if reading.control is not None:
        unit = _unit(reading, metric)
        title = metric.name
        if reading.choice.kind in (ChartKind.G, ChartKind.T):
            title = said("%(name)s: %(unit)s", name=title, unit=unit)
        return control_chart(reading.control, title, unit)
    if reading.run is not None:
        return run_chart(
            series.points(pilot_from),
            reading.run,
            metric.direction,
            metric.name,
            metric.unit,
            pilot_from,
            metric.target,
        )
    return None


def _unit(reading: MetricReading, metric: Metric) -> str:
    """Return what the numbers of a chart are: the metric's unit, or the time between events."""
    if reading.choice.kind not in (ChartKind.G, ChartKind.T):
        return metric.unit or ("%" if reading.choice.kind is ChartKind.P else "")
    return BETWEEN[metric.period]


def figure_of(
    series: Series, pilot_from: date | None, happened: Sequence[Happened] = ()
) -> Markup | None:
    """Return the whole figure of a metric for a page, with what happened marked on it; None before
    anything was measured.
    """
    chart = chart_of(series, pilot_from) if series.values else None
    if chart is None:
        return None
    chart, count = replace(chart, happened=tuple(happened)), len(chart.dots)
    number, more = series.metric.id, Markup("")
    if count > MANY and request.args.get("points") != "all":
        chart = chart.latest(LATEST)
        whole = url_for("improvements.metric", metric_id=number, points="all")
        said = _("The latest %(shown)s of %(count)s;", shown=LATEST, count=count)
        more = Markup(" ").join((said, tag("a", _("show all"), href=whole)))
    return charts.figure(
        chart, url_for("improvements.metric_csv", metric_id=number), more
    )

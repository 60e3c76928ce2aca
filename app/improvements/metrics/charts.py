"""Metrics as charts on a page: sentence, picture, table and CSV."""

from __future__ import annotations

from datetime import date

from flask import url_for
from markupsafe import Markup

from app.core import charts
from app.improvements.metrics.pictures import control_chart, run_chart
from app.improvements.metrics.queries import Series


def chart_of(series: Series, pilot_from: date | None) -> charts.SeriesChart | None:
    """Return the chart that suits a metric; None before anything was measured."""
    metric, reading = series.metric, series.read(pilot_from)
    if reading.control is not None:
        return control_chart(reading.control, metric.name, metric.unit)
    if reading.run is not None:
        return run_chart(
            series.points(),
            reading.run,
            metric.direction,
            metric.name,
            metric.unit,
            pilot_from,
            metric.target,
        )
    return None


def figure_of(series: Series, pilot_from: date | None) -> Markup | None:
    """Return the whole figure of a metric for a page; None before anything was measured."""
    chart = chart_of(series, pilot_from) if series.values else None
    return (
        charts.figure(
            chart, url_for("improvements.metric_csv", metric_id=series.metric.id)
        )
        if chart
        else None
    )

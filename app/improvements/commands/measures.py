"""Measured values on the command line: add one, add a file, look at a metric."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from app.auth.console import actor
from app.core.errors import NotFound
from app.core.parts import parts
from app.core.terminal import MONTH_FIRST, emit, group, table
from app.core.texts import decoded
from app.improvements.actions import measuring
from app.improvements.commands.options import DAY, METRIC
from app.improvements.queries.points import series_of
from app.improvements.queries.standing import first_start
from app.models.improvements.metric import Metric


@group("measure")
def measure() -> None:
    """Measured values of metrics. A wrong one is corrected beside it, never changed."""


@measure.command("add")
@METRIC
@click.argument("day", type=DAY)
@click.argument("value", type=float)
@click.option("--label", default="", help="Tells several values of one day apart.")
def add(metric_id: int, day: date, value: float, label: str) -> None:
    """Write down VALUE of metric M for the period of DAY."""
    by = actor()
    with parts().acting(by) as act:
        made = measuring.measure(act, metric_id, day, value, label=label)
    emit(
        {"measurement": made.id, "day": made.day, "value": made.value},
        f"{made.value:g} for {made.day}.",
    )


@measure.command("load")
@METRIC
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keep-good", is_flag=True, help="Keep the lines that can be used even if others cannot."
)
@MONTH_FIRST
def load(metric_id: int, file: Path, keep_good: bool, months_first: bool | None) -> None:
    """Write down the values in FILE: one day and one value a line."""
    text, by = decoded(file.read_bytes()), actor()
    with parts().acting(by) as act:
        found = measuring.measure_pasted(
            act,
            metric_id,
            text,
            origin=file.name,
            keep_good=keep_good,
            months_first=months_first,
        )
    rejects = [line.sentence for line in found.wrong]
    data = {"added": len(found.rows), "missing": len(found.missing), "rejects": rejects}
    emit(data, [f"Added {len(found.rows)} values.", *rejects])


@measure.command("correct")
@click.argument("measurement_id", metavar="V", type=click.IntRange(1))
@click.argument("value", required=False, type=float)
@click.option("--reason", required=True, help="Why the value was wrong.")
def correct(measurement_id: int, value: float | None, reason: str) -> None:
    """Put VALUE beside the wrong value V; without one the period counts as not measured."""
    by = actor()
    with parts().acting(by) as act:
        made = measuring.correct(act, measurement_id, value, reason)
    emit({"measurement": made.id, "day": made.day, "value": made.value}, f"Corrected {made.day}.")


@measure.command("list")
@METRIC
def list_values(metric_id: int) -> None:
    """List the values of metric M and what they say."""
    with parts().database.read() as session:
        metric = session.get(Metric, metric_id)
        if metric is None:
            raise NotFound(f"There is no metric {metric_id}.")
        [series] = series_of(session, [metric])
        reading = series.read(first_start(session, metric.improvement_id))
    values = [
        {
            "measurement": one.id,
            "day": one.day,
            "label": one.label,
            "value": one.value,
            "corrected": one.attempt > 1,
        }
        for one in series.values
    ]
    says = f"{metric.name}: {reading.sentence} {reading.choice.why}"
    shown = table(
        ("V", "Day", "Label", "Value"),
        [(one.id, one.day, one.label, one.value) for one in series.values],
    )
    emit(
        {"metric": metric.id, "name": metric.name, "says": reading.sentence, "values": values},
        [says, shown],
    )

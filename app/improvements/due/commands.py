"""The values that are due on the command line."""

from __future__ import annotations

from datetime import datetime

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group
from app.improvements.due.queries import due_values
from app.improvements.metrics import measuring
from app.improvements.metrics.ahead import take_out_ahead
from app.improvements.metrics.missing import note_missing

DAY = click.DateTime(formats=["%Y-%m-%d"])


@group("values")
def values() -> None:
    """Values that are due; they stand beside those that are loaded from files."""


@values.command("due")
@click.option("--improvement", type=click.IntRange(1), help="Of this one alone.")
def due(improvement: int | None) -> None:
    """Say which metrics want the value of which period."""
    with parts().database.read() as session:
        found = due_values(session, parts().now().date(), improvement_id=improvement)
    data = [
        {
            "metric": one.metric.id,
            "name": one.metric.name,
            "improvement": one.title,
            "period": one.metric.period,
            "day": one.day.isoformat(),
            "last": one.last.value if one.last else None,
        }
        for one in found
    ]
    lines = [
        f"{one['metric']}  {one['name']}  ({one['period']} from {one['day']})"
        for one in data
    ]
    emit({"due": data}, lines or ["No metric wants a value now."])


@values.command("add")
@click.argument("metric_id", metavar="M", type=click.IntRange(1))
@click.argument("day", type=DAY)
@click.argument("value", type=float)
@click.option("--of", "whole", type=float, help="Of how many, for a share or a rate.")
def add(metric_id: int, day: datetime, value: float, whole: float | None) -> None:
    """Write down the VALUE of the period of DAY."""
    by = actor()
    with parts().acting(by) as act:
        made = measuring.measure(act, metric_id, day.date(), value, whole=whole)
        data = {"day": made.day.isoformat(), "value": made.value}
    emit(data, [f"Written down for {data['day']}."])


@values.command("ahead")
@click.argument("metric_id", metavar="M", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why they are there.")
def ahead(metric_id: int, reason: str) -> None:
    """Take values of days that have not come yet out, as a wrong clock let them in."""
    with parts().acting(actor()) as act:
        count = take_out_ahead(act, metric_id, reason)
    emit({"taken_out": count}, [f"Taken out: {count}."])


@values.command("missing")
@click.argument("metric_id", metavar="M", type=click.IntRange(1))
@click.argument("day", type=DAY)
@click.option("--reason", required=True, help="Why nothing was measured.")
def missing(metric_id: int, day: datetime, reason: str) -> None:
    """Note that the period of DAY was not measured."""
    by = actor()
    with parts().acting(by) as act:
        made = note_missing(act, metric_id, day.date(), reason)
        data = {"day": made.day.isoformat(), "reason": made.reason}
    emit(data, [f"{data['day']} stays missing."])

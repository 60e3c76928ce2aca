"""Measured values on the command line: a file of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.auth.console import actor
from app.core.numbers_in import COMMA, POINT
from app.core.parts import parts
from app.core.terminal import MONTH_FIRST, emit, group
from app.core.texts import decoded
from app.improvements.metrics import leaving, measuring
from app.improvements.metrics.period import actions as period_change
from app.improvements.metrics.period.actions import PeriodPlan
from app.improvements.metrics.period.regrouping import LENGTHS
from app.models.improvements.words import Joining, Period

WAYS = {one.name.lower(): one for one in Joining}
DAY = click.DateTime(formats=["%Y-%m-%d"])


@group("measure")
def measure() -> None:
    """Measured values of metrics. A wrong one is corrected beside it, never changed."""


@measure.command("load")
@click.argument("metric_id", metavar="M", type=click.IntRange(1))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keep-good",
    is_flag=True,
    help="Keep the lines that can be used even if others cannot.",
)
@click.option(
    "--decimals",
    type=click.Choice(["point", "comma"]),
    help="What stands before decimals in 1,234 and 1.234.",
)
@MONTH_FIRST
def load(
    metric_id: int,
    file: Path,
    keep_good: bool,
    decimals: str | None,
    months_first: bool | None,
) -> None:
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
            mark={"point": POINT, "comma": COMMA}.get(decimals or ""),
        )
    rejects = [line.sentence for line in found.wrong]
    data = {"added": len(found.rows), "missing": len(found.missing), "rejects": rejects}
    emit(data, [f"Added {len(found.rows)} values.", *rejects])


@measure.command("leave-out")
@click.argument("metric_id", metavar="M", type=click.IntRange(1))
@click.argument("day", type=DAY)
@click.option("--reason", required=True, help="Why this point does not count.")
@click.option("--label", default="", help="Which of several values of that day.")
def leave_out(metric_id: int, day: datetime, reason: str, label: str) -> None:
    """Leave the value of the period of DAY out of limits, signals and verdicts."""
    by = actor()
    with parts().acting(by) as act:
        made = leaving.leave_out(
            act,
            metric_id,
            day.date(),
            reason,
            label,
        )
        data = {"left_out": made.id, "day": made.day.isoformat(), "reason": made.reason}
    emit(data, [f"Left out as number {data['left_out']}."])


@measure.command("take-back")
@click.argument("left_out_id", metavar="N", type=click.IntRange(1))
def take_back(left_out_id: int) -> None:
    """Let the point that was left out as number N count again."""
    by = actor()
    with parts().acting(by) as act:
        found = leaving.take_back(act, left_out_id)
        data = {"left_out": found.id, "day": found.day.isoformat()}
    emit(data, [f"{data['day']} counts again."])


@measure.command("period")
@click.argument("metric_id", metavar="M", type=click.IntRange(1))
@click.argument("period", type=click.Choice([one.value for one in LENGTHS]))
@click.option(
    "--together",
    type=click.Choice(list(WAYS)),
    help="How values that fall together become one.",
)
@click.option("--reason", default="", help="Why the period changes.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of them.")
def period(
    metric_id: int,
    period: str,
    together: str | None,
    reason: str,
    dry_run: bool,
) -> None:
    """Make the values of metric M those of another PERIOD; the ones before stay beside them."""
    to, way = Period(period), WAYS.get(together or "")
    with parts().database.read() as session:
        plan = period_change.plan_period(
            session,
            metric_id,
            to,
            way,
        )
        data = _told(plan)
    number = None
    if not dry_run:
        with parts().acting(actor()) as act:
            number = period_change.change_period(
                act,
                metric_id,
                to,
                reason,
                together=way,
                began_at=plan.revision,
            ).id
    told = f"{data['had']} values, {data['become']} as one a {period}."
    emit({**data, "change": number, "done": not dry_run}, told)


@measure.command("period-back")
@click.argument("change_id", metavar="N", type=click.IntRange(1))
def period_back(change_id: int) -> None:
    """Take back change N of a period: its values are again what they were."""
    with parts().acting(actor()) as act:
        found = period_change.take_back_period(act, change_id)
        data = {"change": found.id, "period": found.before.value}
    emit(data, f"One value a {data['period']} again.")


def _told(plan: PeriodPlan) -> dict[str, Any]:
    return {
        "metric": plan.series.metric.id,
        "period": plan.period.value,
        "together": plan.together.name.lower(),
        "had": plan.had,
        "become": len(plan.periods),
        "joined": [
            {
                "day": one.day.isoformat(),
                "value": one.counted.value,
                "values": len(one.made_of),
            }
            for one in plan.joined
        ],
        "missing": [day.isoformat() for day in plan.missing],
        "left_out": [
            {"day": one.day.isoformat(), "why": one.left_out, "in_part": one.in_part}
            for one in plan.left_out
        ],
    }

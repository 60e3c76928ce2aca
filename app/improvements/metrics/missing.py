"""Note that a period was not measured, with the reason."""

from __future__ import annotations

from datetime import date

from app.core.acting import Acting
from app.core.changes import latest_day, one
from app.core.errors import Invalid
from app.core.figures import day as day_text
from app.core.said import said
from app.improvements.events import NotedChange, locked, tell
from app.improvements.metrics.measuring import objection, taken_in
from app.improvements.statistics.periods import start_of
from app.models.improvements.metric import Measurement, Metric


def note_missing(act: Acting, metric_id: int, day: date, reason: str) -> Measurement:
    """Note that a period was not measured, and why; it stays missing and is asked for no more.

    Raises ``Invalid`` without a reason, or when the period has a value already.
    """
    metric = one(act.session, Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    start = start_of(day, metric.period)
    if not reason.strip():
        raise Invalid(said("Say why nothing was measured."), field="reason")
    taken = taken_in(act.session, metric_id, [start])
    today = latest_day(act.now)
    why = objection(
        metric,
        start,
        None,
        today,
        taken,
        "",
    )
    if why:
        raise Invalid(why, field="day")
    change = NotedChange()
    made = Measurement(
        metric_id=metric_id,
        day=start,
        reason=reason.strip(),
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, made)
    sentence = f"{metric.name} was not measured on {day_text(start)}"
    tell(
        act,
        improvement,
        "measurement.missing",
        sentence,
        change,
        reason=reason,
    )
    return made

"""Leave a point of a metric out, with a reason, and take that back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid, Refused
from app.core.figures import day as day_text
from app.core.said import said
from app.improvements.events import NotedChange, locked, tell
from app.improvements.metrics.queries import values_of
from app.improvements.statistics.periods import start_of
from app.models.improvements.iteration import Iteration
from app.models.improvements.metric import LeftOut, Metric
from app.models.improvements.words import IterationState, MetricRole


def leave_out(
    act: Acting,
    metric_id: int,
    day: date,
    reason: str,
    label: str = "",
) -> LeftOut:
    """Leave the value of a period out of limits, signals, verdict and forecast; it stays on the
    chart, crossed, and its reason is told wherever the metric is judged.

    Raises ``Invalid`` without a reason or a value, or where it is left out already.
    """
    metric = one(
        act.session,
        Metric,
        metric_id,
    )
    improvement = locked(act.session, metric.improvement_id)
    start = start_of(day, metric.period)
    if not reason.strip():
        raise Invalid(said("Say why this point does not count."), field="reason")
    _check_there(
        act.session,
        metric_id,
        start,
        label,
    )
    change = NotedChange()
    made = LeftOut(
        metric_id=metric_id,
        day=start,
        label=label,
        reason=reason.strip(),
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, made)
    sentence = f"Left out {metric.name} on {label or day_text(start)}"
    tell(
        act,
        improvement,
        "measurement.leave-out",
        sentence,
        change,
        reason=reason,
    )
    return made


def take_back(act: Acting, left_out_id: int) -> LeftOut:
    """Let a point count again. Raises ``Refused`` where it does already."""
    found = one(
        act.session,
        LeftOut,
        left_out_id,
    )
    metric = act.session.get_one(Metric, found.metric_id)
    improvement = locked(act.session, metric.improvement_id)
    act.session.refresh(found)
    if found.lifted_at is not None:
        raise Refused(
            said("%(day)s counts again already.", day=day_text(found.day)),
        )
    change = NotedChange()
    change.put(found, {"lifted_at": act.now, "lifted_by": act.by})
    sentence = f"{metric.name} on {found.label or day_text(found.day)} counts again"
    tell(
        act,
        improvement,
        "measurement.take-back",
        sentence,
        change,
    )
    return found


def running_on(session: Session, metric_id: int) -> Iteration | None:
    """Return the rung that is running and will be judged by a metric of the same improvement."""
    going = (IterationState.RUNNING, IterationState.REVIEWING)
    metric = session.get_one(Metric, metric_id)
    return session.scalar(
        select(Iteration).where(
            Iteration.improvement_id == metric.improvement_id,
            Iteration.state.in_(going),
        )
    )


def demand_not_judging(session: Session, metric: Metric) -> None:
    """Raise ``Refused`` while a rung that is under way is judged by a metric."""
    rung = running_on(session, metric.id)
    guards = metric.role is MetricRole.GUARDRAIL
    if rung is not None and (guards or rung.metric_id == metric.id):
        raise Refused(
            said(
                "Rung %(number)s is under way and judged by %(name)s; decide it first.",
                number=rung.number,
                name=metric.name,
            )
        )


def _check_there(session: Session, metric_id: int, day: date, label: str) -> None:
    values = values_of(session, [metric_id]).get(metric_id, [])
    if not any((one.day, one.label) == (day, label) for one in values):
        raise Invalid(
            said("Nothing was measured on %(day)s.", day=day_text(day)),
            field="day",
        )
    known = select(LeftOut.id).where(
        LeftOut.metric_id == metric_id,
        LeftOut.day == day,
        LeftOut.label == label,
        LeftOut.lifted_at.is_(None),
    )
    if session.scalar(known) is not None:
        raise Invalid(
            said("%(day)s is left out already.", day=day_text(day)),
            field="day",
        )

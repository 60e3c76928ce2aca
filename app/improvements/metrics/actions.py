"""Choose what an improvement is measured by, what is watched afterwards, and from when new limits
hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import cleaned, one
from app.core.errors import Invalid, Refused
from app.core.figures import day as day_text
from app.core.said import said
from app.improvements.events import NotedChange, locked, tell
from app.improvements.metrics.leaving import demand_not_judging
from app.improvements.metrics.rules import GUARDRAILS
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Measurement, Metric, Rebase
from app.models.improvements.words import (
    Direction,
    MetricRole,
    MetricScope,
    MetricSource,
    Period,
    Tally,
)
from app.models.incidents.words import DeskFigure

FIXED = (
    "direction",
    "desk_figure",
    "scope",
    "period",
    "unit",
    "full_count",
    "tally",
)
"""What gives values their meaning: it stays once the first of them was measured."""

EDITABLE = ("name", "role", "definition", "target", "source", "skewed", "floor", *FIXED)


@dataclass(frozen=True, slots=True)
class MetricDraft:
    """What a person typed about a metric."""

    name: str
    direction: Direction
    role: MetricRole = MetricRole.PRIMARY
    unit: str = ""
    definition: str = ""
    target: float | None = None
    source: MetricSource = MetricSource.TYPED
    desk_figure: DeskFigure | None = None
    scope: MetricScope = MetricScope.SERVICE
    period: Period = Period.WEEK
    tally: Tally = Tally.MEASURED
    skewed: bool = False
    full_count: bool = False
    floor: float | None = None


def add_metric(act: Acting, improvement_id: int, draft: MetricDraft) -> Metric:
    """Add a metric: at most one primary one and three guardrails.

    Raises ``Invalid`` naming the field.
    """
    improvement = locked(act.session, improvement_id)
    values = cleaned(Metric, asdict(draft), EDITABLE)
    _check_tally(values)
    _check_name(act.session, improvement_id, values["name"])
    metric = Metric(
        improvement_id=improvement_id, created_at=act.now, created_by=act.by, **values
    )
    _take_role(act.session, improvement, metric, metric.role)
    change = NotedChange()
    change.add(act.session, metric)
    tell(
        act,
        improvement,
        "metric.add",
        f"Measures {metric.name} ({metric.role})",
        change,
    )
    return metric


def change_metric(act: Acting, metric_id: int, values: Mapping[str, Any]) -> Metric:
    """Change a metric.

    Raises ``Refused`` for what gives values their meaning once there are any.
    """
    metric = one(act.session, Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    wanted = cleaned(Metric, values, EDITABLE)
    _check_tally({"desk_figure": metric.desk_figure, "tally": metric.tally, **wanted})
    fixed = [
        name
        for name in FIXED
        if name in wanted and wanted[name] != getattr(metric, name)
    ]
    if fixed and _is_measured(act.session, metric_id):
        if fixed == ["period"]:
            raise Invalid(
                said(
                    "%(name)s has values already; “Change the period” on its page shows "
                    "what becomes of them.",
                    name=metric.name,
                ),
                field="period",
            )
        raise Refused(
            said(
                "%(name)s has values already; its %(value)s stays. Add another metric.",
                name=metric.name,
                value=fixed[0].replace("_", " "),
            )
        )
    if wanted.get("name", metric.name) != metric.name:
        _check_name(act.session, improvement.id, wanted["name"])
    change = NotedChange()
    if "role" in wanted and wanted["role"] != metric.role:
        _take_role(act.session, improvement, metric, wanted["role"])
        change.put(
            metric,
            {
                "primary_of": improvement.id
                if wanted["role"] is MetricRole.PRIMARY
                else None
            },
        )
    if change.put(metric, wanted):
        tell(
            act,
            improvement,
            "metric.change",
            f"Changed the metric {metric.name}",
            change,
        )
    return metric


def retire_metric(act: Acting, metric_id: int, *, reason: str) -> Metric:
    """Stop using a metric; its values stay.

    Raises ``Refused`` while it is under watch, and while a rung that is under way is judged by it.
    """
    metric = one(act.session, Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    if metric.control_of is not None:
        raise Refused(
            said(
                "%(name)s is under watch; watch another metric first.", name=metric.name
            )
        )
    demand_not_judging(act.session, metric)
    change = NotedChange()
    change.put(metric, {"retired_at": act.now, "primary_of": None})
    tell(
        act,
        improvement,
        "metric.retire",
        f"No longer measures {metric.name}",
        change,
        reason=reason,
    )
    return metric


def watch(act: Acting, metric_id: int) -> Metric:
    """Keep a metric under watch after the improvement is embedded, in place of another; drift opens
    it again.
    """
    metric = one(act.session, Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    change = NotedChange()
    for other in act.session.scalars(
        select(Metric).where(
            Metric.control_of == improvement.id, Metric.id != metric_id
        )
    ):
        change.put(other, {"control_of": None})
        act.session.flush()
    if change.put(metric, {"control_of": improvement.id}):
        tell(
            act,
            improvement,
            "metric.watch",
            f"Keeps {metric.name} under watch",
            change,
        )
    return metric


def rebase(act: Acting, metric_id: int, day: date, reason: str) -> Rebase:
    """Decide that new limits hold from a day on; that is a judgement and needs a reason."""
    metric = one(act.session, Metric, metric_id)
    improvement = locked(act.session, metric.improvement_id)
    if not reason.strip():
        raise Invalid(
            said("Say what changed on that day; limits do not move by themselves."),
            field="reason",
        )
    if (
        act.session.scalar(
            select(Rebase.id).where(Rebase.metric_id == metric_id, Rebase.day == day)
        )
        is not None
    ):
        raise Invalid(
            said("New limits from %(day)s on were decided already.", day=day_text(day)),
            field="day",
        )
    change = NotedChange()
    made = change.add(
        act.session,
        Rebase(
            metric_id=metric_id,
            day=day,
            reason=reason.strip(),
            created_at=act.now,
            created_by=act.by,
        ),
    )
    sentence = f"New limits of {metric.name} from {day_text(day)} on"
    tell(act, improvement, "metric.rebase", sentence, change, reason=reason)
    return made


def _check_name(session: Session, improvement_id: int, name: str) -> None:
    if not name:
        raise Invalid(said("Name what is measured."), field="name")
    if session.scalar(
        select(Metric.id).where(
            Metric.improvement_id == improvement_id, Metric.name == name
        )
    ):
        raise Invalid(
            said("There is a metric %(name)s already.", name=name), field="name"
        )


def _check_tally(values: Mapping[str, Any]) -> None:
    """Refuse a figure of the desk as a count or a share: it comes as a value that is ready."""
    if values["desk_figure"] and values["tally"] is not Tally.MEASURED:
        raise Invalid(
            said("A figure of the desk is measured; counts and shares are typed in."),
            field="tally",
        )


def _take_role(
    session: Session, improvement: Improvement, metric: Metric, role: MetricRole
) -> None:
    """Check that the role is free for this metric and mark the primary one."""
    others = (
        select(func.count())
        .select_from(Metric)
        .where(
            Metric.improvement_id == improvement.id,
            Metric.role == role,
            Metric.retired_at.is_(None),
            Metric.id != metric.id,
        )
    )
    taken = session.scalar(others) or 0
    if role is MetricRole.PRIMARY and taken:
        raise Invalid(
            said("There is a primary metric already; one is enough."), field="role"
        )
    if role is MetricRole.GUARDRAIL and taken >= GUARDRAILS:
        raise Invalid(
            said(
                "There are %(taken)s guardrails already; up to %(guardrails)s.",
                taken=taken,
                guardrails=GUARDRAILS,
            ),
            field="role",
        )
    if metric.id is None and role is MetricRole.PRIMARY:
        metric.primary_of = improvement.id


def _is_measured(session: Session, metric_id: int) -> bool:
    return (
        session.scalar(
            select(Measurement.id).where(Measurement.metric_id == metric_id).limit(1)
        )
        is not None
    )

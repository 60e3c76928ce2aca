"""What a planned rung will be asked, and whether it can answer."""

from __future__ import annotations

from datetime import date

from app.improvements.gate import plan
from app.improvements.gate.checks import RungCheck
from app.improvements.gate.foresight import (
    Foreseen,
    RungAhead,
    cannot_tell,
    periods_between,
)
from app.improvements.gate.queries import RungScene, Standing, last_accepted
from app.improvements.metrics.queries import Series
from app.improvements.statistics.detection import Power
from app.improvements.statistics.foretelling import foretold
from app.improvements.statistics.series import split_at
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import (
    ImprovementKind,
    IterationState,
    MetricRole,
)


def untold(standing: Standing) -> tuple[str, ...]:
    """Return what the gate will ask and a planned rung cannot show, each in a sentence; nothing
    once it has started.
    """
    iteration, scene = standing.iteration, standing.scene
    if iteration.state is not IterationState.PLANNED:
        return ()
    size = len(scene.people(iteration)) or iteration.planned_size
    series = standing.series
    return cannot_tell(
        RungAhead(
            size=size,
            reached=max(scene.reached(iteration), len(scene.accepted) + size),
            eligible=scene.improvement.eligible,
            metric=_foreseen(scene, series) if series else None,
            unjudged=_unjudged(scene),
            minimum_points=iteration.minimum_points,
            periods=_room(iteration, series) if series else None,
        )
    )


def power_of(standing: Standing) -> Power | None:
    """Tell whether this pilot can tell: planned points against the effect expected; None without
    limits of before.
    """
    series, prediction = standing.series, standing.prediction
    if series is None or prediction is None or prediction.baseline is None:
        return None
    changed = _change(standing.scene, series)
    before, _ = split_at(series.points(changed), changed)
    points = standing.iteration.minimum_points
    return foretold(series.read(changed), before, prediction.expected, points)


def plan_checks(scene: RungScene, iteration: Iteration) -> tuple[RungCheck, ...]:
    """Return the checks of a plan: start where you are, keep it simple, progress iteratively."""
    improvement = scene.improvement
    metrics = [one.metric for one in scene.series]
    primary = scene.primary
    asked = plan.Plan(
        baseline_points=len(primary.before(scene.before_until(primary)))
        if primary
        else 0,
        existing_looked_at=improvement.reuses_tool is not None
        or bool(improvement.existing_tool),
        primary_metrics=sum(metric.role is MetricRole.PRIMARY for metric in metrics),
        guardrails=sum(metric.role is MetricRole.GUARDRAIL for metric in metrics),
        hours=iteration.budget_hours or 0,
        hours_left=hours_left(scene, iteration),
        size=len(scene.people(iteration)),
        last_accepted=last_accepted(scene, iteration),
        undo_capacity=improvement.undo_capacity,
        reasons=(
            ("start", iteration.start_reason),
            ("simple", iteration.simple_reason),
            ("iterative", iteration.size_reason),
        ),
        is_role=improvement.kind is ImprovementKind.ROLE,
        light=scene.light(iteration),
        risk_level=iteration.risk_level,
        cost_level=iteration.cost_level,
    )
    return plan.checks(asked)


def hours_left(scene: RungScene, but: Iteration) -> float | None:
    """Return the hours of the two people that other iterations leave, None without a budget."""
    if scene.improvement.budget_hours is None:
        return None
    used = (
        one.spent_hours or one.budget_hours or 0
        for one in scene.iterations
        if one.id != but.id
    )
    return scene.improvement.budget_hours - sum(used)


def _foreseen(scene: RungScene, series: Series) -> Foreseen:
    metric, reading = series.metric, series.read(_change(scene, series))
    other = next(
        (
            one.metric.name
            for one in scene.series
            if one.metric.scope is not metric.scope
            and one.metric.role is not MetricRole.GUARDRAIL
        ),
        "",
    )
    return Foreseen(
        metric.name,
        metric.scope,
        len(reading.before),
        reading.enough,
        metric.full_count,
        other,
    )


def _unjudged(scene: RungScene) -> tuple[str, ...]:
    return tuple(
        one.metric.name
        for one in scene.series
        if one.metric.role is MetricRole.GUARDRAIL
        and one.metric.target is None
        and not one.read(_change(scene, one)).enough
    )


def _change(scene: RungScene, series: Series) -> date:
    return scene.before_until(series) or date.max


def _room(iteration: Iteration, series: Series) -> int | None:
    if iteration.starts_on is None or iteration.ends_on is None:
        return None
    return periods_between(iteration.starts_on, iteration.ends_on, series.metric.period)

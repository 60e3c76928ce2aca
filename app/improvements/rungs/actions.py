"""Plan a rung, look at it, take the undo through its paces, check in, carry over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import cleaned, demand
from app.core.errors import Invalid, Refused
from app.core.said import Grouped, said
from app.improvements.events import NotedChange, locked, locked_iteration, tell
from app.improvements.gate.queries import Standing, standing_of
from app.improvements.history.actions import onto_now, spoken
from app.improvements.people.rules import SWITCHED
from app.improvements.rungs.rules import IterationFacts, objections
from app.improvements.rungs.snapshot import Closed, Draft, carry_over
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import (
    CheckIn,
    Decision,
    Iteration,
    Participation,
)
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    IMPROVEMENT_ENDED,
    IterationState,
    ParticipationState,
)

PLAN = (
    "what_changes",
    "planned_size",
    "starts_on",
    "ends_on",
    "verdict_not_before",
    "minimum_points",
    "observe_days",
    "size_reason",
    "start_reason",
    "simple_reason",
    "budget_hours",
    "risk_level",
    "cost_level",
    "metric_id",
    "expected",
    "confidence",
    "prediction_note",
)
"""What is planned; all of it is locked when the iteration starts, the prediction above all."""

MEASURED = (
    "spent_hours",
    "pulse",
    "pulse_floor",
    "incidents_quiet",
    "incidents_note",
    "support_change",
)
"""What is written down while an iteration runs and is looked at."""

RANGES: Mapping[str, tuple[float, float]] = {
    "planned_size": (1, 1_000_000),
    "minimum_points": (1, 1000),
    "observe_days": (0, 365),
    "budget_hours": (0, 100_000),
    "confidence": (1, 99),
    "spent_hours": (0, 100_000),
    "pulse": (0, 1),
    "pulse_floor": (0, 1),
    "support_change": (-200, 200),
}
QUESTIONS = ("target", "actual", "obstacle", "next_step", "learned")
"""The five questions of the Toyota kata, by the column that keeps the answer."""


def plan_iteration(
    act: Acting,
    improvement_id: int,
    values: Mapping[str, Any] | None = None,
) -> Iteration:
    """Plan the next rung of an improvement.

    Raises ``Invalid`` naming the field that cannot be used.
    """
    improvement = locked(act.session, improvement_id)
    if improvement.state in IMPROVEMENT_ENDED:
        raise Refused(
            said(
                "“%(title)s” is %(state)s; take it up again first.",
                title=improvement.title,
                state=improvement.state,
            )
        )
    found = _checked(act.session, improvement, values or {}, PLAN)
    last = (
        act.session.scalar(
            select(func.max(Iteration.number)).where(
                Iteration.improvement_id == improvement_id
            )
        )
        or 0
    )
    iteration = Iteration(
        improvement_id=improvement_id,
        number=last + 1,
        state=IterationState.PLANNED,
        created_at=act.now,
        created_by=act.by,
        **found,
    )
    change = NotedChange()
    change.add(act.session, iteration)
    tell(
        act,
        improvement,
        "iteration.plan",
        f"Planned rung {iteration.number}",
        change,
    )
    return iteration


def change_iteration(
    act: Acting,
    iteration_id: int,
    values: Mapping[str, Any],
    *,
    revision: int | None = None,
) -> Iteration:
    """Change the plan of an iteration before it starts, or write down what it showed until it is
    closed.

    Raises ``Refused`` for what is locked, ``Overtaken`` where somebody else saved the same field
    meanwhile.
    """
    improvement, iteration = locked_iteration(act.session, iteration_id)
    wanted = onto_now(
        act.session,
        iteration,
        _checked(act.session, improvement, values, (*PLAN, *MEASURED)),
        revision,
    )
    differing = {
        name: value
        for name, value in wanted.items()
        if getattr(iteration, name) != value
    }
    _demand_unlocked(iteration, differing)
    change = NotedChange()
    if change.put(iteration, differing):
        change.put(iteration, {"revision": iteration.revision + 1})
        names = ", ".join(spoken(name) for name in differing)
        sentence = f"Rung {iteration.number}: changed {names}"
        tell(act, improvement, "iteration.change", sentence, change)
    return iteration


def review(act: Acting, iteration_id: int) -> Iteration:
    """Look at a running iteration: its gate decides what may follow."""
    return _move(act, iteration_id, IterationState.REVIEWING, "Reviews")


def resume(act: Acting, iteration_id: int, reason: str) -> Iteration:
    """Let an iteration run on, because the look came too early. Needs a reason."""
    return _move(act, iteration_id, IterationState.RUNNING, "Goes on with", reason)


def rehearse_undo(act: Acting, iteration_id: int, seconds: int) -> Iteration:
    """Note that the undo was tried with one person and how long it took, in seconds."""
    improvement, iteration = locked_iteration(act.session, iteration_id)
    if iteration.state not in (IterationState.RUNNING, IterationState.REVIEWING):
        raise Refused(
            said(
                "Rung %(number)s is %(state)s; the undo is rehearsed while it runs.",
                number=iteration.number,
                state=iteration.state,
            )
        )
    if seconds < 0:
        raise Invalid(said("Undo takes no less than no time."), field="seconds")
    change = NotedChange()
    change.put(
        iteration,
        {
            "undo_rehearsed_at": act.now,
            "undo_rehearsed_by": act.by,
            "undo_seconds": seconds,
        },
    )
    sentence = f"Rehearsed the undo of rung {iteration.number}"
    tell(act, improvement, "iteration.rehearse-undo", sentence, change)
    return iteration


def check_in(act: Acting, iteration_id: int, answers: Mapping[str, str]) -> CheckIn:
    """Answer the five questions of the kata.

    Raises ``Invalid`` naming the first that has no answer.
    """
    improvement, iteration = locked_iteration(act.session, iteration_id)
    found = cleaned(CheckIn, answers, QUESTIONS)
    missing = next((name for name in QUESTIONS if not found.get(name)), None)
    if missing:
        raise Invalid(
            said("Answer all five questions; “nothing” is an answer."), field=missing
        )
    change = NotedChange()
    made = change.add(
        act.session,
        CheckIn(
            iteration_id=iteration_id, created_at=act.now, created_by=act.by, **found
        ),
    )
    sentence = f"Checked in on rung {iteration.number}"
    tell(act, improvement, "iteration.check-in", sentence, change)
    return made


def carry(act: Acting, iteration_id: int) -> Iteration:
    """Plan the next rung from a decided one: what carries over is copied, the prediction has to be
    made anew.
    """
    improvement, iteration = locked_iteration(act.session, iteration_id)
    decision = act.session.scalar(
        select(Decision).where(Decision.iteration_id == iteration_id)
    )
    if decision is None:
        raise Refused(
            said(
                "Rung %(number)s is %(state)s; decide it first.",
                number=iteration.number,
                state=iteration.state,
            )
        )
    standing = standing_of(act.session, improvement, iteration, act.now.date())
    draft = carry_over(_closed(standing, decision))
    values = _carried(iteration, decision, draft, act.now.date())
    made = plan_iteration(act, improvement.id, values)
    change = NotedChange()
    change.put(made, {"carried_from_id": iteration.id})
    for one in standing.scene.people(iteration):
        if one.id in draft.people:
            change.add(act.session, _copied(one, made.id, act.by, act.now))
    sentence = f"Carried over from rung {iteration.number} to {made.number}"
    tell(act, improvement, "iteration.carry", sentence, change)
    return made


def _move(
    act: Acting,
    iteration_id: int,
    to: IterationState,
    verb: str,
    reason: str = "",
) -> Iteration:
    improvement, iteration = locked_iteration(act.session, iteration_id)
    if iteration.state is IterationState.PLANNED:
        raise Refused(
            said(
                "Rung %(number)s is planned; start it first.",
                number=iteration.number,
            )
        )
    demand(objections(IterationFacts(iteration.state), to, reason))
    change = NotedChange()
    change.put(iteration, {"state": to, "revision": iteration.revision + 1})
    sentence = f"{verb} rung {iteration.number}"
    tell(act, improvement, "iteration.move", sentence, change, reason=reason)
    return iteration


def _checked(
    session: Session,
    improvement: Improvement,
    values: Mapping[str, Any],
    allowed: tuple[str, ...],
) -> dict[str, Any]:
    found = cleaned(Iteration, values, allowed)
    for name, (least, most) in RANGES.items():
        value = found.get(name)
        if value is not None and not least <= value <= most:
            raise Invalid(
                said(
                    "%(capitalize)s goes from %(least)s to %(most)s.",
                    capitalize=spoken(name).capitalize(),
                    least=Grouped(least),
                    most=Grouped(most),
                ),
                field=name,
            )
    if found.get("metric_id") is not None:
        metric = session.get(Metric, found["metric_id"])
        if (
            metric is None
            or metric.improvement_id != improvement.id
            or metric.retired_at is not None
        ):
            raise Invalid(
                said("Choose one of the metrics of this improvement."),
                field="metric_id",
            )
    return found


def _demand_unlocked(iteration: Iteration, wanted: Mapping[str, Any]) -> None:
    if iteration.state in (IterationState.DECIDED, IterationState.ABORTED) and wanted:
        raise Refused(
            said(
                "Rung %(number)s is closed; corrections are added to it as "
                "findings or values.",
                number=iteration.number,
            )
        )
    locked_now = [name for name in wanted if name in PLAN]
    if iteration.state is not IterationState.PLANNED and locked_now:
        raise Refused(
            said(
                "Rung %(number)s has started; %(value)s is locked.",
                number=iteration.number,
                value=spoken(locked_now[0]),
            ),
            field=locked_now[0],
        )


def _closed(standing: Standing, decision: Decision) -> Closed:
    scene, iteration = standing.scene, standing.iteration
    kept = [
        one
        for one in scene.people(iteration)
        if one.state is not ParticipationState.UNDONE
    ]
    return Closed(
        decision=decision.kind,
        what_changes=iteration.what_changes,
        days=_days(iteration),
        hours=iteration.budget_hours or 0,
        minimum_points=iteration.minimum_points,
        people=tuple(one.id for one in kept),
        open_findings=tuple(one.id for one in scene.findings if one.settled_at is None),
    )


def _days(iteration: Iteration) -> int:
    return (
        (iteration.ends_on - iteration.starts_on).days
        if iteration.ends_on and iteration.starts_on
        else 0
    )


def _carried(
    iteration: Iteration, decision: Decision, draft: Draft, today: date
) -> dict[str, Any]:
    copied = ("observe_days", "risk_level", "cost_level", "metric_id")
    return {
        **{name: getattr(iteration, name) for name in copied},
        "what_changes": draft.what_changes,
        "planned_size": decision.next_size or max(1, len(draft.people)),
        "minimum_points": draft.minimum_points,
        "budget_hours": draft.hours or None,
        "starts_on": today,
        "ends_on": today + timedelta(days=draft.days) if draft.days else None,
    }


def _copied(
    one: Participation, iteration_id: int, by: str, now: datetime
) -> Participation:
    """Take a person along: whoever is switched stays switched, whoever was only asked is asked
    again.
    """
    moved = one.state in (*SWITCHED, ParticipationState.ACCEPTED)
    return Participation(
        iteration_id=iteration_id,
        person_id=one.person_id,
        site_id=one.site_id,
        name=one.name,
        technique=one.technique,
        state=ParticipationState.OBSERVING if moved else ParticipationState.INVITED,
        prepared_at=one.prepared_at if moved else None,
        switched_at=one.switched_at if moved else None,
        observing_at=now if moved else None,
        created_at=now,
        created_by=by,
    )

"""Begin a small rung in one go, from an idea on; plan the next one as the ladder offers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid
from app.core.figures import listed
from app.core.said import said, spoken
from app.improvements.climb.queries import (
    decision_of,
    open_rung,
    planned_rung,
    template_of,
)
from app.improvements.climb.rules import offered
from app.improvements.events import locked
from app.improvements.people.actions import invite
from app.improvements.register.actions import change_improvement, move, set_next_step
from app.improvements.register.queries import next_step_of
from app.improvements.register.rules import WIP_LIMIT
from app.improvements.rungs.actions import carry, change_iteration, plan_iteration
from app.improvements.rungs.starting import start
from app.improvements.tasks.rules import STEP_WITHIN, step_objections
from app.improvements.templates.actions import add_template_tasks
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import DecisionKind, ImprovementState

USUAL_WINDOW = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Begin:
    """What begins a small rung: who tries it, and the plan by its fields, above all what changes
    and the last day. ``owner`` is who begins it unless named; ``step`` what happens next; ``room``
    why there is room for one more in progress; ``desk`` whether the service desk is involved, None
    while nobody asked.
    """

    names: Sequence[str]
    plan: Mapping[str, Any]
    owner: str = ""
    step: str = ""
    room: str = ""
    wip_limit: int = WIP_LIMIT
    desk: bool | None = None


def begin(act: Acting, improvement_id: int, wanted: Begin) -> Iteration:
    """Begin a rung: its plan, its people and its start, with owner, next step and state of the
    improvement where they are missing.

    Raises ``Refused`` with every reason against it, ``Invalid`` naming the field.
    """
    improvement = locked(act.session, improvement_id)
    _demand_sound(act, wanted)
    _own(act, improvement, wanted)
    _step(act, improvement, wanted)
    _take_up(act, improvement, wanted)
    iteration = _planned(act, improvement, wanted)
    names = [one for one in wanted.names if one.strip()]
    if names:
        invite(act, iteration.id, names)
    return start(act, iteration.id)


def _demand_sound(act: Acting, wanted: Begin) -> None:
    """Raise ``Invalid`` for a last day that is over, and for half a prediction."""
    ends, today = wanted.plan.get("ends_on"), act.now.date()
    if ends is not None and ends <= today:
        told = said("The last day comes after today.")
        raise Invalid(told, field="ends_on")
    told = said("Predict: which metric, which value, how sure.")
    half = [
        name for name in ("expected", "confidence") if wanted.plan.get(name) is None
    ]
    if len(half) == 1:
        raise Invalid(told, field=half[0])
    if not half and wanted.plan.get("metric_id") is None:
        raise Invalid(told, field="metric_id")


def _planned(act: Acting, improvement: Improvement, wanted: Begin) -> Iteration:
    """Return the rung that was planned, with this plan, or a new one."""
    today = act.now.date()
    plan = {**wanted.plan, "starts_on": today}
    plan["ends_on"] = plan.get("ends_on") or today + USUAL_WINDOW
    found = planned_rung(act.session, improvement.id)
    if found is None or open_rung(act.session, improvement.id) is not None:
        return plan_iteration(act, improvement.id, plan)
    return change_iteration(act, found.id, plan)


def _own(act: Acting, improvement: Improvement, wanted: Begin) -> None:
    told: dict[str, Any] = {
        "owner": wanted.owner.strip() or improvement.owner or act.by,
        "desk_involved": improvement.desk_involved
        if wanted.desk is None
        else wanted.desk,
    }
    if any(getattr(improvement, name) != value for name, value in told.items()):
        change_improvement(act, improvement.id, told)


def _step(act: Acting, improvement: Improvement, wanted: Begin) -> None:
    """Set the next step where none stands: what was said, the one that lapsed with a new day, or to
    see how it goes.
    """
    today, step = act.now.date(), next_step_of(improvement)
    stands = step is not None and not step_objections(step, today)
    if stands and not wanted.step.strip():
        return
    names = listed([name.strip() for name in wanted.names if name.strip()])
    told = said("See how it goes for %(names)s", names=names)
    plain = step.what if step else said("See how it goes")
    ends = wanted.plan.get("ends_on") or today + USUAL_WINDOW
    set_next_step(
        act,
        improvement.id,
        wanted.step.strip() or spoken(plain if step or not names else told),
        improvement.owner,
        min(ends, today + STEP_WITHIN),
    )


def _take_up(act: Acting, improvement: Improvement, wanted: Begin) -> None:
    """Move the improvement on until it is in progress."""
    if improvement.state is ImprovementState.RAISED:
        move(act, improvement.id, ImprovementState.ACCEPTED)
    if improvement.state is not ImprovementState.IN_PROGRESS:
        move(
            act,
            improvement.id,
            ImprovementState.IN_PROGRESS,
            reason=wanted.room,
            wip_limit=wanted.wip_limit,
        )


def next_rung(act: Acting, iteration_id: int) -> Iteration:
    """Plan the rung that follows a decided one: what carries over is copied, and where more people
    follow, the template's next rung says how many, what changes and what is to be done.

    Raises ``Refused`` before the decision.
    """
    made = carry(act, iteration_id)
    decided = decision_of(act.session, iteration_id)
    climbed = one(act.session, Iteration, iteration_id)
    if decided is None or decided.kind is not DecisionKind.SCALE:
        return made
    template = template_of(act.session, made.improvement_id)
    if template is None:
        return made
    advice = decided.next_size or 1
    step = offered(template.ladder, climbed.planned_size, advice)
    if step is None:
        return made
    number = made.improvement_id
    add_template_tasks(act, number, template, step.number, made.id)
    plan = {"what_changes": step.what, "planned_size": step.people}
    return change_iteration(act, made.id, plan)

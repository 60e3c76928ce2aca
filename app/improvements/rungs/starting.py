"""Start a rung: its plan and its prediction are locked, and the day is named from which the change
holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.core.acting import Acting
from app.core.changes import demand
from app.core.errors import Invalid
from app.core.figures import day as day_text
from app.improvements.events import NotedChange, locked_iteration, tell
from app.improvements.gate.queries import RungScene, baseline_of, standing_of
from app.improvements.rungs.queries import iteration_facts
from app.improvements.rungs.rules import Begun, day_objection, objections
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import IterationState


@dataclass(frozen=True, slots=True)
class ChangeDay:
    """The day from which a change holds; one in the past says ``why`` it is noted only now."""

    day: date | None = None
    why: str = ""


def start(
    act: Acting,
    iteration_id: int,
    since: ChangeDay | None = None,
    *,
    planned_elsewhere: bool = False,
) -> Iteration:
    """Start an iteration; its plan and prediction are locked, and its change holds from today or
    the day named. ``planned_elsewhere``: an approved plan says what happens to whom.

    Raises ``Refused`` with every reason against it, ``Invalid`` for a day that cannot be.
    """
    improvement, iteration = locked_iteration(act.session, iteration_id)
    standing = standing_of(act.session, improvement, iteration, act.now.date())
    since = since or ChangeDay()
    day, why = since.day or act.now.date(), since.why.strip()
    facts, series = iteration_facts(standing), standing.series
    facts = replace(facts, planned_elsewhere=planned_elsewhere)
    if facts.prediction and series:
        usual = baseline_of(standing.scene, series, day)
        facts = replace(facts, prediction=replace(facts.prediction, baseline=usual))
    demand(objections(facts, IterationState.RUNNING))
    _demand_day(standing.scene, iteration, day, why, act.now.date())
    values = {
        "state": IterationState.RUNNING,
        "open_of": improvement.id,
        "started_at": act.now,
        "started_by": act.by,
        "changed_on": day,
        "changed_why": why if day < act.now.date() else "",
        "baseline": facts.prediction.baseline if facts.prediction else None,
        "revision": iteration.revision + 1,
    }
    change = NotedChange()
    change.put(iteration, values)
    sentence = f"Started rung {iteration.number}"
    if day != act.now.date():
        sentence += f", its change holds from {day_text(day)} on"
    tell(act, improvement, "iteration.start", sentence, change, reason=why)
    return iteration


def _demand_day(
    scene: RungScene, iteration: Iteration, day: date, why: str, today: date
) -> None:
    """Raise ``Invalid`` naming the field when the change cannot hold from this day on."""
    begun = [
        Begun(one.number, one.changed_on) for one in scene.iterations if one.changed_on
    ]
    problem = day_objection(day, today, iteration.ends_on, begun, why)
    if problem:
        field = "why" if day < today and not why else "day"
        raise Invalid(problem, field=field)

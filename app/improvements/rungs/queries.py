"""An iteration, and what is known of it when somebody wants to move it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.changes import one
from app.improvements.gate import plan
from app.improvements.gate.ahead import plan_checks
from app.improvements.gate.queries import (
    RungScene,
    Standing,
    last_accepted,
)
from app.improvements.rules import rung_named
from app.improvements.rungs.rules import IterationFacts
from app.improvements.statistics.ladder import size_advice
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import ImprovementState


def iteration_facts(standing: Standing) -> IterationFacts:
    """Return what is known of an iteration when somebody wants to start it."""
    scene, iteration = standing.scene, standing.iteration
    improvement, people = scene.improvement, scene.people(iteration)
    running = next(
        (one for one in scene.iterations if one.open_of and one.id != iteration.id),
        None,
    )
    failed = [check for check in plan_checks(scene, iteration) if not check.ok]
    asked = [check.sentence for check in failed if check.key != "iterative"]
    known = plan.SaidSoFar(
        improvement.eligible,
        iteration.risk_level,
        iteration.cost_level,
        improvement.desk_involved is not None,
    )
    light = scene.light(iteration)
    return IterationFacts(
        state=iteration.state,
        what_changes=iteration.what_changes,
        participants=len(people),
        planned_size=iteration.planned_size,
        prediction=standing.prediction,
        starts=iteration.starts_on,
        ends=iteration.ends_on,
        hours=iteration.budget_hours,
        last_accepted=last_accepted(scene, iteration),
        undo_capacity=improvement.undo_capacity,
        size_reason=iteration.size_reason,
        improvement_in_progress=improvement.state is ImprovementState.IN_PROGRESS,
        other_running=rung_named(running.id, running.number) if running else "",
        plan_objections=(*asked, *(() if light else plan.unsaid(known))),
    )


def size_advised(scene: RungScene, row: Iteration | None = None) -> int:
    """Return how many people a rung should have, the next one of an improvement unless named."""
    one = scene.improvement
    following = row or Iteration(
        id=0, number=len(scene.iterations) + 1, improvement_id=one.id
    )
    return size_advice(last_accepted(scene, following), one.undo_capacity, one.eligible)


def get_iteration(session: Session, iteration_id: int) -> Iteration:
    """Return an iteration. Raises ``NotFound``."""
    found = one(session, Iteration, iteration_id)
    return found

"""Three checks of every plan: start where you are, keep it simple, progress iteratively (after ITIL
4).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.figures import counted, figure
from app.improvements.rules.improvement import GUARDRAILS
from app.improvements.rules.rung import RungCheck, size_objection


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a plan before it starts.

    ``existing_looked_at`` is True once somebody said which existing tool or way is used, or that
    none fits; ``hours`` are planned for the two people, ``hours_left`` is what they have.
    ``reasons`` answer a check by its key.
    """

    baseline_points: int
    existing_looked_at: bool
    primary_metrics: int
    guardrails: int
    hours: float
    hours_left: float | None
    size: int
    last_accepted: int
    undo_capacity: int | None = None
    reasons: tuple[tuple[str, str], ...] = ()
    is_role: bool = False


def checks(plan: Plan) -> tuple[RungCheck, ...]:
    """Return the three checks with what they found; a written reason stands in for what is
    missing.
    """
    found = {"start": _start(plan), "simple": _simple(plan), "iterative": _iterative(plan)}
    return tuple(
        _check(key, missing, dict(plan.reasons).get(key, "").strip())
        for key, missing in found.items()
    )


NAMES = {
    "start": "Start where you are",
    "simple": "Keep it simple",
    "iterative": "Progress iteratively",
}


def _check(key: str, missing: list[str], reason: str) -> RungCheck:
    if not missing:
        return RungCheck(key, True, f"{NAMES[key]}: yes.")
    if reason:
        return RungCheck(key, True, f"{NAMES[key]}: no, because: {reason}")
    return RungCheck(key, False, f"{NAMES[key]}: {' '.join(missing)}")


def _start(plan: Plan) -> list[str]:
    found = []
    if not plan.baseline_points and not plan.is_role:
        found.append("Measure how it is today.")
    if not plan.existing_looked_at:
        found.append("Say which tool in use could do it, or that none can.")
    return found


def _simple(plan: Plan) -> list[str]:
    found = []
    if plan.primary_metrics != 1 and not plan.is_role:
        found.append(f"{counted(plan.primary_metrics, 'primary metric')}; one is enough.")
    if plan.guardrails > GUARDRAILS:
        found.append(f"{counted(plan.guardrails, 'guardrail')}; up to {GUARDRAILS}.")
    if plan.hours_left is not None and plan.hours > plan.hours_left:
        found.append(f"{figure(plan.hours)} hours planned, {figure(plan.hours_left)} left.")
    return found


def _iterative(plan: Plan) -> list[str]:
    return list(size_objection(plan.size, plan.last_accepted, plan.undo_capacity))

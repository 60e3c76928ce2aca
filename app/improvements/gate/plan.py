"""The lines of a plan before a rung starts: three checks, and what a larger rung has to say."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.figures import figure
from app.core.said import asking, joined, nsaid, said
from app.improvements.gate.checks import RungCheck, size_objection
from app.improvements.metrics.rules import GUARDRAILS
from app.models.improvements.words import Level


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a plan before it starts.

    ``existing_looked_at`` is True once somebody said which existing tool or way is used, or that
    none fits; ``hours`` are planned for the two people, ``hours_left`` is what they have.
    ``reasons`` answer a check by its key; a ``light`` plan is asked for no numbers yet.
    ``risk_level`` and ``cost_level`` are as somebody stated them, None while nobody did.
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
    light: bool = False
    risk_level: Level | None = None
    cost_level: Level | None = None


def checks(plan: Plan) -> tuple[RungCheck, ...]:
    """Return the three checks with what they found; a written reason stands in for what is
    missing.
    """
    found = {
        "start": _start(plan),
        "simple": _simple(plan),
        "iterative": _iterative(plan),
    }
    return tuple(
        _later(key)
        if missing and plan.light and key == "start"
        else _check(key, missing, dict(plan.reasons).get(key, "").strip())
        for key, missing in found.items()
    )


def _later(key: str) -> RungCheck:
    told = said("%(value)s: asked from 6 people on.", value=NAMES[key])
    return RungCheck(key, True, told)


NAMES = {
    "start": said("Start where you are"),
    "simple": said("Keep it simple"),
    "iterative": said("Progress iteratively"),
}


def _check(key: str, missing: list[str], reason: str) -> RungCheck:
    if not missing:
        return RungCheck(key, True, said("%(value)s: yes.", value=NAMES[key]))
    if reason:
        return RungCheck(
            key,
            True,
            said("%(value)s: no, because: %(reason)s", value=NAMES[key], reason=reason),
        )
    told = joined([NAMES[key] + ":", *missing], " ")
    return RungCheck(key, False, asking(getattr(missing[0], "field", ""), told))


def _start(plan: Plan) -> list[str]:
    found = []
    if not plan.baseline_points and not plan.is_role:
        found.append(asking("number", said("Measure how it is today.")))
    if not plan.existing_looked_at:
        tool = said("Say which tool in use could do it, or that none can.")
        found.append(asking("existing_tool", tool))
    return found


def _simple(plan: Plan) -> list[str]:
    found = []
    fewest = 0 if plan.light else 1
    if not fewest <= plan.primary_metrics <= 1 and not plan.is_role:
        told = nsaid(
            "%(number)s primary metric",
            "%(number)s primary metrics",
            plan.primary_metrics,
        )
        enough = said("%(metrics)s; one is enough.", metrics=told)
        found.append(asking("number", enough))
    if plan.guardrails > GUARDRAILS:
        told = nsaid("%(number)s guardrail", "%(number)s guardrails", plan.guardrails)
        many = said(
            "%(guardrails)s; up to %(guardrails_2)s.",
            guardrails=told,
            guardrails_2=GUARDRAILS,
        )
        found.append(asking("guardrails", many))
    if plan.hours_left is not None and plan.hours > plan.hours_left:
        left = said(
            "%(hours)s hours planned, %(hours_left)s left.",
            hours=figure(plan.hours),
            hours_left=figure(plan.hours_left),
        )
        found.append(asking("budget_hours", left))
    if Level.HIGH in (plan.risk_level, plan.cost_level):
        high = said(
            "Its risk or its cost is high; take a smaller step, or say why it is not simpler."
        )
        found.append(asking("simple_reason", high))
    return found


def _iterative(plan: Plan) -> list[str]:
    return list(size_objection(plan.size, plan.last_accepted, plan.undo_capacity))


@dataclass(frozen=True, slots=True)
class SaidSoFar:
    """What a rung of more than a few people has to say: for how many it is in the end, how risky
    and how costly it is, whether the service desk is involved.
    """

    eligible: int | None = None
    risk_level: str | None = None
    cost_level: str | None = None
    desk_asked: bool = False


def unsaid(known: SaidSoFar) -> tuple[str, ...]:
    """Return a sentence for each thing that was not said yet, with the field that takes it."""
    desk = said("Answer whether the service desk is involved; no is an answer.")
    people_told = said("Say how many people it is for in the end.")
    risk = said("Say how risky this rung is: low, medium or high.")
    cost = said("Say how costly this rung is: low, medium or high.")
    wanted = (
        ("desk_involved", known.desk_asked, desk),
        ("eligible", known.eligible, people_told),
        ("risk_level", known.risk_level, risk),
        ("cost_level", known.cost_level, cost),
    )
    return tuple(asking(field, line) for field, told, line in wanted if not told)

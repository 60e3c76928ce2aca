"""Iterations on the command line: plan, start, review, decide, abort."""

from __future__ import annotations

from datetime import date
from typing import Any

import click
from sqlalchemy.orm import Session

from app.auth.console import actor
from app.core.errors import NotFound
from app.core.parts import parts
from app.core.plain import fields
from app.core.terminal import emit, group
from app.improvements.actions import deciding, iterations
from app.improvements.actions.participants import invite
from app.improvements.commands.options import DAY, IMPROVEMENT, ITERATION, REASON, one_of
from app.improvements.queries.judging import power_of, standing_of
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import DecisionKind, Level

LEVEL = one_of(Level)


@group("iteration")
def iteration() -> None:
    """Iterations: rungs with named people, a prediction, a gate and a decision."""


@iteration.command("plan")
@IMPROVEMENT
@click.option("--what", "what_changes", default="", help="What changes.")
@click.option("--person", "people", multiple=True, help="Who takes part; repeat.")
@click.option(
    "--metric",
    "metric_id",
    type=click.IntRange(1),
    help="The metric that is predicted, by its number M.",
)
@click.option("--expected", type=float, help="The value expected.")
@click.option("--confidence", type=click.IntRange(1, 99), help="How sure, in per cent.")
@click.option("--starts", "starts_on", type=DAY, help="The first day.")
@click.option("--ends", "ends_on", type=DAY, help="The last day.")
@click.option(
    "--points",
    "minimum_points",
    type=click.IntRange(1),
    help="Values needed for a verdict; 8 unless said.",
)
@click.option("--hours", "budget_hours", type=float, help="Hours of the two people.")
@click.option("--risk", "risk_level", type=LEVEL, help="How risky it is.")
@click.option("--cost", "cost_level", type=LEVEL, help="How costly it is.")
@click.option("--size-reason", help="Why more people than five times the last rung.")
def plan(improvement_id: int, people: tuple[str, ...], **given: Any) -> None:
    """Plan the next iteration of improvement N. What is missing can be added in the browser."""
    by, now = actor(), parts().now()
    values = {name: value for name, value in given.items() if value is not None}
    with parts().acting(by) as act:
        made = iterations.plan_iteration(act, improvement_id, values)
        if people:
            invite(act, made.id, people)
        data = _told(act.session, made.id, now.date())
    lines = [f"Planned iteration {made.number} (I {made.id})."]
    emit(data, [*lines, data["can_tell"]] if data["can_tell"] else lines)


@iteration.command("show")
@ITERATION
def show(iteration_id: int) -> None:
    """Show iteration I: its people, its verdict so far, and its gate."""
    with parts().database.read() as session:
        data = _told(session, iteration_id, parts().now().date())
    emit(data, _lines(data))


@iteration.command("start")
@ITERATION
def start(iteration_id: int) -> None:
    """Start iteration I; its prediction is locked. What stands in the way is told."""
    by = actor()
    with parts().acting(by) as act:
        one = iterations.start(act, iteration_id)
    emit(
        fields(one),
        f"Iteration {one.number} runs; predicted is {one.expected}, {one.confidence} % sure.",
    )


@iteration.command("review")
@ITERATION
def review(iteration_id: int) -> None:
    """Look at iteration I; its gate says what may follow."""
    by, now = actor(), parts().now()
    with parts().acting(by) as act:
        iterations.review(act, iteration_id)
        act.session.flush()
        data = _told(act.session, iteration_id, now.date())
    emit(data, _lines(data))


@iteration.command("decide")
@ITERATION
@click.argument("decision", type=one_of(DecisionKind))
@REASON
def decide(iteration_id: int, decision: str, reason: str) -> None:
    """Decide iteration I once and for good.

    A closed gate refuses; with a reason it is overridden and printed.
    """
    by = actor()
    with parts().acting(by) as act:
        made = deciding.decide(act, iteration_id, DecisionKind(decision), reason)
        data = fields(made)
    lines = [f"Decided: {decision}."] + [f"Overridden: {line}" for line in made.overrides]
    emit(data, lines)


@iteration.command("abort")
@ITERATION
@click.option("--reason", required=True, help="Why it is ended without a decision.")
def abort(iteration_id: int, reason: str) -> None:
    """End iteration I without a decision."""
    by = actor()
    with parts().acting(by) as act:
        one = deciding.abort(act, iteration_id, reason)
    emit(fields(one), f"Iteration {one.number} is aborted.")


def _told(session: Session, iteration_id: int, today: date) -> dict[str, Any]:
    one = session.get(Iteration, iteration_id)
    if one is None:
        raise NotFound(f"There is no iteration {iteration_id}.")
    improvement = session.get_one(Improvement, one.improvement_id)
    standing = standing_of(session, improvement, one, today)
    judged, gate, power = standing.judged, standing.gate, power_of(standing)
    return {
        **fields(one),
        "people": [{"name": each.name, "state": each.state} for each in standing.scene.people(one)],
        "verdict": {"verdict": judged.judgement.verdict, "reasons": judged.judgement.reasons}
        if judged
        else None,
        "gate": [{"ok": check.ok, "says": check.sentence} for check in gate.checks],
        "advice": gate.label,
        "can_tell": power.sentence if power else "",
    }


def _lines(data: dict[str, Any]) -> list[str]:
    lines = [
        f"Iteration {data['number']} (I {data['id']}), {data['state']}: {data['what_changes']}"
    ]
    lines += [f"  {each['name']}: {each['state']}" for each in data["people"]]
    if data["verdict"]:
        lines.append(
            f"Verdict: {data['verdict']['verdict']}. {' '.join(data['verdict']['reasons'])}"
        )
    lines += [f"[{'x' if check['ok'] else ' '}] {check['says']}" for check in data["gate"]]
    return [*lines, data["advice"]]

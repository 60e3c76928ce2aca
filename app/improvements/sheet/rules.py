"""The step of the ITIL 4 continual improvement model an improvement has reached: derived from what
is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.said import said


@dataclass(frozen=True, slots=True)
class ItilFacts:
    """What is there of an improvement; counts unless said otherwise.

    ``going`` tells of a rung on its way, ``goes_on`` that the latest one was decided so that
    another follows.
    """

    vision: str = ""
    objective: str = ""
    baseline_points: int = 0
    target: float | None = None
    planned: int = 0
    started: int = 0
    going: bool = False
    goes_on: bool = False
    judged: int = 0
    adopted: bool = False
    control_metric: bool = False
    stopped_with_learning: bool = False


@dataclass(frozen=True, slots=True)
class ItilStep:
    """One of the seven steps; ``guidance`` says what would complete it."""

    number: int
    question: str
    done: bool
    guidance: str


def steps(facts: ItilFacts) -> tuple[ItilStep, ...]:
    """Return the seven steps in order, each done or not."""
    kept = (facts.adopted and facts.control_metric) or facts.stopped_with_learning
    rows = (
        (
            said("What is the vision?"),
            bool(facts.vision and facts.objective),
            said(
                "Say what will be better and for whom, and which objective of "
                "the business it serves."
            ),
        ),
        (
            said("Where are we now?"),
            facts.baseline_points > 0,
            said("Measure today, even once; opinions differ, numbers less."),
        ),
        (
            said("Where do we want to be?"),
            facts.target is not None,
            said("Set a target on the one metric that matters most."),
        ),
        (
            said("How do we get there?"),
            facts.planned > 0 and not facts.goes_on,
            said("Begin the next rung: more people, or the same with a change.")
            if facts.goes_on
            else said("Plan the smallest rung: one person, one change."),
        ),
        (
            said("Take action"),
            facts.started > 0 and not facts.going,
            said("See the rung through, then decide.")
            if facts.going
            else said("Start the first rung."),
        ),
        (
            said("Did we get there?"),
            facts.judged > 0,
            said("Compare what came with what you predicted, and decide."),
        ),
        (
            said("How do we keep the momentum?"),
            kept,
            said("Adopt it and watch one metric, or stop and say what you learned."),
        ),
    )
    return tuple(ItilStep(number, *row) for number, row in enumerate(rows, start=1))


def current(facts: ItilFacts) -> ItilStep:
    """Return the first step that is not done, or the last one when all are. After a rung that leads
    on it is the way there, whatever else is still open.
    """
    found = steps(facts)
    if facts.goes_on:
        return found[3]
    return next((step for step in found if not step.done), found[-1])

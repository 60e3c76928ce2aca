"""The life of an iteration: planned, running, reviewing, decided or aborted, and what each asks
for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.figures import day as day_text
from app.core.said import asking, nsaid, said
from app.improvements.gate.checks import is_light, size_objection
from app.improvements.rules import Moves
from app.improvements.statistics.ledger import Prediction
from app.models.improvements.words import IterationState

# Back from reviewing to running: the look came too early.
MOVES: Moves[IterationState] = Moves(
    said("a rung"),
    {
        IterationState.PLANNED: (IterationState.RUNNING, IterationState.ABORTED),
        IterationState.RUNNING: (IterationState.REVIEWING, IterationState.ABORTED),
        IterationState.REVIEWING: (
            IterationState.DECIDED,
            IterationState.RUNNING,
            IterationState.ABORTED,
        ),
    },
)


@dataclass(frozen=True, slots=True)
class IterationFacts:
    """What is known of an iteration when somebody wants to move it.

    ``last_accepted`` is the size of the last rung that was decided to scale, 0 before the first;
    ``undo_capacity`` how many people undo can bring back in the agreed time, None where that is
    unlimited. ``other_running`` names another open iteration of the same improvement.
    ``plan_objections`` are what the checks of its plan miss; one that was ``planned_elsewhere`` is
    asked for none of it.
    """

    state: IterationState
    what_changes: str = ""
    participants: int = 0
    planned_size: int = 1
    prediction: Prediction | None = None
    starts: date | None = None
    ends: date | None = None
    hours: float | None = None
    last_accepted: int = 0
    undo_capacity: int | None = None
    size_reason: str = ""
    improvement_in_progress: bool = True
    other_running: str = ""
    still_switched: int = 0
    decision: str = ""
    plan_objections: tuple[str, ...] = ()
    planned_elsewhere: bool = False

    @property
    def light(self) -> bool:
        """Tell whether it is so small that it may start without any number."""
        return is_light(self.participants or self.planned_size)


def objections(
    facts: IterationFacts, to: IterationState, reason: str = ""
) -> tuple[str, ...]:
    """Return every reason against a move, each as a sentence that says what to do; empty when it
    may happen.
    """
    found = MOVES.objections(facts.state, to)
    return found or _DEMANDS[to](facts, reason.strip())


def _to_run(facts: IterationFacts, reason: str) -> tuple[str, ...]:
    if facts.state is IterationState.REVIEWING:
        return () if reason else (said("Say why it runs on."),)
    found = [] if facts.planned_elsewhere else [*_plan(facts), *facts.plan_objections]
    if not facts.planned_elsewhere and (facts.prediction or not facts.light):
        found += prediction_objections(facts.prediction)
    if not facts.improvement_in_progress:
        first = said("Move the improvement to In progress first.")
        found.append(asking("state", first))
    if facts.other_running:
        running = said(
            "%(other_running)s is running; one at a time, so that you know "
            "what worked.",
            other_running=facts.other_running,
        )
        found.append(asking(getattr(facts.other_running, "field", ""), running))
    return tuple(found)


def _plan(facts: IterationFacts) -> list[str]:
    found = []
    if not facts.what_changes.strip():
        found.append(asking("what_changes", said("Say what changes.")))
    if not facts.participants:
        found.append(asking("names", said("Name who takes part.")))
    elif not facts.size_reason.strip():
        found += size_objection(
            facts.participants, facts.last_accepted, facts.undo_capacity
        )
    if facts.starts is None or facts.ends is None or facts.ends <= facts.starts:
        window = said("Set the window: a first day and a later last day.")
        found.append(asking("ends_on", window))
    if not facts.hours and not facts.light:
        hours = said("Set the hours the two people may spend on it.")
        found.append(asking("budget_hours", hours))
    return found


def prediction_objections(prediction: Prediction | None) -> tuple[str, ...]:
    """Return what is missing in a prediction that is about to be locked."""
    if prediction is None or not prediction.metric:
        told = said("Predict: which metric, which value, how sure.")
        return (asking("expected", told),)
    if not 0 < prediction.confidence < 1:
        sure = said(
            "How sure is between 1 % and 99 %; nothing is certain before it was tried."
        )
        return (asking("confidence", sure),)
    if prediction.baseline is not None and not _is_better(prediction):
        better = said(
            "The prediction is no better than the baseline; predict what you hope for."
        )
        return (asking("expected", better),)
    return ()


def _is_better(prediction: Prediction) -> bool:
    gain = (
        prediction.expected - (prediction.baseline or 0)
    ) * prediction.direction.sign
    return gain > 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A rung that has started, by its number, and the day from which its change holds."""

    number: int
    day: date


def day_objection(
    day: date, today: date, ends: date | None, begun: Sequence[Begun], why: str = ""
) -> str:
    """Return why a change cannot hold from a day on, "" when it can.

    It may lie in the past with a reason, not before the change of an earlier rung, and not after
    the window.
    """
    if ends is not None and day > ends:
        return said(
            "The window ends on %(ends)s; the change begins before that.",
            ends=day_text(ends),
        )
    later = max((one for one in begun if one.day > day), default=None, key=_day_of)
    if later is not None:
        return said(
            "The change of rung %(number)s holds from %(day)s; this one "
            "cannot be earlier.",
            number=later.number,
            day=day_text(later.day),
        )
    if day < today and not why.strip():
        return said("%(day)s is past; say why it is noted only now.", day=day_text(day))
    return ""


def _day_of(one: Begun) -> date:
    return one.day


def _to_review(facts: IterationFacts, reason: str) -> tuple[str, ...]:
    return ()


def _to_decide(facts: IterationFacts, reason: str) -> tuple[str, ...]:
    return (
        ()
        if facts.decision
        else (said("Decide: scale, adapt, hold, stop, roll back or adopt."),)
    )


def _to_abort(facts: IterationFacts, reason: str) -> tuple[str, ...]:
    found = [] if reason else [said("Say why it is aborted.")]
    if facts.still_switched:
        found.append(
            nsaid(
                "%(number)s person uses it; let them say that it works, or undo it first.",
                "%(number)s people use it; let each say that it works, or undo it first.",
                facts.still_switched,
            )
        )
    return tuple(found)


_DEMANDS: dict[IterationState, Callable[[IterationFacts, str], tuple[str, ...]]] = {
    IterationState.RUNNING: _to_run,
    IterationState.REVIEWING: _to_review,
    IterationState.DECIDED: _to_decide,
    IterationState.ABORTED: _to_abort,
}

"""What needs attention: a next step that lapsed, an improvement nobody spoke of, a window that ran
out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.figures import counted, day
from app.improvements.rules.improvement import NextStep
from app.models.improvements.words import ImprovementState

SILENCE = timedelta(days=30)
ALIVE = (ImprovementState.ACCEPTED, ImprovementState.IN_PROGRESS, ImprovementState.ON_HOLD)


@dataclass(frozen=True, slots=True)
class AttentionFacts:
    """What is known of an improvement today.

    ``last_heard`` is the day of its latest event of any kind.
    """

    state: ImprovementState
    last_heard: date
    next_step: NextStep | None = None
    required_by: date | None = None
    window_ended: date | None = None
    drifted: str = ""


def reasons(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    """Return why this improvement floats to the top, most pressing first; empty when it is fine
    where it is.
    """
    if facts.state is ImprovementState.EMBEDDED:
        return (f"Drift: {facts.drifted}",) if facts.drifted else ()
    if facts.state is ImprovementState.STOPPED:
        return ()
    return (*_lapsed(facts, today), *_late(facts, today), *_silent(facts, today))


def _lapsed(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    if facts.state is not ImprovementState.IN_PROGRESS:
        return ()
    step = facts.next_step
    if step is None:
        return ("No next step.",)
    if step.due >= today:
        return ()
    late = counted((today - step.due).days, "day")
    return (f"The next step of {step.who} lapsed {late} ago: {step.what}",)


def _late(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    found = []
    if facts.window_ended and facts.window_ended < today:
        found.append(f"The window ended on {day(facts.window_ended)}; review it.")
    if facts.required_by and facts.required_by < today:
        found.append(f"It was required by {day(facts.required_by)}.")
    return tuple(found)


def _silent(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    quiet = today - facts.last_heard
    if facts.state in ALIVE and quiet > SILENCE:
        return (f"Nothing was heard of it for {counted(quiet.days, 'day')}.",)
    return ()

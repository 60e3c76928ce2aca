"""What needs attention and why, and how far up the ladder an improvement is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.figures import day
from app.core.said import nsaid, said
from app.improvements.tasks.rules import NextStep, is_far
from app.models.improvements.words import IMPROVEMENT_ENDED, ImprovementState

SILENCE = timedelta(days=30)
ALIVE = (
    ImprovementState.ACCEPTED,
    ImprovementState.IN_PROGRESS,
    ImprovementState.ON_HOLD,
)


@dataclass(frozen=True, slots=True)
class AttentionFacts:
    """What is known of an improvement today.

    ``last_heard`` is the day of its latest event of any kind; ``unconfirmed`` counts people who
    work in a new role and wait for somebody to say that it works. ``by_waves``: the plans of a role
    say what comes next, so it needs no next step.
    """

    state: ImprovementState
    last_heard: date
    next_step: NextStep | None = None
    required_by: date | None = None
    window_ended: date | None = None
    drifted: str = ""
    unconfirmed: int = 0
    by_waves: bool = False


def reasons(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    """Return why this improvement floats to the top, most pressing first; empty when it is fine
    where it is.
    """
    if facts.state is ImprovementState.EMBEDDED:
        return (
            (said("Drift: %(drifted)s", drifted=facts.drifted),)
            if facts.drifted
            else ()
        )
    if facts.state in IMPROVEMENT_ENDED:
        return ()
    return (
        *_lapsed(facts, today),
        *_unconfirmed(facts),
        *_late(facts, today),
        *_silent(facts, today),
    )


def _unconfirmed(facts: AttentionFacts) -> tuple[str, ...]:
    if not facts.unconfirmed or facts.state is not ImprovementState.IN_PROGRESS:
        return ()
    return (
        nsaid(
            "%(number)s person in a new role waits to be confirmed.",
            "%(number)s people in a new role wait to be confirmed.",
            facts.unconfirmed,
        ),
    )


def _lapsed(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    if facts.state is not ImprovementState.IN_PROGRESS:
        return ()
    step = facts.next_step
    if step is None:
        return () if facts.by_waves else (said("No next step."),)
    if is_far(step, today):
        return (
            said("The next step is more than 14 days away; put a smaller one first."),
        )
    if step.due >= today:
        return ()
    return (
        nsaid(
            "The next step of %(who)s lapsed %(number)s day ago: %(what)s",
            "The next step of %(who)s lapsed %(number)s days ago: %(what)s",
            (today - step.due).days,
            who=step.who,
            what=step.what,
        ),
    )


def _late(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    found = []
    if facts.window_ended and facts.window_ended < today:
        found.append(
            said(
                "The window ended on %(window_ended)s; review it.",
                window_ended=day(facts.window_ended),
            )
        )
    if facts.required_by and facts.required_by < today:
        found.append(
            said(
                "It was required by %(required_by)s.",
                required_by=day(facts.required_by),
            )
        )
    return tuple(found)


def _silent(facts: AttentionFacts, today: date) -> tuple[str, ...]:
    quiet = today - facts.last_heard
    if facts.state is ImprovementState.ACCEPTED and quiet > SILENCE:
        return (nudge(quiet.days),)
    if facts.state in ALIVE and quiet > SILENCE:
        return (
            nsaid(
                "Nothing was heard of it for %(number)s day.",
                "Nothing was heard of it for %(number)s days.",
                quiet.days,
            ),
        )
    return ()


def nudge(days: int) -> str:
    """Say of what was raised or accepted and never started that one person is enough to start."""
    return nsaid(
        "Nobody has tried it for %(number)s day. What is never started is never finished: try it "
        "with one person.",
        "Nobody has tried it for %(number)s days. What is never started is never finished: try it "
        "with one person.",
        days,
    )


STARTS = (1, 2, 6)
"""From how many people on the rungs "one", "a few" and "many" are reached; "everyone" depends on
whom it is for.
"""

TOP = 4


@dataclass(frozen=True, slots=True)
class Rungs:
    """Rungs ``done`` and ``running`` of four; ``people`` are in, ``fitting`` is for how many it is
    in all.
    """

    done: int
    running: int
    people: int
    fitting: int


def rungs(accepted: int, moving: int, eligible: int | None) -> Rungs:
    """Return the rungs that people who accepted have reached, and those that people on the move
    would reach.

    Nobody knows what "everyone" is until somebody said for how many people it is.
    """
    people = accepted + moving
    done = _reached(accepted, eligible)
    running = max(_reached(people, eligible) - done, 1 if moving and done < TOP else 0)
    return Rungs(done, running, people, max(eligible or 0, people))


def _reached(people: int, eligible: int | None) -> int:
    if people and eligible and people >= eligible:
        return TOP
    return sum(people >= start for start in STARTS)

"""The life of an improvement: raised, accepted, in progress, on hold, embedded or stopped, and what
each asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.core.said import asking, nsaid, said
from app.improvements.rules import Moves
from app.improvements.tasks.rules import NextStep, step_objections
from app.models.improvements.words import ImprovementState

WIP_LIMIT = 2
DRIFT = said("Look into the drift: ")
"""How the next step begins of what was opened again because its control metric drifted."""

# Back from accepted undoes a slip of the mouse; embedded opens again on drift, stopped when
# circumstances change.
MOVES: Moves[ImprovementState] = Moves(
    said("an improvement"),
    {
        ImprovementState.RAISED: (
            ImprovementState.ACCEPTED,
            ImprovementState.STOPPED,
            ImprovementState.REJECTED,
        ),
        ImprovementState.ACCEPTED: (
            ImprovementState.IN_PROGRESS,
            ImprovementState.RAISED,
            ImprovementState.STOPPED,
            ImprovementState.REJECTED,
        ),
        ImprovementState.IN_PROGRESS: (
            ImprovementState.ON_HOLD,
            ImprovementState.EMBEDDED,
            ImprovementState.STOPPED,
        ),
        ImprovementState.ON_HOLD: (
            ImprovementState.IN_PROGRESS,
            ImprovementState.EMBEDDED,
            ImprovementState.STOPPED,
        ),
        ImprovementState.EMBEDDED: (ImprovementState.IN_PROGRESS,),
        ImprovementState.STOPPED: (ImprovementState.ACCEPTED,),
        ImprovementState.REJECTED: (ImprovementState.RAISED,),
        ImprovementState.DUPLICATE: (ImprovementState.RAISED,),
    },
)


@dataclass(frozen=True, slots=True)
class ImprovementFacts:
    """What is known of an improvement when somebody wants to move it.

    ``others_in_progress`` counts the rest of the board; ``everyone_has_it`` is True once somebody
    confirmed it for those it is for.
    """

    state: ImprovementState
    owner: str = ""
    next_step: NextStep | None = None
    others_in_progress: int = 0
    wip_limit: int = WIP_LIMIT
    open_iteration: str = ""
    adopted: bool = False
    control_metric: bool = False
    everyone_has_it: bool = False


def objections(
    facts: ImprovementFacts, to: ImprovementState, reason: str, today: date
) -> tuple[str, ...]:
    """Return every reason against a move, each as a sentence that says what to do; empty when it
    may happen.
    """
    found = MOVES.objections(facts.state, to)
    return found or _DEMANDS[to](facts, reason.strip(), today)


def _nothing(facts: ImprovementFacts, reason: str, today: date) -> tuple[str, ...]:
    return (
        (said("Say why it is taken up again."),)
        if facts.state is ImprovementState.STOPPED and not reason
        else ()
    )


def _to_begin(facts: ImprovementFacts, reason: str, today: date) -> tuple[str, ...]:
    owner = asking("owner", said("Name the one person who owns it."))
    found = [] if facts.owner else [owner]
    found += step_objections(facts.next_step, today)
    if facts.others_in_progress >= facts.wip_limit and not reason:
        others = nsaid(
            "%(number)s improvement",
            "%(number)s improvements",
            facts.others_in_progress,
        )
        full = said(
            "%(others)s in progress, the limit is %(wip_limit)s: finish one "
            "first, or say why not.",
            others=others,
            wip_limit=facts.wip_limit,
        )
        found.append(asking("reason", full))
    if facts.state is ImprovementState.EMBEDDED and not reason:
        found.append(said("Say what drifted, to open it again."))
    return tuple(found)


def _to_pause(facts: ImprovementFacts, reason: str, today: date) -> tuple[str, ...]:
    return () if reason else (said("Say why it has to wait."),)


def _to_embed(facts: ImprovementFacts, reason: str, today: date) -> tuple[str, ...]:
    found = _without_open_iteration(facts)
    if not facts.adopted:
        adopt = said("Decide to adopt it first, in its last rung.")
        found.append(asking("rungs", adopt))
    if not facts.control_metric:
        watch = said("Name the metric that stays under watch, so that drift is seen.")
        found.append(asking("watched", watch))
    if not facts.everyone_has_it:
        told = said("Confirm that those it is for have it, internal ones too.")
        found.append(asking("everyone_has_it_on", told))
    return tuple(found)


def _to_stop(facts: ImprovementFacts, reason: str, today: date) -> tuple[str, ...]:
    found = _without_open_iteration(facts)
    if not reason:
        found.append(said("Say what was learned; stopping with learning is a success."))
    return tuple(found)


def _to_reject(facts: ImprovementFacts, reason: str, today: date) -> tuple[str, ...]:
    return () if reason else (said("Say why it is rejected; who asked reads it."),)


def _as_duplicate(facts: ImprovementFacts, reason: str, today: date) -> tuple[str, ...]:
    return tuple(_without_open_iteration(facts))


def _without_open_iteration(facts: ImprovementFacts) -> list[str]:
    if not facts.open_iteration:
        return []
    told = said(
        "%(open_iteration)s is still open; decide or abort it first.",
        open_iteration=facts.open_iteration,
    )
    return [asking(getattr(facts.open_iteration, "field", "rungs"), told)]


_DEMANDS: dict[
    ImprovementState, Callable[[ImprovementFacts, str, date], tuple[str, ...]]
] = {
    ImprovementState.RAISED: _nothing,
    ImprovementState.ACCEPTED: _nothing,
    ImprovementState.IN_PROGRESS: _to_begin,
    ImprovementState.ON_HOLD: _to_pause,
    ImprovementState.EMBEDDED: _to_embed,
    ImprovementState.STOPPED: _to_stop,
    ImprovementState.REJECTED: _to_reject,
    ImprovementState.DUPLICATE: _as_duplicate,
}


def drifted_back(next_what: str) -> bool:
    """Tell by its next step whether an improvement drifted back and is to be tried again."""
    return next_what.startswith(DRIFT)

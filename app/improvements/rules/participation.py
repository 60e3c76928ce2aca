"""One person in an iteration: invited, prepared, switched, observing, accepted or undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.figures import day
from app.improvements.rules.moves import Moves


class State(StrEnum):
    """Where one participant stands."""

    INVITED = "invited"
    PREPARED = "prepared"
    SWITCHED = "switched"
    OBSERVING = "observing"
    ACCEPTED = "accepted"
    UNDONE = "undone"


# Undo is open to everybody who was switched, also long after; an undone person may be prepared again.
MOVES: Moves[State] = Moves(
    "a participant",
    {
        State.INVITED: (State.PREPARED,),
        State.PREPARED: (State.SWITCHED,),
        State.SWITCHED: (State.OBSERVING, State.UNDONE),
        State.OBSERVING: (State.ACCEPTED, State.UNDONE),
        State.ACCEPTED: (State.UNDONE,),
        State.UNDONE: (State.PREPARED,),
    },
)
SWITCHED = (State.SWITCHED, State.OBSERVING)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a participant when somebody wants to move them.

    ``observe_until`` is the day the observation ends; ``confirmed_by`` says who saw that it works for them;
    ``open_elsewhere`` names another open switch of the same person.
    """

    state: State
    iteration_running: bool = True
    observe_until: date | None = None
    confirmed_by: str = ""
    open_elsewhere: str = ""


def objections(facts: Facts, to: State, reason: str, today: date) -> tuple[str, ...]:
    """Return every reason against a move. Undo asks for a reason and for nothing else."""
    found = MOVES.objections(facts.state, to)
    if found or to is State.UNDONE:
        return found or (() if reason.strip() else ("Say why it is undone.",))
    if to is State.ACCEPTED:
        return _to_accept(facts, today)
    if to in (State.PREPARED, State.SWITCHED) and not facts.iteration_running:
        found = ("The iteration is not running; nobody is moved before it starts or after it ends.",)
    if to is State.SWITCHED and facts.open_elsewhere:
        found += (f"This person is being switched in {facts.open_elsewhere}; one switch at a time.",)
    return found


def may_leave(state: State) -> bool:
    """Tell whether a person can still be taken off the list: before the switch nothing happened to them."""
    return state in (State.INVITED, State.PREPARED)


def time_to_undo(asked: datetime, restored: datetime) -> timedelta:
    """Return how long a person waited until everything was as before. Raises ``ValueError`` for a negative time."""
    if restored < asked:
        raise ValueError("Restored before it was asked for.")
    return restored - asked


def _to_accept(facts: Facts, today: date) -> tuple[str, ...]:
    found = []
    if facts.observe_until and today < facts.observe_until:
        found.append(f"Observation lasts until {day(facts.observe_until)}; confidence comes before the next step.")
    if not facts.confirmed_by.strip():
        found.append("Say who confirmed that it works for this person; silence is not a yes.")
    return tuple(found)

"""One person in a rung: asked, ready, using it, says that it works; or undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.figures import day
from app.core.said import joined, said
from app.improvements.rules import WORDS, Moves
from app.models.improvements.words import ParticipationState

# Undo is open to everybody who was switched, also long after; an undone person may be prepared
# again. Who is switched needs no step of its own before saying that it works.
MOVES: Moves[ParticipationState] = Moves(
    said("a participant"),
    {
        ParticipationState.INVITED: (
            ParticipationState.PREPARED,
            ParticipationState.SWITCHED,
        ),
        ParticipationState.PREPARED: (ParticipationState.SWITCHED,),
        ParticipationState.SWITCHED: (
            ParticipationState.OBSERVING,
            ParticipationState.ACCEPTED,
            ParticipationState.UNDONE,
        ),
        ParticipationState.OBSERVING: (
            ParticipationState.ACCEPTED,
            ParticipationState.UNDONE,
        ),
        ParticipationState.ACCEPTED: (ParticipationState.UNDONE,),
        ParticipationState.UNDONE: (ParticipationState.PREPARED,),
    },
)
SWITCHED = (ParticipationState.SWITCHED, ParticipationState.OBSERVING)
SHORT = {"using": ParticipationState.SWITCHED, "works": ParticipationState.ACCEPTED}


def state_called(text: str) -> ParticipationState | None:
    """Return the state a word means: as it is shown, shortened, or as it was called before."""
    wanted = " ".join(text.replace("-", " ").lower().split())
    for state, name in WORDS.items():
        if wanted in (name, state.value):
            return state
    return SHORT.get(wanted)


@dataclass(frozen=True, slots=True)
class ParticipationFacts:
    """What is known of a participant when somebody wants to move them.

    ``observe_until`` is the day the observation ends; ``confirmed_by`` says who saw that it works
    for them; ``open_elsewhere`` names another open switch of the same person.
    """

    state: ParticipationState
    iteration_running: bool = True
    observe_until: date | None = None
    confirmed_by: str = ""
    open_elsewhere: str = ""


def objections(
    facts: ParticipationFacts, to: ParticipationState, reason: str, today: date
) -> tuple[str, ...]:
    """Return every reason against a move. Undo asks for a reason and for nothing else."""
    if to not in MOVES.onward(facts.state):
        return (_off_the_way(facts.state),)
    if to is ParticipationState.UNDONE:
        return () if reason.strip() else (said("Say why it is undone."),)
    found: tuple[str, ...] = ()
    if to is ParticipationState.ACCEPTED:
        return _to_accept(facts, today)
    if (
        to in (ParticipationState.PREPARED, ParticipationState.SWITCHED)
        and not facts.iteration_running
    ):
        found = (
            said(
                "The rung is not running; nobody is moved before it starts or "
                "after it ends."
            ),
        )
    if to is ParticipationState.SWITCHED and facts.open_elsewhere:
        found += (
            said(
                "This person is being switched in %(open_elsewhere)s; one "
                "switch at a time.",
                open_elsewhere=facts.open_elsewhere,
            ),
        )
    return found


def _off_the_way(state: ParticipationState) -> str:
    ways = dict.fromkeys(WORDS[way] for way in MOVES.onward(state))
    return said(
        "From “%(here)s” one goes on to: %(ways)s.",
        here=WORDS[state],
        ways=joined(list(ways), ", "),
    )


def may_leave(state: ParticipationState, *, gone: bool = False) -> bool:
    """Tell whether a person can still be taken off the list: before the switch nothing happened to
    them, and who is gone from the directory cannot be asked any more.
    """
    return gone or state in (ParticipationState.INVITED, ParticipationState.PREPARED)


def time_to_undo(asked: datetime, restored: datetime) -> timedelta:
    """Return how long a person waited until everything was as before.

    Raises ``ValueError`` for a negative time.
    """
    if restored < asked:
        raise ValueError("Restored before it was asked for.")
    return restored - asked


def _to_accept(facts: ParticipationFacts, today: date) -> tuple[str, ...]:
    found = []
    if facts.observe_until and today < facts.observe_until:
        found.append(
            said(
                "Observation lasts until %(observe_until)s; confidence comes "
                "before the next step.",
                observe_until=day(facts.observe_until),
            )
        )
    if not facts.confirmed_by.strip():
        found.append(
            said(
                "Say who confirmed that it works for this person; silence is not a yes."
            )
        )
    return tuple(found)


def seconds_text(value: int | None) -> str:
    """Return a number of seconds as people say it: “42 s”, “3 min 5 s”, “2 h 10 min”."""
    if value is None:
        return ""
    minutes, seconds = divmod(value, 60)
    if minutes >= 60:
        return said(
            "%(value)s h %(value_2)s min", value=minutes // 60, value_2=minutes % 60
        )
    return (
        said("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=seconds)
        if minutes
        else said("%(seconds)s s", seconds=seconds)
    )

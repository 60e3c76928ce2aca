"""Ask named people, make them ready, let them use it, hear that it works, or undo; hear what they
say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, aliased

from app.core.acting import Acting
from app.core.changes import cleaned, demand, one, word
from app.core.errors import Conflict, Invalid, Refused
from app.core.figures import listed
from app.core.said import said
from app.improvements.events import NotedChange, Who, locked_iteration, tell
from app.improvements.people.meaning import meant
from app.improvements.people.queries import gone_people
from app.improvements.people.rules import (
    SWITCHED,
    ParticipationFacts,
    may_leave,
    objections,
    time_to_undo,
)
from app.improvements.rules import WORDS
from app.models.access.wave import Wave
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import IterationState, ParticipationState
from app.models.people import Site

EDITABLE = (
    "technique",
    "feedback",
    "would_go_back",
    "saved",
    "last_used_on",
    "site_id",
)
MOST_NAMED = 5
"""So many people are named in one sentence; more are counted."""


def invite(
    act: Acting,
    iteration_id: int,
    names: Sequence[str],
    *,
    technique: str = "",
) -> list[Participation]:
    """Ask people by name: operators, people of the directory, or names as typed.

    Raises ``Invalid`` for doubles.
    """
    asked = meant(act.session, names, "names")
    if not asked:
        raise Invalid(said("Name who is invited."), field="names")
    return ask(act, iteration_id, asked, technique=technique)


def ask(
    act: Acting,
    iteration_id: int,
    asked: Sequence[Who],
    *,
    technique: str = "",
) -> list[Participation]:
    """Ask people who are known by now; whoever was left out before comes back.

    Raises ``Invalid`` for doubles, ``Refused`` when the rung takes nobody any more.
    """
    improvement, iteration = locked_iteration(act.session, iteration_id)
    demand_open(iteration)
    left = _demand_once(act.session, iteration_id, asked)
    change, fresh = NotedChange(), []
    for who in asked:
        back = left.get(key_of(who))
        if back is None:
            fresh.append(_asked(iteration_id, who, technique.strip(), act.by, act.now))
        else:
            change.put(back, {"left_at": None, "state": ParticipationState.INVITED})
    made = [*left.values(), *_written(act.session, iteration_id, fresh)]
    change.note_all(made[len(left) :])
    sentence = f"Asked {_named(made)} to take part in rung {iteration.number}"
    tell(act, improvement, "participation.invite", sentence, change)
    return made


def demand_open(iteration: Iteration) -> None:
    """Raise ``Refused`` when nobody can be asked to take part in a rung any more."""
    if iteration.state not in (IterationState.PLANNED, IterationState.RUNNING):
        raise Refused(
            said(
                "Rung %(number)s is %(state)s; nobody can be invited to it any more.",
                number=iteration.number,
                state=iteration.state,
            )
        )


def demand_by_hand(session: Session, iteration_id: int) -> None:
    """Raise ``Refused`` for a rung that is a wave: there people move with their switch alone."""
    wave = select(Wave.id).where(Wave.iteration_id == iteration_id)
    number = session.scalar(wave)
    if number is not None:
        raise Refused(
            said(
                "Its people are moved by wave %(number)s alone; do it there.",
                number=number,
            )
        )


def key_of(who: Who | Participation) -> int | str:
    """Return by what somebody is known again: their number in the directory, else their name."""
    return who.person_id or who.name.lower()


def move(
    act: Acting,
    participation_id: int,
    to: ParticipationState,
    *,
    reason: str = "",
    confirmed_by: str = "",
) -> Participation:
    """Move one person on: ready, using it, says it works, or undone.

    Accepting asks who confirmed it, undoing asks why; the time since ``ask_undo`` is how long undo
    took.
    Raises ``Conflict`` when somebody else was faster.
    """
    to = word(ParticipationState, to, "to")
    improvement, iteration, person = _loaded(act.session, participation_id)
    if person.state is to:
        raise Conflict(
            said(
                "%(name)s was moved meanwhile: %(state)s. Nothing was done twice.",
                name=person.name,
                state=WORDS[to],
            )
        )
    demand_by_hand(act.session, iteration.id)
    elsewhere = open_elsewhere(act.session, [person]).get(person.id, "")
    demand(
        in_the_way(
            iteration,
            person,
            to,
            MoveSaid(act.now, reason, confirmed_by),
            elsewhere,
        )
    )
    change = NotedChange()
    change.put(person, moved(person, to, MoveSaid(act.now, reason, confirmed_by)))
    sentence = f"{person.name} in rung {iteration.number}: {WORDS[to]}"
    tell(act, improvement, f"participation.{to}", sentence, change, reason=reason)
    return person


def ask_undo(act: Acting, participation_id: int) -> Participation:
    """Note that a person wants back; the clock of the undo starts."""
    improvement, iteration, person = _loaded(act.session, participation_id)
    change = NotedChange()
    if change.put(person, {"undo_asked_at": person.undo_asked_at or act.now}):
        sentence = f"{person.name} asked to be undone in rung {iteration.number}"
        tell(act, improvement, "participation.ask-undo", sentence, change)
    return person


def leave_out(act: Acting, participation_id: int, reason: str) -> Participation:
    """Take a person off the list before anything happened to them, or because they are gone.

    Raises ``Refused`` afterwards.
    """
    improvement, iteration, person = _loaded(act.session, participation_id)
    gone = gone_people(act.session, [person])
    if not may_leave(person.state, gone=person.id in gone):
        raise Refused(
            said(
                "%(name)s: %(state)s; undo it instead.",
                name=person.name,
                state=WORDS[person.state],
            )
        )
    change = NotedChange()
    change.put(person, {"left_at": act.now})
    sentence = f"Left {person.name} out of rung {iteration.number}"
    tell(
        act,
        improvement,
        "participation.leave-out",
        sentence,
        change,
        reason=reason,
    )
    return person


def describe(
    act: Acting, participation_id: int, values: Mapping[str, Any]
) -> Participation:
    """Write down what moved a person, what they say, what it saves them, and when they last used
    it.
    """
    improvement, iteration, person = _loaded(act.session, participation_id)
    wanted = cleaned(Participation, values, EDITABLE)
    if wanted.get("site_id") is not None:
        one(act.session, Site, wanted["site_id"])
    if wanted.get("feedback", person.feedback) != person.feedback:
        wanted["feedback_read_at"] = None
    change = NotedChange()
    if change.put(person, wanted):
        sentence = f"Noted about {person.name} in rung {iteration.number}"
        tell(act, improvement, "participation.describe", sentence, change)
    return person


def read_feedback(act: Acting, participation_id: int) -> Participation:
    """Say that a person's feedback was read."""
    improvement, _, person = _loaded(act.session, participation_id)
    change = NotedChange()
    if person.feedback and change.put(
        person, {"feedback_read_at": person.feedback_read_at or act.now}
    ):
        sentence = f"Read the feedback of {person.name}"
        tell(act, improvement, "participation.read-feedback", sentence, change)
    return person


def _loaded(
    session: Session, participation_id: int
) -> tuple[Improvement, Iteration, Participation]:
    person = one(session, Participation, participation_id)
    improvement, iteration = locked_iteration(session, person.iteration_id)
    return (
        improvement,
        iteration,
        session.get_one(Participation, participation_id, populate_existing=True),
    )


def _demand_once(
    session: Session, iteration_id: int, asked: Sequence[Who]
) -> dict[int | str, Participation]:
    """Return those of the asked who were left out before. Raises ``Invalid`` for doubles."""
    there = {key_of(one): one for one in _all_of(session, iteration_id)}
    seen: set[int | str] = set()
    for who in asked:
        key = key_of(who)
        before = there.get(key)
        if key in seen or (before is not None and before.left_at is None):
            raise Invalid(
                said("%(name)s takes part already.", name=who.name), field="names"
            )
        seen.add(key)
    return {key: there[key] for key in seen if key in there}


def _written(
    session: Session, iteration_id: int, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Participation]:
    """Write new participants in one statement; returns them with their numbers."""
    if not rows:
        return []
    mine = Participation.iteration_id == iteration_id
    last = session.scalar(select(func.max(Participation.id)).where(mine)) or 0
    session.flush()
    session.execute(insert(Participation), list(rows))
    fresh = select(Participation).where(mine, Participation.id > last)
    return session.scalars(fresh.order_by(Participation.id)).all()


def _all_of(session: Session, iteration_id: int) -> Sequence[Participation]:
    mine = select(Participation).where(Participation.iteration_id == iteration_id)
    return session.scalars(mine.order_by(Participation.id)).all()


def _named(people: Sequence[Participation]) -> str:
    few = len(people) <= MOST_NAMED
    return listed([one.name for one in people]) if few else f"{len(people)} people"


def _asked(
    iteration_id: int, who: Who, technique: str, by: str, now: datetime
) -> dict[str, Any]:
    return {
        "iteration_id": iteration_id,
        "person_id": who.person_id,
        "site_id": who.site_id,
        "name": who.name,
        "technique": technique,
        "state": ParticipationState.INVITED,
        "created_at": now,
        "created_by": by,
    }


@dataclass(frozen=True, slots=True)
class MoveSaid:
    """What is said with a move: when, why, and who confirmed it."""

    now: datetime
    reason: str = ""
    confirmed_by: str = ""


def in_the_way(
    iteration: Iteration,
    person: Participation,
    to: ParticipationState,
    told: MoveSaid,
    elsewhere: str,
) -> tuple[str, ...]:
    """Return every reason against moving somebody; ``elsewhere`` names another open switch."""
    facts = ParticipationFacts(
        state=person.state,
        iteration_running=iteration.state is IterationState.RUNNING,
        observe_until=_observed_until(iteration, person),
        confirmed_by=told.confirmed_by,
        open_elsewhere=elsewhere,
    )
    return objections(facts, to, told.reason, told.now.date())


def _observed_until(iteration: Iteration, person: Participation) -> date | None:
    if not person.switched_at or not iteration.observe_days:
        return None
    return (person.switched_at + timedelta(days=iteration.observe_days)).date()


def open_elsewhere(session: Session, people: Sequence[Participation]) -> dict[int, str]:
    """Name for each participant another rung in which the same person is on the way, if any.

    One query, however many they are.
    """
    if not people:
        return {}
    other = aliased(Participation)
    found = (
        select(Participation.id, Improvement.title, Iteration.number)
        .join(other, other.person_id == Participation.person_id)
        .join(Iteration, Iteration.id == other.iteration_id)
        .join(Improvement, Improvement.id == Iteration.improvement_id)
        .where(
            Participation.iteration_id.in_({one.iteration_id for one in people}),
            other.id != Participation.id,
            other.state.in_(SWITCHED),
            Iteration.open_of.is_not(None),
        )
    )
    wanted = {one.id for one in people}
    return {
        row.id: f"rung {row.number} of “{row.title}”"
        for row in session.execute(found)
        if row.id in wanted
    }


def moved(
    person: Participation, to: ParticipationState, told: MoveSaid
) -> dict[str, Any]:
    """Return what a move sets: the state, and when, why and by whose word."""
    return {"state": to, **_stamps(person, to, told)}


def _stamps(
    person: Participation, to: ParticipationState, told: MoveSaid
) -> dict[str, Any]:
    now = told.now
    if to is ParticipationState.PREPARED:
        return {"prepared_at": now, "undo_asked_at": None}
    if to is ParticipationState.ACCEPTED:
        return {"accepted_at": now, "accepted_by": told.confirmed_by.strip()}
    if to is ParticipationState.UNDONE:
        asked = person.undo_asked_at or now
        took = int(time_to_undo(asked, now).total_seconds())
        return {
            "undo_asked_at": asked,
            "undone_at": now,
            "undo_seconds": took,
            "undo_reason": told.reason.strip(),
        }
    return {f"{to.value}_at": now}

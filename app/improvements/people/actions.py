"""Invite named people, prepare them, switch them, watch with them, accept or undo; hear what they
say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import cleaned, demand, one, word
from app.core.errors import Invalid, Refused
from app.core.figures import listed
from app.core.said import said
from app.improvements.events import NotedChange, Who, anybody, locked_iteration, tell
from app.improvements.people.rules import (
    SWITCHED,
    ParticipationFacts,
    may_leave,
    objections,
    time_to_undo,
)
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import Adapter, IterationState, ParticipationState
from app.models.people import Site

EDITABLE = (
    "technique",
    "feedback",
    "would_go_back",
    "saved",
    "last_used_on",
    "site_id",
)
VERBS = {
    ParticipationState.PREPARED: "Prepared",
    ParticipationState.SWITCHED: "Switched",
    ParticipationState.OBSERVING: "Watches with",
    ParticipationState.ACCEPTED: "Accepted for",
    ParticipationState.UNDONE: "Undone for",
}


def invite(
    act: Acting,
    iteration_id: int,
    names: Sequence[str],
    *,
    technique: str = "",
) -> list[Participation]:
    """Invite people by name: operators, people of the directory, or names as typed.

    Raises ``Invalid`` for doubles.
    """
    improvement, iteration = locked_iteration(act.session, iteration_id)
    if iteration.state not in (IterationState.PLANNED, IterationState.RUNNING):
        raise Refused(
            said(
                "Rung %(number)s is %(state)s; nobody can be invited to it any more.",
                number=iteration.number,
                state=iteration.state,
            )
        )
    change, made = NotedChange(), []
    for text in filter(str.strip, names):
        who = anybody(act.session, text, "names")
        person = _present(act.session, iteration_id, who)
        if person is not None and person.left_at is None:
            raise Invalid(
                said("%(name)s takes part already.", name=who.name), field="names"
            )
        if person is None:
            person = change.add(
                act.session,
                _invited(iteration_id, who, technique.strip(), act.by, act.now),
            )
        change.put(person, {"left_at": None, "state": ParticipationState.INVITED})
        made.append(person)
    if not made:
        raise Invalid(said("Name who is invited."), field="names")
    sentence = (
        f"Invited {listed([each.name for each in made])} to rung {iteration.number}"
    )
    tell(act, improvement, "participation.invite", sentence, change)
    return made


def move(
    act: Acting,
    participation_id: int,
    to: ParticipationState,
    *,
    reason: str = "",
    confirmed_by: str = "",
    adapter: Adapter = Adapter.HAND,
) -> Participation:
    """Move one person on: prepared, switched, observing, accepted, or undone.

    Accepting asks who confirmed it, undoing asks why; the time since ``ask_undo`` is how long undo
    took. Where a role wave does the switch, only its adapter may say that it happened.
    """
    to = word(ParticipationState, to, "to")
    improvement, iteration, person = _loaded(act.session, participation_id)
    if (
        to in (ParticipationState.SWITCHED, ParticipationState.UNDONE)
        and adapter is not iteration.adapter
    ):
        raise Refused(
            said(
                "%(name)s is switched and undone by a %(adapter)s; do it there.",
                name=person.name,
                adapter=iteration.adapter,
            )
        )
    demand(
        objections(
            _facts(act.session, iteration, person, confirmed_by),
            to,
            reason,
            act.now.date(),
        )
    )
    change = NotedChange()
    change.put(
        person, {"state": to, **_stamps(person, to, reason, confirmed_by, act.now)}
    )
    sentence = f"{VERBS[to]} {person.name} in rung {iteration.number}"
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
    """Take a person off the list before anything happened to them.

    Raises ``Refused`` afterwards.
    """
    improvement, iteration, person = _loaded(act.session, participation_id)
    if not may_leave(person.state):
        raise Refused(
            said(
                "%(name)s is %(state)s; undo it instead.",
                name=person.name,
                state=person.state,
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


def _present(session: Session, iteration_id: int, who: Who) -> Participation | None:
    same = func.lower(Participation.name) == who.name.lower()
    if who.person_id is not None:
        same = Participation.person_id == who.person_id
    return session.scalars(
        select(Participation).where(Participation.iteration_id == iteration_id, same)
    ).first()


def _invited(
    iteration_id: int, who: Who, technique: str, by: str, now: datetime
) -> Participation:
    return Participation(
        iteration_id=iteration_id,
        person_id=who.person_id,
        name=who.name,
        technique=technique,
        state=ParticipationState.INVITED,
        created_at=now,
        created_by=by,
    )


def _facts(
    session: Session, iteration: Iteration, person: Participation, confirmed_by: str
) -> ParticipationFacts:
    until: date | None = None
    if person.switched_at and iteration.observe_days:
        until = (person.switched_at + timedelta(days=iteration.observe_days)).date()
    return ParticipationFacts(
        state=person.state,
        iteration_running=iteration.state is IterationState.RUNNING,
        observe_until=until,
        confirmed_by=confirmed_by,
        open_elsewhere=_elsewhere(session, person),
    )


def _elsewhere(session: Session, person: Participation) -> str:
    """Name another iteration in which this person is on the way."""
    if person.person_id is None:
        return ""
    found = session.execute(
        select(Improvement.title, Iteration.number)
        .join(Iteration, Iteration.improvement_id == Improvement.id)
        .join(Participation, Participation.iteration_id == Iteration.id)
        .where(
            Participation.person_id == person.person_id,
            Participation.id != person.id,
            Participation.state.in_(SWITCHED),
            Iteration.open_of.is_not(None),
        )
    ).first()
    return f"rung {found.number} of “{found.title}”" if found else ""


def _stamps(
    person: Participation,
    to: ParticipationState,
    reason: str,
    confirmed_by: str,
    now: datetime,
) -> dict[str, Any]:
    if to is ParticipationState.PREPARED:
        return {"prepared_at": now, "undo_asked_at": None}
    if to is ParticipationState.ACCEPTED:
        return {"accepted_at": now, "accepted_by": confirmed_by.strip()}
    if to is ParticipationState.UNDONE:
        asked = person.undo_asked_at or now
        took = int(time_to_undo(asked, now).total_seconds())
        return {
            "undo_asked_at": asked,
            "undone_at": now,
            "undo_seconds": took,
            "undo_reason": reason.strip(),
        }
    return {f"{to.value}_at": now}

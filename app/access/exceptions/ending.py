"""The end of exceptions, in the worker: it takes the right off through the journal, or says why
it cannot (design 5.12). Nothing else writes.

What ends on one day in one directory goes with one plan; each person in it is undone alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.access.exceptions.actions import subject_of, told_of
from app.access.exceptions.rules import (
    LONGER,
    EndOfException,
    RightKept,
    what_ends,
    who_agreed,
)
from app.access.single.actions import carry_out
from app.access.single.rules import OneByOne
from app.access.waves.halting import cancel
from app.core.acting import Acting
from app.core.aside import Lane, in_batches
from app.core.changes import Change
from app.core.errors import NotFound, Refused
from app.core.parts import Parts
from app.directory.queries import current_freeze
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import HELD, StepState, SwitchState, WaveState
from app.models.directory import Entitlement, Membership
from app.models.people import Person

BY = "Rung"
ENDINGS: Lane[int] = Lane("exceptions", "exception")
AGAIN = timedelta(hours=1)
"""So long after an end could not be carried out it is tried again."""
FAILED = (SwitchState.FAILED, SwitchState.STALE)
STOPPED_FOR = (*FAILED, *HELD, SwitchState.CONFLICT)
"""For whom a wave of ends stops."""
OTHERS_FIRST = "Somebody could not be moved; the others go with a plan of their own."


def run_due_endings(parts: Parts) -> bool:
    """End what is due, and note what became of ends under way; tell whether there was anything."""
    went_on = leave_the_others(parts)
    with parts.database.read() as session:
        changed = _changed(session)
        due = _due(session, parts.now())
    for kept_id in changed:
        with parts.acting(BY) as act:
            settle(act, kept_id)
    most = parts.settings.max_people_per_wave
    for people in due:
        in_batches(parts, ENDINGS, people, partial(_end, parts), most)
    return bool(went_on or changed or due)


def _end(parts: Parts, people: Sequence[int]) -> None:
    with parts.acting(BY) as act:
        end_of_people(act, people)
    parts.ring()


def leave_the_others(parts: Parts) -> bool:
    """Let go of who waits in an end that stopped for somebody else: they go with the next plan, at
    once, instead of waiting until a person decides. Tell whether there were any.
    """
    with parts.database.read() as session:
        stopped = _stopped(session)
    for wave_id in stopped:
        with parts.acting(BY) as act:
            _let_go(act, wave_id)
    return bool(stopped)


def _stopped(session: Session) -> list[int]:
    """Return waves of ends that stopped for somebody, and have others who were not begun."""
    of_wave = select(Switch.id).where(Switch.wave_id == Wave.id)
    to_come = Switch.state == SwitchState.APPROVED, Switch.paused_at.is_(None)
    ends = of_wave.join(AccessException, AccessException.ending_id == Switch.id)
    asked = select(Wave.id).where(
        Wave.state == WaveState.STOPPED,
        Wave.author == BY,
        ends.where(*to_come).exists(),
        of_wave.where(Switch.state.in_(STOPPED_FOR)).exists(),
    )
    return list(session.scalars(asked.order_by(Wave.id)))


def _let_go(act: Acting, wave_id: int) -> None:
    mine = Switch.wave_id == wave_id, Switch.state == SwitchState.APPROVED
    asked = select(AccessException).join(Switch, Switch.id == AccessException.ending_id)
    for kept in act.session.scalars(asked.where(*mine)):
        kept.tried_at = None
    cancel(act, wave_id, reason=OTHERS_FIRST)


def _changed(session: Session) -> list[int]:
    """Return exceptions whose end came further than is noted with them."""
    over = AccessException.ended_at.is_(None), Switch.state == SwitchState.CLOSED
    failed = AccessException.ended_at.is_(None), Switch.state.in_(FAILED)
    back = AccessException.ended_at.is_not(None), Switch.state == SwitchState.UNDONE
    waits = (
        Switch.open_person_id.is_not(None),
        Wave.message != "",
        Wave.message != AccessException.held_up,
    )
    further = or_(
        and_(*over),
        and_(*failed, Switch.reason != AccessException.held_up),
        and_(*back, AccessException.ended_at <= Switch.undone_at),
        and_(*waits),
    )
    asked = (
        select(AccessException.id)
        .join(Switch, Switch.id == AccessException.ending_id)
        .join(Wave, Wave.id == Switch.wave_id)
    )
    return list(session.scalars(asked.where(further).order_by(AccessException.id)))


def _due(session: Session, now: datetime) -> list[list[int]]:
    """Return the people of whom exceptions are over and not on their way off, those together
    whose last one ended on the same day in the same directory.
    """
    last = func.max(AccessException.until)
    asked = (
        select(Person.directory_id, last, Person.id)
        .join(Person, Person.id == AccessException.person_id)
        .where(*_over(now))
        .group_by(Person.directory_id, Person.id)
        .order_by(Person.directory_id, last, Person.id)
    )
    together: dict[tuple[int, date], list[int]] = {}
    for directory, until, person in session.execute(asked):
        together.setdefault((directory, until), []).append(person)
    return [*together.values()]


def _over(now: datetime) -> list[ColumnElement[bool]]:
    under_way = (
        select(Switch.id)
        .join(Wave, Wave.id == Switch.wave_id)
        .where(Switch.id == AccessException.ending_id)
        .where(
            or_(
                Switch.open_person_id.is_not(None),
                Wave.state.in_((WaveState.PLANNED, WaveState.APPROVED)),
            )
        )
    )
    tried = AccessException.tried_at
    return [
        AccessException.ended_at.is_(None),
        AccessException.until < now.date(),
        or_(tried.is_(None), tried < now - AGAIN),
        ~under_way.exists(),
    ]


def settle(act: Acting, kept_id: int) -> None:
    """Note with an exception what became of its end: over, failed, waiting, or taken back."""
    kept = act.session.get_one(AccessException, kept_id)
    ending = act.session.get_one(Switch, kept.ending_id)
    if kept.ended_at is not None:
        until = max(kept.until, act.now.date() + LONGER)
        values = {"ended_at": None, "until": until, "tried_at": None}
        _note(
            act,
            kept,
            values,
            "back",
            "Given back",
        )
    elif ending.state is SwitchState.CLOSED:
        _note(
            act, kept, {"ended_at": ending.switched_at, "held_up": ""}, "ended", "Ended"
        )
    else:
        wave = act.session.get_one(Wave, ending.wave_id)
        hold_up(
            act,
            kept,
            ending.reason or wave.message,
        )


def end_of_people(act: Acting, people: Sequence[int]) -> None:
    """End all that is over for people of one directory with one plan, or note why it cannot be."""
    here = AccessException.person_id.in_(people), *_over(act.now)
    asked = select(AccessException).where(*here).order_by(AccessException.id)
    due = act.session.scalars(asked).all()
    frozen = current_freeze(act.session)
    if frozen is not None:
        for kept in due:
            hold_up(
                act,
                kept,
                frozen.told(act.settings.timezone),
            )
        return
    taking: dict[int, list[AccessException]] = {}
    for kept in due:
        if _may_be_taken(act, kept):
            taking.setdefault(kept.person_id, []).append(kept)
    _take(act, [*taking.values()])


def _may_be_taken(act: Acting, kept: AccessException) -> bool:
    kept.tried_at = act.now
    ends, why = what_ends(_known(act.session, kept))
    if ends is EndOfException.OVER:
        _note(act, kept, {"ended_at": act.now, "held_up": ""}, "ended", f"Ended: {why}")
    elif ends is EndOfException.ASK:
        hold_up(
            act,
            kept,
            why,
        )
    return ends is EndOfException.TAKE


def _take(act: Acting, people: Sequence[Sequence[AccessException]]) -> None:
    """Take off what is over, person by person; where the whole cannot go, each half may."""
    if not people:
        return
    taking = [kept for of_one in people for kept in of_one]
    try:
        with act.session.begin_nested():
            wave = _carried_out(act, people, taking)
    except (NotFound, Refused) as error:
        if len(people) > 1:
            middle = len(people) // 2
            _take(act, people[:middle])
            _take(act, people[middle:])
            return
        why = error.details[0] if error.details else error.message
        for kept in taking:
            hold_up(
                act,
                kept,
                why,
            )
        return
    told = f"Wave {wave.number} of {wave.role.name} takes off"
    switches = {one.person_id: one.id for one in wave.switches}
    for kept in taking:
        ending = {"ending_id": switches[kept.person_id], "held_up": ""}
        _note(
            act,
            kept,
            ending,
            "expire",
            told,
        )


def _carried_out(
    act: Acting,
    people: Sequence[Sequence[AccessException]],
    taking: Sequence[AccessException],
) -> Wave:
    orders = [OneByOne(of_one[0].person_id, take=_reasons(of_one)) for of_one in people]
    person = act.session.get_one(Person, orders[0].person)
    return carry_out(
        act,
        person.directory_id,
        orders,
        _agreed(act.session, taking),
    )


def _reasons(taking: Sequence[AccessException]) -> dict[int, str]:
    return {
        kept.entitlement_id: f"Its exception ended on {kept.until:%Y-%m-%d}."
        for kept in taking
    }


def _known(session: Session, kept: AccessException) -> RightKept:
    here = (
        Membership.person_id == kept.person_id,
        Membership.entitlement_id == kept.entitlement_id,
    )
    began = session.get_one(Switch, kept.switch_id)
    ending = session.get(Switch, kept.ending_id) if kept.ending_id else None
    known_at = (ending and ending.undone_at) or began.switched_at or began.started_at
    since = session.scalar(select(func.min(Membership.since)).where(*here))
    return RightKept(
        since, known_at, _others_first(session, kept), _longer(session, kept)
    )


def _longer(session: Session, kept: AccessException) -> bool:
    """Tell whether another exception in force keeps the same right longer."""
    same = (
        AccessException.person_id == kept.person_id,
        AccessException.entitlement_id == kept.entitlement_id,
        AccessException.id != kept.id,
        AccessException.ended_at.is_(None),
        AccessException.until > kept.until,
    )
    return session.scalars(select(AccessException.id).where(*same)).first() is not None


def _others_first(session: Session, kept: AccessException) -> bool:
    """Tell whether the journal found the right there already when Rung came to give it."""
    mine = Step.switch_id == kept.switch_id, Step.state == StepState.ALREADY
    given = [step.change["key"] for step in session.scalars(select(Step).where(*mine))]
    if not given:
        return False
    single = session.scalar(
        select(Role.single)
        .join(Wave, Wave.role_id == Role.id)
        .join(Switch, Switch.wave_id == Wave.id)
        .where(Switch.id == kept.switch_id)
    )
    return bool(single) and _key_of(session, kept) in given


def _key_of(session: Session, kept: AccessException) -> str:
    return session.get_one(Entitlement, kept.entitlement_id).key


def _agreed(session: Session, taking: Sequence[AccessException]) -> str:
    """Say who agreed to what ends now, with which waves, and until when."""
    rows = (
        select(
            Wave.approved_by,
            Wave.number,
            Role.name,
        )
        .join(Role, Role.id == Wave.role_id)
        .join(Switch, Switch.wave_id == Wave.id)
        .where(Switch.id.in_([kept.switch_id for kept in taking]))
        .order_by(Wave.id)
    )
    until = max(kept.until for kept in taking)
    agreed = [(by, number, role) for by, number, role in session.execute(rows)]
    return who_agreed(agreed, until)


def hold_up(act: Acting, kept: AccessException, why: str) -> None:
    """Note why the end could not be carried out: whoever answers for it is told, once a reason."""
    if why and why != kept.held_up:
        _note(
            act,
            kept,
            {"held_up": why},
            "held-up",
            "Could not end",
            why,
        )


def _note(
    act: Acting,
    kept: AccessException,
    values: Mapping[str, object],
    verb: str,
    told: str,
    reason: str = "",
) -> None:
    change = Change(AccessException)
    change.put(kept, values)
    sentence = f"{told}: {told_of(act.session, kept)}"
    change.record(act, subject_of(kept), f"exception.{verb}", sentence, reason=reason)

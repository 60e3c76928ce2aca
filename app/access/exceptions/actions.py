"""What people decide about exceptions: longer, back again, or an end before its day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.core.acting import Acting
from app.core.changes import Change, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.models.access.kept import AccessException
from app.models.access.wave import Switch, Wave
from app.models.directory import Entitlement
from app.models.people import Person


def extend(
    act: Acting, kept_id: int, until: date | None, reason: str = ""
) -> AccessException:
    """Let an exception hold until another day, the last one included.

    Raises ``Invalid`` for a day that is no day to come, and ``Refused`` when it has ended.
    """
    kept = _in_force(act, kept_id)
    if until is None or until <= act.now.date():
        raise Invalid(said("Choose a day in the future."), field="until")
    return _moved(
        act,
        kept,
        until,
        "exception.extend",
        reason,
    )


def extend_back(act: Acting, kept_id: int, until: date) -> AccessException:
    """Give an exception back the day it had. Raises ``Refused`` when it has ended."""
    return _moved(
        act,
        _in_force(act, kept_id),
        until,
        "exception.extend-back",
        "",
    )


def end_early(act: Acting, kept_id: int, reason: str) -> Wave:
    """Plan to take an exception's right off before its day; somebody else approves that.

    Raises ``Invalid`` without a reason, and ``Refused`` when it has ended or cannot be planned.
    """
    kept = _in_force(act, kept_id)
    if not reason.strip():
        raise Invalid(said("Say why."), field="reason")
    person = one(
        act.session,
        Person,
        kept.person_id,
    )
    order = OneByOne(person.id, take={kept.entitlement_id: reason})
    wave = plan_one_by_one(
        act,
        person.directory_id,
        [order],
    )
    change = Change(AccessException)
    change.put(
        kept,
        {
            "ending_id": switch_in(
                act.session,
                wave.id,
                person.id,
            )
        },
    )
    told = f"Plans to end {told_of(act.session, kept)}"
    change.record(
        act,
        subject_of(kept),
        "exception.end",
        told,
        reason=reason,
    )
    return wave


def switch_in(session: Session, wave_id: int, person_id: int) -> int:
    """Return the switch of a person in a wave."""
    mine = Switch.wave_id == wave_id, Switch.person_id == person_id
    return session.scalars(select(Switch.id).where(*mine)).one()


def subject_of(kept: AccessException) -> str:
    """Return what the audit trail calls an exception."""
    return f"exception:{kept.id}"


def told_of(session: Session, kept: AccessException) -> str:
    """Return how an exception is called in a sentence: the right and who holds it."""
    right = session.get_one(Entitlement, kept.entitlement_id)
    person = session.get_one(Person, kept.person_id)
    return f"{right.cn}, kept by {person.name}"


def _in_force(act: Acting, kept_id: int) -> AccessException:
    kept = one_locked(
        act.session,
        AccessException,
        kept_id,
    )
    if kept.ended_at is not None:
        raise Refused(said("This exception has ended; give the right anew."))
    if kept.ending_id is not None and _under_way(act.session, kept.ending_id):
        raise Refused(said("Its end is under way; see the wave that takes it off."))
    return kept


def _under_way(session: Session, switch_id: int) -> bool:
    return session.get_one(Switch, switch_id).open_person_id is not None


def _moved(
    act: Acting, kept: AccessException, until: date, action: str, reason: str
) -> AccessException:
    change = Change(AccessException)
    change.put(kept, {"until": until, "held_up": "", "tried_at": None})
    told = f"{told_of(act.session, kept)}, until {until:%Y-%m-%d}"
    change.record(
        act,
        subject_of(kept),
        action,
        told,
        reason=reason,
    )
    return kept

"""What people decide about somebody who joined, moved or left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from app.access.plan.values import KeptOutside
from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.access.turnover.queries import turnover_line, turnover_page
from app.access.undo.actions import undo
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Refused
from app.core.said import said
from app.models.access.turnover import TurnoverDone
from app.models.access.wave import Wave
from app.models.people import Person


@dataclass(frozen=True, slots=True)
class RightsDecided:
    """What was decided of a mover's rights: stop, hold until a day, or give; the rest continues."""

    stop: frozenset[int] = frozenset()
    until: Mapping[int, str] = field(default_factory=dict)
    give: frozenset[int] = frozenset()


def note_done(act: Acting, change_id: int) -> TurnoverDone:
    """Note that nothing more is to be done about what a reading saw of a person."""
    return _done(
        act,
        change_id,
        None,
    )


def plan_leaver(act: Acting, change_id: int) -> Wave:
    """Plan to take off everything that somebody who left holds directly.

    Raises ``Refused`` when the account is on again, or when nothing is left.
    """
    page = turnover_page(
        act.session,
        change_id,
        act.now,
    )
    if not page.is_off:
        raise Refused(said("The account is on again; look at what it needs."))
    why = f"Left: {page.line.text}"
    order = OneByOne(
        page.line.person_id, take={right.right_id: why for right in page.held}
    )
    wave = plan_one_by_one(
        act,
        page.directory_id,
        [order],
    )
    _done(
        act,
        change_id,
        wave.id,
    )
    return wave


def plan_mover(act: Acting, change_id: int, decided: RightsDecided) -> Wave | None:
    """Plan what was decided of a mover's rights; None where everything continues.

    Raises ``Refused`` with the reasons when it cannot be planned.
    """
    page = turnover_page(
        act.session,
        change_id,
        act.now,
    )
    if not (decided.stop or decided.until or decided.give):
        _done(
            act,
            change_id,
            None,
        )
        return None
    why = f"Moved: {page.line.text}"
    order = OneByOne(
        page.line.person_id,
        give={
            right: KeptOutside(
                act.by,
                why,
                "",
            )
            for right in decided.give
        },
        take=dict.fromkeys(decided.stop, why),
        keep={
            right: KeptOutside(
                act.by,
                why,
                until,
            )
            for right, until in decided.until.items()
        },
    )
    wave = plan_one_by_one(
        act,
        page.directory_id,
        [order],
    )
    _done(
        act,
        change_id,
        wave.id,
    )
    return wave


def give_back(act: Acting, change_id: int) -> int:
    """Give back what was taken off when somebody left who is here again; the wave that is undone.

    Raises ``Refused`` while the account is off: nothing is granted to who has left.
    """
    page = turnover_page(
        act.session,
        change_id,
        act.now,
    )
    if page.is_off:
        raise Refused(said("The account is still off; nothing is given back to it."))
    if page.back is None:
        raise Refused(said("Nothing that was taken off can be given back."))
    undo(
        act,
        page.back,
        page.line.person_id,
        reason=page.line.text,
    )
    _done(
        act,
        change_id,
        page.back,
    )
    return page.back


def _done(act: Acting, change_id: int, wave_id: int | None) -> TurnoverDone:
    line = turnover_line(act.session, change_id)
    here = select(TurnoverDone).where(TurnoverDone.change_id == change_id)
    known = act.session.scalars(here).first()
    change = Change(TurnoverDone)
    if known is None:
        new = TurnoverDone(
            change_id=change_id, wave_id=wave_id, done_at=act.now, done_by=act.by
        )
        known = change.add(act.session, new)
    else:
        change.put(known, {"wave_id": wave_id, "done_at": act.now, "done_by": act.by})
    person = act.session.get_one(Person, line.person_id)
    told = f"Looked at {person.name}, who {line.turn.value}"
    change.record(act, f"person:{person.id}", "turnover.done", told)
    return known

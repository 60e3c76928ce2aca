"""Note what is other than promised, at the end of each complete reading and right before somebody
is confirmed; accept it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from app.access.drift.owed import promised_in, scenery_of
from app.access.drift.rules import (
    DriftFound,
    person_differences,
    role_differences,
    sentence_of,
)
from app.access.drift.world import ReadWorld
from app.core import audit
from app.core.acting import Acting
from app.models.access.drift import Drift
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import (
    RESTING,
    DriftKind,
    DriftState,
    SwitchState,
)
from app.models.directory import Entitlement

BY = "Rung"
BACK = (SwitchState.UNDOING, SwitchState.UNDONE)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found: how many people were looked at, which differences are new, and
    which came to an end.
    """

    people: int = 0
    new: int = 0
    ended: int = 0


def verify_reading(
    act: Acting, directory_id: int, began: datetime | None = None
) -> Verified:
    """Verify everybody who was moved in a directory against the reading just taken over.

    ``began`` is when the reading began: who was moved later is not in it.
    """
    session = act.session
    if not _anybody(
        session,
        directory_id,
    ):
        return Verified()
    promised = promised_in(
        session,
        directory_id,
        until=began,
    )
    world = ReadWorld(
        session,
        directory_id,
        promised.owed,
    )
    scenery = scenery_of(
        session,
        world,
        promised,
    )
    found = list(role_differences(scenery))
    for owed in promised.owed.values():
        found += person_differences(
            owed,
            world.sight(owed.person_id),
            scenery,
        )
    looked_at = frozenset(promised.owed)
    return note(
        act,
        directory_id,
        found,
        lambda row: _is_over(
            row,
            looked_at,
        ),
    )


def verify_if_known(act: Acting, directory_id: int) -> Verified:
    """Verify a directory anew after Rung itself changed it, where something is known to be other
    than promised: what is repaired or taken back is over at once.
    """
    lasting = exists().where(
        Drift.role_id == Role.id,
        Drift.mark.is_not(None),
        Drift.state
        == DriftState.OPEN,  # what was accepted can wait for the next reading
    )
    here = select(Role.id).where(
        Role.directory_id == directory_id,
        lasting,
    )
    if act.session.scalars(here.limit(1)).first() is None:
        return Verified()
    return verify_reading(
        act,
        directory_id,
    )


def _anybody(session: Session, directory_id: int) -> bool:
    """Tell whether anybody was moved here, or is told to be other than promised."""
    here = Role.directory_id == directory_id
    moved = (
        exists()
        .where(
            Switch.wave_id == Wave.id,
            Wave.role_id == Role.id,
            here,
        )
        .where(Switch.state.in_(RESTING))
    )
    open_rows = exists().where(
        Drift.role_id == Role.id,
        here,
        Drift.mark.is_not(None),
    )
    return bool(session.scalar(select(moved | open_rows)))


def _is_over(row: Drift, looked_at: Collection[int]) -> bool:
    """Tell whether a difference that was not found is over: that of somebody who was not looked at,
    being on the way just now, is not known to be.
    """
    if row.kind is DriftKind.STRANGER or row.switch is None:
        return True
    moving = row.switch.state not in (*RESTING, SwitchState.UNDONE, SwitchState.FAILED)
    return row.person_id in looked_at or not moving


def note(
    act: Acting,
    directory_id: int,
    found: Iterable[DriftFound],
    is_over: Callable[[Drift], bool],
) -> Verified:
    """Note differences, each once however often it is found; what was not found any more ends where
    ``is_over`` says so. Each that is new, and each that ended, has its audit event.
    """
    known = {
        row.mark: row
        for row in _lasting(
            act.session,
            directory_id,
        )
    }
    differences = {each.mark: each for each in found}
    fresh = [each for mark, each in differences.items() if mark not in known]
    rows = _added(
        act,
        directory_id,
        fresh,
    )
    events = [
        _told(
            row,
            "drift.find",
            sentence_of(row),
        )
        for row in rows
    ]
    ended = 0
    for mark, row in known.items():
        if mark in differences:
            row.last_seen = act.now
        elif is_over(row):
            events.append(
                _over(
                    act,
                    row,
                )
            )
            ended += 1
    audit.record_all(
        act.session,
        BY,
        events,
        act.now,
    )
    return Verified(
        len({each.person_id for each in found}),
        len(fresh),
        ended,
    )


def _lasting(session: Session, directory_id: int) -> list[Drift]:
    here = select(Drift).join(
        Role,
        Role.id == Drift.role_id,
    )
    lasting = here.where(
        Role.directory_id == directory_id,
        Drift.mark.is_not(None),
    )
    loaded = joinedload(Drift.switch), joinedload(Drift.repair)
    return list(session.scalars(lasting.options(*loaded)))


def _added(act: Acting, directory_id: int, fresh: list[DriftFound]) -> list[Drift]:
    keys = {each.key for each in fresh}
    rights = select(
        Entitlement.key,
        Entitlement.id,
    ).where(
        Entitlement.directory_id == directory_id,
        Entitlement.key.in_(keys),
    )
    numbers = dict(act.session.execute(rights).all()) if keys else {}
    rows = [
        Drift(
            role_id=each.role_id,
            wave_id=each.promise.wave_id if each.promise else None,
            switch_id=each.promise.switch_id if each.promise else None,
            person_id=each.person_id,
            entitlement_id=numbers.get(each.key),
            mark=each.mark,
            kind=each.kind,
            state=DriftState.OPEN,
            right=each.right,
            who=each.who,
            lens=each.lens,
            first_seen=act.now,
            last_seen=act.now,
        )
        for each in fresh
    ]
    act.session.add_all(rows)
    act.session.flush()
    return rows


def _over(act: Acting, row: Drift) -> audit.Told:
    """Note that a difference is no longer there, and by what that came about as far as is known."""
    row.mark, row.ended_at = None, act.now
    if row.state is DriftState.OPEN:
        row.state = _why_over(row)
    return _told(
        row,
        "drift.end",
        f"{sentence_of(row)}: {row.state.value}",
    )


def _why_over(row: Drift) -> DriftState:
    if row.switch is not None and row.switch.state in BACK:
        return DriftState.UNDONE
    if row.repair is not None and row.repair.started_at is not None:
        return DriftState.REPAIRED
    return DriftState.GONE


def _told(row: Drift, action: str, sentence: str, reason: str = "") -> audit.Told:
    after = {
        "kind": row.kind.value,
        "state": row.state.value,
        "right": row.right,
    }
    return audit.Told(
        action,
        f"drift:{row.id}",
        sentence,
        after=after,
        reason=reason,
    )

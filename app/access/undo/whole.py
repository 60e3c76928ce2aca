"""Take a role back from everybody: its waves one after the other, the newest first, as a later wave
may build on what an earlier one did. The worker goes on with it, however often it dies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.access.queries import load_role
from app.access.undo.actions import undo
from app.access.waves.armed import disarm
from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.changes import Change, one, one_locked
from app.core.errors import Refused
from app.core.parts import Parts
from app.core.said import said
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.whole import RoleUndo
from app.models.access.words import UNDOABLE, SwitchState, WaveState
from app.models.people import Person

LEFT = "Rung"


def undo_role(
    act: Acting,
    role_id: int,
    *,
    decisions: Mapping[str, str] | None = None,
    reason: str = "",
) -> RoleUndo:
    """Ask for a role to be taken back from everybody who holds it, the newest wave first.

    Needs no approval. Waves that would begin by themselves are disarmed. ``decisions`` is as
    ``undo`` takes it, for all waves. Raises ``Refused`` where nobody is moved, or it was asked for
    before and is not over.
    """
    role = load_role(act.session, role_id)
    if open_role_undo(act.session, role_id) is not None:
        raise Refused(said("%(role)s is being taken back already.", role=role.name))
    waves = waves_to_undo(act.session, role_id)
    if not waves:
        raise Refused(said("Nobody was moved into %(role)s.", role=role.name))
    for wave_id in armed_waves(act.session, role_id):
        disarm(act, wave_id)
    asked = RoleUndo(
        role_id=role_id,
        asked_by=act.by,
        asked_at=act.now,
        reason=reason.strip(),
        waves=waves,
        decisions=dict(decisions or {"*": "skip"}),
        passed=[],
    )
    change = Change(about=RoleUndo)
    change.add(act.session, asked)
    sentence = f"Takes {role.name} back from everybody: {len(waves)} waves"
    change.record(act, role, "role.undo", sentence, reason=reason)
    go_on_with(act, asked)
    return asked


def waves_to_undo(session: Session, role_id: int) -> list[int]:
    """Return the waves of a role of which somebody can be taken back, the newest first."""
    moved = exists().where(Switch.wave_id == Wave.id, Switch.state.in_(UNDOABLE))
    rows = select(Wave.id).where(Wave.role_id == role_id, moved)
    return list(session.scalars(rows.order_by(Wave.number.desc())))


def armed_waves(session: Session, role_id: int) -> list[int]:
    """Return the waves of a role that would begin by themselves."""
    rows = select(Wave.id).where(Wave.role_id == role_id, Wave.state == WaveState.ARMED)
    return list(session.scalars(rows.order_by(Wave.id)))


def open_role_undo(session: Session, role_id: int) -> RoleUndo | None:
    """Return what is under way of taking a role back, if anything is."""
    rows = select(RoleUndo).where(
        RoleUndo.role_id == role_id, RoleUndo.ended_at.is_(None)
    )
    return session.scalars(rows.order_by(RoleUndo.id)).first()


def run_role_undos(parts: Parts) -> bool:
    """Give the next wave its turn of every role that is taken back; tell whether any came
    further.
    """
    with parts.database.read() as session:
        rows = select(RoleUndo.id).where(RoleUndo.ended_at.is_(None))
        due = list(session.scalars(rows.order_by(RoleUndo.id)))
    further: list[int] = []
    each_row(parts, ROLE_UNDOS, due, partial(_further, parts, further))
    return bool(further)


ROLE_UNDOS: Lane[int] = Lane("roles taken back", "role undo")


def _further(parts: Parts, further: list[int], asked_id: int) -> None:
    with parts.acting(LEFT) as act:
        asked = one_locked(act.session, RoleUndo, asked_id)
        if go_on_with(act.by_another(asked.asked_by), asked):
            further.append(asked_id)


def go_on_with(act: Acting, asked: RoleUndo) -> bool:
    """Give the next wave its turn once nobody of the last one is on the way back; tell whether
    anything came of it.
    """
    if asked.ended_at is not None:
        return False
    if asked.wave_id is not None and _on_the_way(act.session, asked.wave_id):
        return False
    while asked.waves:
        wave_id, *later = asked.waves
        change = Change(about=RoleUndo)
        change.put(asked, {"wave_id": wave_id, "waves": later})
        busy = people_elsewhere(act.session, [wave_id])
        change.put(asked, {"passed": [*asked.passed, *busy.values()]})
        wave = one(act.session, Wave, wave_id)
        change.record(act, wave, "wave.undo", f"Takes wave {wave.number} back")
        if _taken_back(act, asked, busy):
            return True
    role = one(act.session, Role, asked.role_id)
    change = Change(about=RoleUndo)
    change.put(asked, {"ended_at": act.now})
    sentence = f"Every wave of {role.name} had its turn to be taken back"
    change.record(act, role, "role.undone", sentence)
    return True


def _taken_back(act: Acting, asked: RoleUndo, busy: Collection[int]) -> bool:
    """Tell whether anybody of the wave whose turn it is can be taken back."""
    try:
        undo(
            act,
            asked.wave_id or 0,
            decisions=dict(asked.decisions),
            reason=asked.reason,
            without=busy,
        )
    except Refused:  # somebody took them back meanwhile
        return False
    return True


def _on_the_way(session: Session, wave_id: int) -> bool:
    rows = select(Switch.id).where(
        Switch.wave_id == wave_id, Switch.state == SwitchState.UNDOING
    )
    return session.scalar(rows.limit(1)) is not None


def people_elsewhere(session: Session, waves: Collection[int]) -> dict[int, str]:
    """Return who of these waves is on the way in another one, with what is said of them: they are
    passed by, as one person has one open switch.
    """
    other, role = aliased(Switch), aliased(Role)
    rows = (
        select(Person.id, Person.name, Wave.number, role.name)
        .join(Switch, Switch.person_id == Person.id)
        .join(other, other.open_person_id == Person.id)
        .join(Wave, Wave.id == other.wave_id)
        .join(role, role.id == Wave.role_id)
        .where(Switch.wave_id.in_(waves), Switch.state.in_(UNDOABLE))
        .where(other.wave_id.not_in(waves))
        .order_by(Person.name, Person.id)
    )
    return {
        person: said(
            "%(name)s is in wave %(number)s of %(role)s; finish that one first.",
            name=name,
            number=number,
            role=other_name,
        )
        for person, name, number, other_name in session.execute(rows)
    }

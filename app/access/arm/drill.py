"""The undo drill: a test account is moved into a role and taken back at once, by the same engine
that moves everybody, and timed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.plan.actions import plan
from app.access.plan.values import KeptOutside, PlanChoices
from app.access.queries import plan_of
from app.access.rungs import end_rung
from app.access.undo.actions import undo
from app.access.waves.actions import apply, open_switches
from app.access.waves.queries import get_wave, unnamed_account
from app.access.waves.running import run_wave
from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Refused, RungError
from app.core.parts import Parts
from app.core.said import digits, said
from app.models.access.looked import Drill
from app.models.access.role import Role
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import SwitchState, WaveState
from app.models.people import Person

BY = "Rung"
TOMORROW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DrillOrder:
    """What is drilled: a directory and its test account; no account: the one of the last drill."""

    directory_id: int
    person_id: int | None
    role_id: int | None
    by: str


def last_drill(session: Session, directory_id: int) -> Drill | None:
    """Return the last drill of a directory, if there was any."""
    rows = select(Drill).where(Drill.directory_id == directory_id)
    return session.scalars(rows.order_by(Drill.id.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class ProvenUndo:
    """Somebody who was taken back, in a drill or because it had to be, and how long that took."""

    at: datetime
    name: str
    seconds: float


def last_proven_undo(session: Session, directory_id: int) -> ProvenUndo | None:
    """Return who of a directory was taken back last on somebody's word: moved before, everything of
    theirs read back afterwards.
    """
    rows = (
        select(Switch.id, Switch.undone_at, Person.name)
        .join(Person, Person.id == Switch.person_id)
        .join(Wave, Wave.id == Switch.wave_id)
        .join(Role, Role.id == Wave.role_id)
        .where(Role.directory_id == directory_id)
        .where(Switch.state == SwitchState.UNDONE, Switch.switched_at.is_not(None))
        .order_by(Switch.undone_at.desc(), Switch.id.desc())
    )
    found = session.execute(rows.limit(1)).first()
    if found is None or found.undone_at is None:
        return None
    times = select(func.min(Step.intent_at), func.max(Step.ended_at))
    mine = Step.switch_id == found.id, Step.reverses_id.is_not(None)
    begun, ended = session.execute(times.where(*mine)).one()
    seconds = (ended - begun).total_seconds() if begun and ended else 0.0
    return ProvenUndo(found.undone_at, found.name, seconds)


def undo_told(session: Session, directory_id: int, now: datetime) -> str:
    """Say when an undo was proven last in a directory, and how long it took."""
    drill = last_drill(session, directory_id)
    proven = last_proven_undo(session, directory_id)
    if drill and drill.trouble and (proven is None or proven.at < drill.at):
        return said("The last drill failed: %(why)s", why=drill.trouble)
    if proven is None:
        return said("No undo was drilled in this directory yet.")
    return said(
        "Last proven undo: %(days)s days ago, %(name)s in %(seconds)s s.",
        days=(now - proven.at).days,
        name=proven.name,
        seconds=digits(f"{proven.seconds:.1f}"),
    )


def run_drill(parts: Parts, order: DrillOrder) -> Drill:
    """Move a test account up and down, and keep how long either took.

    Raises ``Refused`` where nobody named the account, no role stands in the directory, the plan
    touches privileged rights, or nobody said which account is the operator's own.
    """
    with parts.acting(order.by) as act:
        if why := unnamed_account(act.session, act.by, "drill"):
            raise Refused(why)
        person_id = order.person_id or _the_last(act.session, order.directory_id)
        wave_id = _planned(act, order, person_id)
    trouble, up, down = "", 0.0, 0.0
    try:
        up = _timed(parts, wave_id)
        with parts.acting(order.by) as act:
            undo(act, wave_id, reason="Drill")
        down = _timed(parts, wave_id)
    except RungError as error:
        trouble = error.message
    with parts.acting(order.by) as act:
        trouble = trouble or _not_back(act.session, wave_id)
        drill = Drill(
            directory_id=order.directory_id,
            person_id=person_id,
            wave_id=wave_id,
            at=act.now,
            by=order.by,
            up_seconds=up,
            down_seconds=down,
            trouble=trouble,
        )
        change = Change(about=Drill)
        change.add(act.session, drill)
        change.record(act, drill, "drill.run", "Drilled an undo on a test account")
        return drill


def _the_last(session: Session, directory_id: int) -> int:
    drill = last_drill(session, directory_id)
    if drill is None:
        raise Refused(said("Name the test account of this directory with --person."))
    return drill.person_id


def _planned(act: Acting, order: DrillOrder, person_id: int) -> int:
    """Plan the move of the test account alone, and let it pass: it is taken back at once."""
    role_id = order.role_id or _a_role(act.session, order.directory_id)
    until: date = (act.now + TOMORROW).date()
    kept = KeptOutside(order.by, "Drill", until.isoformat())
    choices = PlanChoices(default=kept, accept_all_gains=True, beside="Drill")
    wave = get_wave(act.session, plan(act, role_id, [person_id], choices).id)
    if plan_of(wave).privileged:
        raise Refused(said("A drill touches no privileged right; choose another role."))
    _off_the_ladder(act, wave)
    change = Change(about=Wave)
    approved = {
        "state": WaveState.APPROVED,
        "approved_by": BY,
        "approved_at": act.now,
        "approved_hash": wave.plan_hash,
        "self_approved": True,
    }
    change.put(wave, approved)
    open_switches(act.session, wave)
    name = one(act.session, Person, person_id).name
    sentence = f"The drill approves its own wave: {name} alone, taken back at once"
    change.record(act, wave, "wave.drill", sentence, reason=f"{act.by} asked for it")
    apply(act, wave.id)
    return wave.id


def _off_the_ladder(act: Acting, wave: Wave) -> None:
    """Let a drill be no rung of its role: nobody has to decide what follows from it."""
    end_rung(act, wave, "Drill")
    wave.iteration_id = None
    for switch in wave.switches:
        switch.participation_id = None


def _a_role(session: Session, directory_id: int) -> int:
    rows = select(Role.id).where(
        Role.directory_id == directory_id,
        Role.retired_at.is_(None),
        Role.group_key != "",
    )
    found = session.scalars(rows.order_by(Role.id).limit(1)).first()
    if found is None:
        raise Refused(said("No role of this directory has its group yet."))
    return found


def _timed(parts: Parts, wave_id: int) -> float:
    begun = time.monotonic()
    while not run_wave(parts, wave_id):
        parts.pause(0.2)
    return time.monotonic() - begun


def _not_back(session: Session, wave_id: int) -> str:
    rows = select(Switch.state, Person.name).join(Person, Person.id == Switch.person_id)
    for state, name in session.execute(rows.where(Switch.wave_id == wave_id)):
        if state is not SwitchState.UNDONE:
            return said("%(name)s is %(state)s.", name=name, state=state.value)
    return ""

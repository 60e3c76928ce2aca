"""What the engine asks of the rows of a wave, and what it notes in them: questions and deeds for
the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session, joinedload

from app.access.document import PersonSeen, PlannedException
from app.access.engine.errand import Errand, Turned
from app.access.rules import as_change, as_data, is_ours
from app.access.rungs import end_rung, tell_rungs
from app.access.states import GOING_ON
from app.core import audit
from app.core.acting import Acting
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import (
    HOLDING,
    RESTING,
    SETTLED_STEPS,
    Phase,
    StepState,
    SwitchState,
    WaveState,
)
from app.models.directory import Entitlement
from app.models.people import Person
from ldap_sync.dn import fold_or_self
from ldap_sync.values import DirectoryChange, inverse

ITSELF = "Rung"
"""Who takes back what a person's switch began when it could not be finished."""

StepRow = dict[str, object]
"""A new step, by the names of its columns."""

FAILED_BEFORE = (StepState.DRIFT, StepState.REFUSED)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a person's switch is now, why, what was seen, and what is kept outside the role from
    now on.
    """

    state: SwitchState
    reason: str = ""
    seen: PersonSeen | None = None
    exceptions: tuple[PlannedException, ...] = ()


def rest_unbegun(act: Acting, errand: Errand) -> None:
    """Put whom a pause met before anything was sent for them back to where they were."""
    begun = select(Step.id).where(
        Step.switch_id == Switch.id, Step.state != StepState.PLANNED
    )
    here = Switch.wave_id == errand.wave_id, Switch.state == SwitchState.ROLE_ON
    rows = select(Switch).where(*here, ~begun.exists())
    found = list(act.session.scalars(rows.options(joinedload(Switch.person))))
    reached = Reached(SwitchState.APPROVED)
    events = [_note(act, errand, row, reached) for row in found]
    audit.record_all(act.session, act.by, events, act.now)


def switches_of(session: Session, ids: Iterable[int]) -> list[Switch]:
    """Return the switches of some people as the rows have them now, in the order of the plan."""
    here = select(Switch).where(Switch.id.in_([*ids])).order_by(Switch.position)
    return list(session.scalars(here.options(joinedload(Switch.person))))


def steps_up(
    session: Session, ids: Iterable[int], phases: Iterable[Phase]
) -> list[Step]:
    """Return the forward steps of some phases and people, in order."""
    own = _forward().where(Step.switch_id.in_([*ids]), Step.phase.in_([*phases]))
    return list(session.scalars(own.order_by(Step.position)))


def steps_down(
    session: Session, ids: Iterable[int], phases: Iterable[Phase]
) -> list[Step]:
    """Return the latest inverse of each step of some phases and people, in the order they run."""
    query = select(Step).where(
        Step.switch_id.in_([*ids]),
        Step.phase.in_([*phases]),
        Step.reverses_id.is_not(None),
    )
    found = {
        step.reverses_id: step for step in session.scalars(query.order_by(Step.attempt))
    }
    return sorted(found.values(), key=lambda step: step.position)


def steps_of_role(session: Session, wave_id: int) -> list[Step]:
    """Return the steps of a wave that prepare its role, in order."""
    mine = _forward().where(Step.wave_id == wave_id, Step.phase == Phase.PREPARE)
    return list(session.scalars(mine.order_by(Step.position)))


def steps_given_back(session: Session, wave_id: int) -> list[Step]:
    """Return the steps that were asked for one by one, of people who stay where they are: a right
    given back at once, or taken off again after that.
    """
    resting = select(Switch.id).where(
        Switch.wave_id == wave_id, Switch.state.in_(RESTING)
    )
    query = select(Step).where(
        Step.switch_id.in_(resting),
        Step.state.in_((StepState.PLANNED, StepState.INTENT, StepState.UNKNOWN)),
    )
    return list(session.scalars(query.order_by(Step.position)))


def last_position(session: Session, wave_id: int) -> int:
    """Return the position of the last step of a wave."""
    last = select(func.max(Step.position)).where(Step.wave_id == wave_id)
    return session.scalar(last) or 0


def moved_into(session: Session, role_id: int) -> set[str]:
    """Return the folded DNs and accounts of everybody Rung itself moved into a role."""
    people = (
        select(Person.dn, Person.uid)
        .join(Switch, Switch.person_id == Person.id)
        .join(Wave, Switch.wave_id == Wave.id)
    )
    rows = session.execute(people.where(Wave.role_id == role_id))
    return {fold_or_self(name) for row in rows for name in row}


def group_of(session: Session, role_id: int) -> tuple[str, str]:
    """Return the key and the DN of a role's group; no key: it was not made yet."""
    role = session.get_one(Role, role_id)
    return role.group_key, role.group_dn


def lenses_of(
    session: Session, directory_id: int, keys: Iterable[str]
) -> dict[str, str]:
    """Return how the applications look that read these rights, by key."""
    here = Entitlement.directory_id == directory_id, Entitlement.key.in_([*keys])
    rows = session.execute(select(Entitlement.key, Entitlement.lens).where(*here))
    return {key: lens.value for key, lens in rows}


def note_all(
    act: Acting, errand: Errand, notes: Iterable[tuple[Switch, Reached]]
) -> None:
    """Note where the switches of some people are now, each with its audit event; one after the
    other where somebody went through several places.

    Raises ``Turned`` when somebody asked for something else since one of them was loaded; then
    nothing is noted.
    """
    told = [*notes]
    rows = {
        row.id: row for row in _unturned(act.session, [switch for switch, _ in told])
    }
    events = [_note(act, errand, rows[one.id], reached) for one, reached in told]
    for switch, reached in told:
        switch.state = reached.state
    undone = [row.id for row in rows.values() if row.undone_at == act.now]
    if undone:
        _end_exceptions(act.session, undone, act.now)
    audit.record_all(act.session, act.by, events, act.now)
    tell_rungs(act, rows.values())


def _note(act: Acting, errand: Errand, row: Switch, reached: Reached) -> audit.Told:
    """Note where one switch is now, and return what the audit trail is told."""
    before = row.state
    row.state, row.reason = reached.state, reached.reason
    _stamp(row, act.now)
    if reached.seen:
        row.verified = [*row.verified, reached.seen.to_json()]
    _keep_exceptions(act.session, errand, row, reached.exceptions)
    return audit.Told(
        _event(row.state),
        errand.subject,
        f"{row.person.name} in {errand.wave}: {row.state.value}",
        before=before.value,
        after=row.state.value,
        reason=row.reason,
    )


def hold(
    act: Acting, errand: Errand, switch: Switch, reason: str, seen: PersonSeen
) -> None:
    """Leave a person where they are and stop the wave: a move that applications do not see is none.

    Nobody loses anything. Applied again, the wave looks anew; undone, the person goes back.
    """
    [row] = _unturned(act.session, [switch])
    row.reason, row.verified = reason, [*row.verified, seen.to_json()]
    _stop(act.session, errand, f"{row.person.name}: {reason}")
    audit.record(
        act.session,
        act.by,
        "switch.hold",
        errand.subject,
        f"Holds {row.person.name} and stops {errand.wave}",
        reason=reason,
        at=act.now,
    )


def step_back(act: Acting, errand: Errand, switch: Switch, reason: str) -> None:
    """Have taken back what was begun for a person. The wave stops, unless it was armed: then its
    rules decide whether anybody else is moved.
    """
    [row] = _unturned(act.session, [switch])
    row.state, row.reason, row.undone_by = SwitchState.UNDOING, reason, ITSELF
    tell_rungs(act, [row])
    ruled = bool(act.session.get_one(Wave, errand.wave_id).terms)
    if not ruled:
        _stop(act.session, errand, f"{row.person.name} could not be moved: {reason}")
    then = "lets the rules decide on" if ruled else "stops"
    audit.record(
        act.session,
        ITSELF,
        "switch.step_back",
        errand.subject,
        f"Takes back what was begun for {row.person.name} and {then} {errand.wave}",
        before=switch.state.value,
        after=row.state.value,
        reason=reason,
        at=act.now,
    )


def set_wave(act: Acting, errand: Errand, state: WaveState, message: str) -> None:
    """Note where the wave stands, and what is to be said about it."""
    wave = act.session.get_one(Wave, errand.wave_id)
    before, wave.state, wave.message, wave.ended_at = (
        wave.state,
        state,
        message,
        act.now,
    )
    audit.record(
        act.session,
        act.by,
        f"wave.{state.value}",
        errand.subject,
        f"Wave {errand.number} of {errand.role}: {state.value}",
        before=before.value,
        after=state.value,
        reason=message,
        at=act.now,
    )
    if not _anybody_inside(act.session, wave.id):
        end_rung(act, wave, message)


def _anybody_inside(session: Session, wave_id: int) -> bool:
    """Tell whether somebody of a wave is in the role, or may still come into it."""
    inside = Switch.state.in_((*HOLDING, SwitchState.APPROVED, SwitchState.PAUSED))
    found = select(Switch.id).where(Switch.wave_id == wave_id, inside).limit(1)
    return session.scalar(found) is not None


def add_steps(act: Acting, rows: Sequence[StepRow]) -> None:
    """Write new steps into the journal."""
    act.session.execute(insert(Step), rows)


def plan_again(act: Acting, steps: Iterable[Step]) -> None:
    """Take up steps again that failed before: this time they may not."""
    for step in steps:
        row = act.session.get_one(Step, step.id)
        step.state = row.state = StepState.PLANNED


def change_steps(
    act: Acting,
    changes: Iterable[tuple[Step, DirectoryChange]],
    state: StepState | None = None,
) -> None:
    """Write the changes of steps anew, and their state where one is given."""
    for step, change in changes:
        row = act.session.get_one(Step, step.id)
        step.change = row.change = as_data(change)
        step.state = row.state = state or row.state


def links_to_take_back(
    act: Acting, errand: Errand, *, of_wave: bool = False
) -> list[Step]:
    """Write, once, the inverse of every link of the role that was ours, and return those still to
    do; of the one wave alone where that is asked.
    """
    mine = Wave.id == errand.wave_id if of_wave else Wave.role_id == errand.role_id
    links = _forward().join(Wave).where(mine, Step.phase == Phase.PREPARE)
    links = links.order_by(Step.wave_id, Step.position)
    steps = [
        step
        for step in act.session.scalars(links)
        if is_ours(step.state.value, step.proof)
    ]
    if (
        not of_wave
    ):  # an emptied role goes nowhere again that a new version took it out of
        steps = [step for step in steps if not step.change.get("delete")]
    found = (_link_to_take_back(act.session, errand, step) for step in steps)
    return [back for back in found if back is not None]


def _forward() -> Select[Step]:
    return select(Step).where(Step.reverses_id.is_(None))


def _link_to_take_back(session: Session, errand: Errand, step: Step) -> Step | None:
    change = as_change(step.change)
    if not isinstance(change, DirectoryChange):
        return None  # the group itself stays: others may have come to use it
    existing = session.scalars(select(Step).where(Step.reverses_id == step.id)).first()
    if existing is not None:
        if existing.state in FAILED_BEFORE:
            existing.state = StepState.PLANNED  # it failed before; this time it may not
        return existing if existing.state not in SETTLED_STEPS else None
    back = Step(
        wave_id=errand.wave_id,
        reverses_id=step.id,
        position=step.position,
        phase=Phase.PREPARE,
        change=as_data(inverse(change)),
        state=StepState.PLANNED,
        sentence=f"Take back: {step.sentence}",
    )
    session.add(back)
    session.flush()
    return back


def _unturned(session: Session, switches: Sequence[Switch]) -> list[Switch]:
    """Return switches as they are now, unless one is no longer where the runner believes it to
    be.
    """
    found = switches_of(session, [switch.id for switch in switches])
    rows = {row.id: row for row in found}
    if any(_is_turned(rows[switch.id], switch) for switch in switches):
        raise Turned
    return [rows[switch.id] for switch in switches]


def _is_turned(row: Switch, believed: Switch) -> bool:
    """Tell whether somebody is elsewhere by now, or paused before they were begun."""
    if row.state is not believed.state:
        return True
    return row.state is SwitchState.APPROVED and row.paused_at is not None


def _event(state: SwitchState) -> str:
    name = state.name
    return f"switch.{name.lower()}"


def _stop(session: Session, errand: Errand, message: str) -> None:
    wave = session.get_one(Wave, errand.wave_id)
    if wave.state in GOING_ON:
        wave.state, wave.message = WaveState.STOPPED, message


def _stamp(switch: Switch, now: datetime) -> None:
    """Write the times that belong to a state; a finished switch is no longer the person's open
    one.
    """
    if switch.state is SwitchState.APPROVED:
        switch.started_at = None
    elif switch.state is SwitchState.ROLE_ON:
        switch.started_at = now
    elif switch.state is SwitchState.SOAKING:
        switch.switched_at = now
    elif switch.state is SwitchState.CLOSED:
        switch.switched_at, switch.open_person_id = now, None
    elif switch.state in (SwitchState.UNDONE, SwitchState.FAILED):
        switch.undone_at, switch.open_person_id = now, None
    elif switch.state is SwitchState.STALE:
        switch.open_person_id = None


def _keep_exceptions(
    session: Session,
    errand: Errand,
    switch: Switch,
    exceptions: Iterable[PlannedException],
) -> None:
    kept = {item.key: item for item in exceptions}
    if not kept:
        return
    here = Entitlement.directory_id == errand.directory_id, Entitlement.key.in_(kept)
    rights = session.execute(select(Entitlement.key, Entitlement.id).where(*here)).all()
    for key, right_id in rights:
        session.add(
            AccessException(
                switch_id=switch.id,
                person_id=switch.person_id,
                entitlement_id=right_id,
                owner=kept[key].owner,
                reason=kept[key].reason,
                until=date.fromisoformat(kept[key].until),
            )
        )


def _end_exceptions(session: Session, ids: Sequence[int], now: datetime) -> None:
    mine = select(AccessException).where(AccessException.switch_id.in_(ids))
    for kept in session.scalars(mine):
        kept.ended_at = kept.ended_at or now

"""Approve a wave, apply it, confirm people, undo: what people ask for.

The directory work itself is in ``running``.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from app.access.actions.planning import write_ldif
from app.access.queries.approval import approval_by, unnamed_account
from app.access.queries.kept import plan_of
from app.access.queries.terrain import over_limits
from app.access.rules.approval import is_self_approval, objection
from app.access.rules.document import PlanDocument
from app.access.rules.steps import PlannedStep, as_data
from app.core import audit
from app.core.acting import Acting
from app.core.canonical import fingerprint
from app.core.errors import Conflict, NotFound, Refused
from app.directory.queries import current_freeze
from app.models.access import (
    HELD,
    UNDOABLE,
    Phase,
    Role,
    Step,
    StepState,
    Switch,
    SwitchState,
    Wave,
    WaveState,
)

WAITING = (SwitchState.PLANNED, SwitchState.APPROVED)


def get_wave(session: Session, wave_id: int) -> Wave:
    """Return a wave with its role, directory and switches. Raises ``NotFound``."""
    loaded = (
        selectinload(Wave.role).selectinload(Role.directory),
        selectinload(Wave.version),
        selectinload(Wave.switches).selectinload(Switch.person),
    )
    wave = session.scalars(select(Wave).where(Wave.id == wave_id).options(*loaded)).one_or_none()
    if wave is None:
        raise NotFound(f"There is no wave {wave_id}.")
    return wave


def approve(act: Acting, wave_id: int) -> Wave:
    """Approve a plan as it stands.

    Raises ``Refused`` for its author, for people in it, and once it was decided.

    A plan that touches privileged rights stays planned until a second person approved it too.
    """
    wave = get_wave(act.session, wave_id)
    if wave.state is not WaveState.PLANNED:
        raise Refused(
            f"Wave {wave.number} of {wave.role.name} is {wave.state.value}, not waiting for "
            "approval."
        )
    plan = demand_intact(wave, wave.plan_hash)
    asked = approval_by(act.session, wave, act.by, act.settings, act.now)
    why = objection(asked)
    if why:
        raise Refused(why)
    if plan.privileged and not wave.first_approved_by:
        return _approve_first(act, wave)
    wave.state, wave.approved_by, wave.approved_at, wave.approved_hash = (
        WaveState.APPROVED,
        act.by,
        act.now,
        wave.plan_hash,
    )
    wave.self_approved = is_self_approval(asked)
    wave.version.approved_at = wave.version.approved_at or act.now
    _open_switches(act.session, wave)
    sentence = f"Approved wave {wave.number} of {wave.role.name}" + (
        " (self-approved)" if wave.self_approved else ""
    )
    audit.record(
        act.session,
        act.by,
        "wave.approve",
        f"wave:{wave.id}",
        sentence,
        after={"hash": wave.approved_hash},
        at=act.now,
    )
    return wave


def _approve_first(act: Acting, wave: Wave) -> Wave:
    wave.first_approved_by, wave.first_approved_at = act.by, act.now
    sentence = f"Gave the first of two approvals for wave {wave.number} of {wave.role.name}"
    after = {"hash": wave.plan_hash}
    audit.record(
        act.session,
        act.by,
        "wave.approve-first",
        f"wave:{wave.id}",
        sentence,
        after=after,
        at=act.now,
    )
    return wave


def apply(act: Acting, wave_id: int) -> Wave:
    """Hand an approved wave to the worker; also goes on with one that stopped.

    Raises ``Refused`` with the reason.
    """
    wave = get_wave(act.session, wave_id)
    if wave.state is WaveState.PLANNED:
        raise Refused(f"Wave {wave.number} of {wave.role.name} is not approved yet.")
    held = [switch for switch in wave.switches if switch.state in HELD]
    waiting = [switch for switch in wave.switches if switch.state is SwitchState.APPROVED]
    if wave.state not in (WaveState.APPROVED, WaveState.STOPPED) or not (waiting or held):
        raise Refused(
            f"Wave {wave.number} of {wave.role.name} was applied already (it is "
            f"{wave.state.value})."
        )
    if why := unnamed_account(act.session, act.by, "apply"):
        raise Refused(why)
    plan = demand_intact(wave, wave.approved_hash)
    _demand_writing(act.session, wave)
    if waiting:
        _demand_limits(act, wave, plan)
    write_ldif(act.settings.plans, wave.id, plan)
    _journal(act.session, wave, plan)
    wave.state, wave.applied_by, wave.started_at, wave.message = (
        WaveState.APPLYING,
        act.by,
        wave.started_at or act.now,
        "",
    )
    audit.record(
        act.session,
        act.by,
        "wave.apply",
        f"wave:{wave.id}",
        f"Applied wave {wave.number} of {wave.role.name}",
        at=act.now,
        after={
            "people": [switch.person.uid for switch in (*held, *waiting)],
            "hash": wave.approved_hash,
        },
    )
    return wave


def confirm(
    act: Acting,
    wave_id: int,
    person_id: int | None = None,
    *,
    note: str = "",
) -> list[Switch]:
    """Confirm that a switched person, or everybody soaking in the wave, was seen working (design
    5.11).
    """
    wave = get_wave(act.session, wave_id)
    chosen = _chosen(wave, person_id)
    soaking = [switch for switch in chosen if switch.state is SwitchState.SOAKING]
    if not soaking:
        raise Refused(_not_now(wave, chosen, "confirm", "switched and waiting to be confirmed"))
    for switch in soaking:
        switch.state, switch.confirmed_by, switch.confirmed_at = (
            SwitchState.CONFIRMED,
            act.by,
            act.now,
        )
        switch.open_person_id = None
        sentence = f"Confirmed {switch.person.name} in wave {wave.number} of {wave.role.name}"
        audit.record(
            act.session,
            act.by,
            "switch.confirm",
            f"wave:{wave.id}",
            sentence,
            reason=note,
            at=act.now,
        )
    if (
        all(switch.state is not SwitchState.SOAKING for switch in wave.switches)
        and wave.state is WaveState.SOAKING
    ):
        wave.state = WaveState.CONFIRMED
    return soaking


def undo(
    act: Acting,
    wave_id: int,
    person_id: int | None = None,
    *,
    decisions: dict[str, str] | None = None,
    reason: str = "",
) -> list[Switch]:
    """Ask for everything the wave did to a person, or to all of its people, to be taken back.

    Needs no approval.

    ``decisions`` says what to do where others interfered: ``{"*": "skip" | "ours" | "theirs"}``, or
    per step id.
    """
    wave = get_wave(act.session, wave_id)
    chosen = _chosen(wave, person_id)
    undoable = [switch for switch in chosen if switch.state in UNDOABLE]
    waiting = (
        [switch for switch in chosen if switch.state is SwitchState.APPROVED]
        if wave.started_at
        else []
    )
    if not undoable and not waiting:
        raise Refused(_not_now(wave, chosen, "undo", "switched"))
    _demand_no_other_switch(act.session, undoable)
    for switch in undoable:
        switch.state, switch.undone_by, switch.reason = SwitchState.UNDOING, act.by, reason
        switch.on_conflict, switch.open_person_id = decisions or {"*": "skip"}, switch.person_id
        sentence = (
            f"Undoes the switch of {switch.person.name} in wave {wave.number} of {wave.role.name}"
        )
        audit.record(
            act.session,
            act.by,
            "switch.undo",
            f"wave:{wave.id}",
            sentence,
            reason=reason,
            at=act.now,
        )
    for switch in waiting:  # the wave never came to them; another wave may take them
        switch.state, switch.open_person_id, switch.undone_by, switch.undone_at = (
            SwitchState.UNDONE,
            None,
            act.by,
            act.now,
        )
        switch.reason = "Not begun when the wave was undone."
        sentence = (
            f"Takes {switch.person.name}, not moved yet, out of wave {wave.number} of "
            f"{wave.role.name}"
        )
        audit.record(
            act.session,
            act.by,
            "switch.undo",
            f"wave:{wave.id}",
            sentence,
            reason=reason,
            at=act.now,
        )
    if person_id is None or wave.state is not WaveState.APPLYING:
        wave.state = WaveState.UNDOING
    wave.message = ""
    return [*undoable, *waiting]


def _open_switches(session: Session, wave: Wave) -> None:
    """Mark each person's switch as the open one; the unique column keeps a second wave from doing
    the same.
    """
    try:
        with session.begin_nested():
            for switch in wave.switches:
                switch.state, switch.open_person_id = SwitchState.APPROVED, switch.person_id
    except IntegrityError as error:
        raise Refused(
            "Somebody in this wave got another open switch since it was planned; plan again."
        ) from error


def demand_intact(wave: Wave, expected: str) -> PlanDocument:
    """Return the wave's plan, which is the one whose hash was ``expected``. Raises ``Conflict``.

    The text that is kept has that hash, and so has all that was read from it: nothing in it is
    passed over.
    """
    changed = f"The plan of wave {wave.number} is not what its hash says; it will not be used."
    if fingerprint(wave.plan) != expected:
        raise Conflict(changed)
    plan = plan_of(wave)
    if plan.hash != expected:
        raise Conflict(changed)
    return plan


def _demand_writing(session: Session, wave: Wave) -> None:
    frozen = current_freeze(session)
    if frozen is not None:
        raise Refused(f"All writing is frozen since {frozen.at:%Y-%m-%d %H:%M} UTC by {frozen.by}.")
    if not wave.role.directory.writable:
        raise Refused(
            f"{wave.role.directory.name} is connected for reading only; add a write "
            "credential first."
        )


def _demand_limits(act: Acting, wave: Wave, plan: PlanDocument) -> None:
    over = over_limits(act.session, wave.role.directory_id, plan, act.settings, act.now)
    if over:
        raise Refused(f"Too much at once: {over[0]}", details=over)


def _journal(session: Session, wave: Wave, plan: PlanDocument) -> None:
    """Write the steps of the plan into the journal, once."""
    if session.scalars(select(Step.id).where(Step.wave_id == wave.id).limit(1)).first() is not None:
        return
    switches = {switch.person.key: switch.id for switch in wave.switches}
    steps: list[tuple[int | None, PlannedStep]] = [(None, step) for step in plan.prepare]
    steps += [(switches[person.key], step) for person in plan.people for step in person.steps]
    session.add_all(
        Step(
            wave_id=wave.id,
            switch_id=switch_id,
            position=position,
            phase=Phase(step.phase),
            change=as_data(step.change),
            sentence=step.sentence,
            state=StepState.PLANNED,
        )
        for position, (switch_id, step) in enumerate(steps)
    )


def _chosen(wave: Wave, person_id: int | None) -> list[Switch]:
    if person_id is None:
        return list(wave.switches)
    chosen = [switch for switch in wave.switches if switch.person_id == person_id]
    if not chosen:
        raise NotFound(f"This person is not in wave {wave.number} of {wave.role.name}.")
    return chosen


def _not_now(wave: Wave, chosen: list[Switch], verb: str, needed: str) -> str:
    if len(chosen) == 1:
        return (
            f"Cannot {verb} {chosen[0].person.name}: the switch is {chosen[0].state.value}, not "
            f"{needed}."
        )
    return f"Cannot {verb} wave {wave.number} of {wave.role.name}: nobody in it is {needed}."


def _demand_no_other_switch(session: Session, switches: list[Switch]) -> None:
    for switch in switches:
        other = session.scalars(
            select(Switch).where(Switch.open_person_id == switch.person_id, Switch.id != switch.id)
        ).first()
        if other is not None:
            raise Refused(f"{switch.person.name} has another open switch; finish that one first.")

"""Approve a wave, apply it, withdraw it: what people ask for.

The directory work itself is in ``running``.
"""

from __future__ import annotations

from sqlalchemy import exists, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.access.document import PlanDocument
from app.access.plan.written import write_ldif
from app.access.queries import plan_of
from app.access.rules import PlannedStep, as_data
from app.access.rungs import begin_rung, end_rung, tell_left, tell_rungs
from app.access.states import WaveEvent, wave_may
from app.access.waves.named import demand_go
from app.access.waves.queries import approval_by, get_wave, over_limits, unnamed_account
from app.access.waves.rules import is_self_approval, objection
from app.core.acting import Acting
from app.core.canonical import fingerprint
from app.core.changes import Change, one
from app.core.errors import Conflict, NotFound, Refused
from app.core.said import said
from app.directory.queries import current_freeze
from app.models.access.drift import Drift
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import HELD, Phase, StepState, SwitchState, WaveState


def withdraw(act: Acting, wave_id: int, *, reason: str = "") -> Wave:
    """Take back a plan that was not applied. Raises ``Refused`` once it was."""
    wave = one(act.session, Wave, wave_id)
    if wave.started_at or not wave_may(wave.state, WaveEvent.WITHDRAW):
        raise Refused(said("This wave was applied already; undo it instead."))
    _close(act, wave, reason or f"Withdrawn by {act.by}.")
    sentence = f"Withdrew wave {wave.number}"
    Change().record(act, f"wave:{wave.id}", "wave.withdraw", sentence, reason=reason)
    return wave


def send_back(act: Acting, wave_id: int, *, reason: str) -> Wave:
    """Give a plan back to its author with what is wrong with it, instead of approving it.

    Raises ``Refused`` without a reason, and once the plan was decided.
    """
    wave = _to_be_decided(act, wave_id)
    if not reason:
        raise Refused(
            said("Say what is wrong with the plan, so that a better one can be made.")
        )
    wave.message = f"{act.by} sent it back: {reason}"
    _close(act, wave, wave.message)
    sentence = f"Sent wave {wave.number} of {wave.role.name} back to {wave.author}"
    Change().record(act, f"wave:{wave.id}", "wave.send_back", sentence, reason=reason)
    return wave


def _to_be_decided(act: Acting, wave_id: int) -> Wave:
    wave = get_wave(act.session, wave_id)
    if wave.state is not WaveState.PLANNED:
        raise Refused(
            said(
                "Wave %(number)s of %(name)s is %(value)s, not waiting for approval.",
                number=wave.number,
                name=wave.role.name,
                value=wave.state.value,
            )
        )
    return wave


def _close(act: Acting, wave: Wave, reason: str) -> None:
    """End a plan that was not applied; its people are free for another."""
    wave.state, wave.ended_at = WaveState.WITHDRAWN, act.now
    mine = select(Switch).where(Switch.wave_id == wave.id)
    switches = act.session.scalars(mine).all()
    for switch in switches:
        switch.open_person_id = None
    tell_left(act, switches)
    end_rung(act, wave, reason)


TO_BEGIN = (WaveState.APPROVED, WaveState.ARMED, WaveState.CANARY, WaveState.STOPPED)
"""Waves that are handed to the worker: by a person, or an armed one when its window opens."""


def approve(act: Acting, wave_id: int) -> Wave:
    """Approve a plan as it stands.

    Raises ``Refused`` for its author, for people in it, and once it was decided.

    A plan that touches privileged rights stays planned until a second person approved it too.
    """
    wave = _to_be_decided(act, wave_id)
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
    open_switches(act.session, wave)
    begin_rung(act, wave)
    tell_rungs(act, wave.switches)
    sentence = f"Approved wave {wave.number} of {wave.role.name}" + (
        " (self-approved)" if wave.self_approved else ""
    )
    Change(after={"hash": wave.approved_hash}).record(
        act, f"wave:{wave.id}", "wave.approve", sentence
    )
    return wave


def approve_as_agreed(act: Acting, wave_id: int, agreed: str) -> Wave:
    """Approve a plan that does no more than what people agreed to before; ``agreed`` says who did,
    and when, and stands as its approval.
    """
    wave = _to_be_decided(act, wave_id)
    demand_intact(wave, wave.plan_hash)
    wave.state, wave.approved_at = WaveState.APPROVED, act.now
    wave.approved_by, wave.approved_hash = agreed, wave.plan_hash
    open_switches(act.session, wave)
    sentence = f"Approved wave {wave.number} of {wave.role.name} as agreed: {agreed}"
    Change(after={"hash": wave.approved_hash}).record(
        act, f"wave:{wave.id}", "wave.approve", sentence
    )
    return wave


def _approve_first(act: Acting, wave: Wave) -> Wave:
    wave.first_approved_by, wave.first_approved_at = act.by, act.now
    sentence = (
        f"Gave the first of two approvals for wave {wave.number} of {wave.role.name}"
    )
    after = {"hash": wave.plan_hash}
    Change(after=after).record(act, f"wave:{wave.id}", "wave.approve-first", sentence)
    return wave


def apply(act: Acting, wave_id: int) -> Wave:
    """Hand an approved wave to the worker; also goes on with one that stopped.

    Raises ``Refused`` with the reason.
    """
    wave = get_wave(act.session, wave_id)
    if wave.state is WaveState.ARMED:
        raise Refused(said("It is armed and begins by itself; disarm it first."))
    return begin(act, wave)


def begin(act: Acting, wave: Wave) -> Wave:
    """Hand a loaded wave to the worker, also one whose window opened. Raises ``Refused``."""
    if wave.state is WaveState.PLANNED:
        raise Refused(
            said(
                "Wave %(number)s of %(name)s is not approved yet.",
                number=wave.number,
                name=wave.role.name,
            )
        )
    held = [switch for switch in wave.switches if switch.state in HELD]
    waiting = [
        switch for switch in wave.switches if switch.state is SwitchState.APPROVED
    ]
    if wave.state not in TO_BEGIN or not (waiting or held):
        raise Refused(
            said(
                "Wave %(number)s of %(name)s was applied already (it is %(value)s).",
                number=wave.number,
                name=wave.role.name,
                value=wave.state.value,
            )
        )
    if why := unnamed_account(act.session, act.by, "apply"):
        raise Refused(why)
    plan = demand_intact(wave, wave.approved_hash)
    demand_go(act.session, wave)
    begin_rung(act, wave)
    demand_writing(act, wave)
    if waiting:
        demand_limits(act, wave, plan)
    write_ldif(act.settings.plans, wave.id, plan)
    _journal(act.session, wave, plan)
    wave.state, wave.applied_by, wave.started_at, wave.message = (
        WaveState.APPLYING,
        act.by,
        wave.started_at or act.now,
        "",
    )
    Change(
        after={
            "people": [switch.person.uid for switch in (*held, *waiting)],
            "hash": wave.approved_hash,
        }
    ).record(
        act,
        f"wave:{wave.id}",
        "wave.apply",
        f"Applied wave {wave.number} of {wave.role.name}",
    )
    return wave


def open_switches(session: Session, wave: Wave) -> None:
    """Mark each person's switch as the open one; the unique column keeps a second wave from doing
    the same.
    """
    _let_go_for_repair(session, wave)
    try:
        with session.begin_nested():
            for switch in wave.switches:
                switch.state, switch.open_person_id = (
                    SwitchState.APPROVED,
                    switch.person_id,
                )
    except IntegrityError as error:
        raise Refused(
            said(
                "Somebody in this wave got another open switch since it was "
                "planned; plan again."
            )
        ) from error


def _let_go_for_repair(session: Session, wave: Wave) -> None:
    """Where a wave repairs what others did, or brings a new version, people who wait to be seen
    working have it as their open switch from now on; what was promised to them stays.
    """
    repairs = session.scalar(select(exists().where(Drift.repair_id == wave.id)))
    if not repairs and not wave.brings_version:
        return
    people = [switch.person_id for switch in wave.switches]
    soaking = select(Switch).where(
        Switch.open_person_id.in_(people), Switch.state == SwitchState.SOAKING
    )
    for switch in session.scalars(soaking):
        switch.open_person_id = None
    session.flush()


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


def demand_writing(act: Acting, wave: Wave) -> None:
    """Raise ``Refused`` while all writing is frozen, and for a directory that is only read."""
    frozen = current_freeze(act.session)
    if frozen is not None:
        raise Refused(frozen.told(act.settings.timezone))
    demand_writable(wave)


def demand_writable(wave: Wave) -> None:
    """Raise ``Refused`` for a directory that is connected for reading only."""
    if not wave.role.directory.writable:
        raise Refused(
            said(
                "%(name)s is connected for reading only; add a write credential first.",
                name=wave.role.directory.name,
            )
        )


def demand_limits(act: Acting, wave: Wave, plan: PlanDocument) -> None:
    """Raise ``Refused`` with the arithmetic of every limit that a plan would exceed now."""
    over = over_limits(act.session, wave.role.directory_id, plan, act.settings, act.now)
    if over:
        raise Refused(said("Too much at once: %(value)s", value=over[0]), details=over)


def _journal(session: Session, wave: Wave, plan: PlanDocument) -> None:
    """Write the steps of the plan into the journal, once."""
    if (
        session.scalars(select(Step.id).where(Step.wave_id == wave.id).limit(1)).first()
        is not None
    ):
        return
    switches = {switch.person.key: switch.id for switch in wave.switches}
    steps: list[tuple[int | None, PlannedStep]] = [
        (None, step) for step in plan.prepare
    ]
    steps += [
        (switches[person.key], step) for person in plan.people for step in person.steps
    ]
    rows: list[dict[str, object]] = [
        {
            "wave_id": wave.id,
            "switch_id": switch_id,
            "position": position,
            "phase": Phase(step.phase),
            "change": as_data(step.change),
            "sentence": step.sentence,
            "state": StepState.PLANNED,
        }
        for position, (switch_id, step) in enumerate(steps)
    ]
    if rows:
        session.execute(insert(Step), rows)


def switches_chosen(wave: Wave, person_id: int | None) -> list[Switch]:
    """Return one person's switch, or everybody's. Raises ``NotFound``."""
    if person_id is None:
        return list(wave.switches)
    chosen = [switch for switch in wave.switches if switch.person_id == person_id]
    if not chosen:
        raise NotFound(
            said(
                "This person is not in wave %(number)s of %(name)s.",
                number=wave.number,
                name=wave.role.name,
            )
        )
    return chosen


def not_now(wave: Wave, chosen: list[Switch], verb: str, needed: str) -> str:
    """Say why something cannot be done with a wave now."""
    if len(chosen) == 1:
        return (
            f"Cannot {verb} {chosen[0].person.name}: the switch is {chosen[0].state.value}, not "
            f"{needed}."
        )
    return f"Cannot {verb} wave {wave.number} of {wave.role.name}: nobody in it is {needed}."

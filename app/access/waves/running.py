"""Run waves in the worker or in the foreground: whose turn it is, the directory's lease, and what
is said while a wave waits. The engine does the rest.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.access.drift.actions import verify_if_known
from app.access.engine.errand import Errand, Frozen
from app.access.engine.grip import Grip
from app.access.engine.journal import Journal
from app.access.engine.runner import Runner
from app.access.queries import plan_of
from app.access.states import WAITING_WAVES
from app.access.waves.actions import demand_intact
from app.access.waves.armed import look_after_waves, may_go_on
from app.access.waves.arming import MayNotWrite, why_not_begun
from app.access.waves.queries import get_wave
from app.core import audit
from app.core.aside import Lane, each_row
from app.core.errors import Away, Refused
from app.core.parts import Parts
from app.directory.actions import (
    LeaseLost,
    bring_up_to_date,
    check_if_changed,
    give_back,
    take_lease,
    writer_to,
)
from app.models.access.wave import Step, Straggler, Switch, Wave
from app.models.access.words import (
    HELD,
    RESTING,
    StepState,
    SwitchState,
    WaveState,
)
from ldap_sync.port import DirectoryError

HOLDER = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def run_due_waves(parts: Parts) -> bool:
    """Bring every wave that was handed over as far as it goes; tell whether any came further."""
    look_after_waves(parts)
    with parts.database.read() as session:
        undoing = exists().where(
            Switch.wave_id == Wave.id, Switch.state == SwitchState.UNDOING
        )
        late = exists().where(
            Straggler.wave_id == Wave.id, Straggler.look_at <= parts.now()
        )
        at_work = Wave.state.in_((WaveState.APPLYING, WaveState.UNDOING))
        given_back = exists().where(
            Step.wave_id == Wave.id,
            Step.state == StepState.PLANNED,
            Step.switch_id == Switch.id,
            Switch.state.in_(RESTING),
        )
        held = exists().where(Switch.wave_id == Wave.id, Switch.state.in_(HELD))
        between = Wave.state.in_(WAITING_WAVES) & held
        handed_over = or_(at_work, between, undoing, late, given_back)
        due = list(
            session.scalars(select(Wave.id).where(handed_over).order_by(Wave.id))
        )
    further: list[int] = []
    each_row(parts, WAVES, due, partial(_run_or_wait, parts, further))
    return bool(further)


def _run_or_wait(parts: Parts, further: list[int], wave_id: int) -> None:
    # What waits is said on the wave's page; the next sweep tries again.
    with suppress(Away, Frozen, MayNotWrite):
        if run_wave(parts, wave_id):
            further.append(wave_id)


def _hold(session: Session, wave_id: int, reason: str, now: datetime) -> None:
    """Hold a wave in which something broke that nobody foresaw; who is on the way keeps all access
    meanwhile.

    Nothing of it is sent again until a person says so: then reading decides what became of each
    step.
    """
    wave = update(Wave).where(Wave.id == wave_id, Wave.state.in_(HELD_WHEN_BROKEN))
    told = f"{BROKEN} {reason}"
    session.execute(wave.values(state=WaveState.STOPPED, message=told, ended_at=now))
    back = update(Switch).where(
        Switch.wave_id == wave_id, Switch.state == SwitchState.UNDOING
    )
    session.execute(back.values(state=SwitchState.CONFLICT, reason=told))
    sentence = "Holds the wave: everyone keeps the access they have now"
    after = WaveState.STOPPED.value
    audit.record(
        session,
        BY,
        "wave.hold",
        f"wave:{wave_id}",
        sentence,
        after=after,
        reason=BROKEN,
        at=now,
    )


HELD_WHEN_BROKEN = (*WAITING_WAVES, WaveState.APPLYING, WaveState.UNDOING)
BROKEN = "Something broke in Rung itself; nothing more is sent until you apply again or undo."
BY = "Rung"
WAVES: Lane[int] = Lane("waves", "wave", pauses=(), give_up=_hold)
"""A wave that breaks is held at once: trying again by itself would be sending blindly."""


def run_wave(
    parts: Parts, wave_id: int, tell: Callable[[str], None] = lambda _: None
) -> bool:
    """Bring one wave as far as it goes. False: another worker writes to this directory.

    Raises ``Away`` when the directory cannot be reached and ``Frozen`` while writing is stopped;
    nothing is lost. Raises ``MayNotWrite`` before the first write where a right is missing.
    """
    with parts.database.read() as session:
        wave = get_wave(session, wave_id)
    directory = wave.role.directory
    if wave.state is WaveState.APPLYING:
        _read_before(parts, wave)
    with parts.database.write() as session:
        token = take_lease(
            session,
            directory.id,
            f"{HOLDER}:{wave_id}",
            parts.settings.lease_seconds,
            parts.now(),
        )
    if token is None:
        return False
    try:
        _with_directory(parts, wave, token, tell)
    except LeaseLost:
        return False
    except DirectoryError as error:
        _say(parts, wave_id, str(error))
        raise Away(str(error)) from error
    except Frozen as error:
        _say(parts, wave_id, error.message)
        raise
    finally:
        with parts.database.write() as session:
            give_back(session, directory.id, token, parts.now())
    return True


def _read_before(parts: Parts, wave: Wave) -> None:
    """Check a server that is another by now, and read what changed, before anything is sent; who
    waits for that is told why. The way back needs no reading.
    """
    try:
        check_if_changed(parts, wave.role.directory_id)
        bring_up_to_date(parts, wave.role.directory_id, by=wave.applied_by or BY)
    except (Away, Refused) as error:
        _say(parts, wave.id, error.message)
        raise Away(error.message) from error


def _with_directory(
    parts: Parts, wave: Wave, token: int, tell: Callable[[str], None]
) -> None:
    # The way back is walked by what was journalled, and must stay open.
    applying = wave.state is WaveState.APPLYING
    resting = wave.state in WAITING_WAVES and _is_between(wave)
    plan = (
        demand_intact(wave, wave.approved_hash)
        if applying or resting
        else plan_of(wave)
    )
    role = wave.role
    errand = Errand(
        wave_id=wave.id,
        number=wave.number,
        role_id=role.id,
        role=role.name,
        directory_id=role.directory_id,
        plan=plan,
        by=wave.applied_by or wave.author,
    )
    subject = f"wave:{wave.id}"
    with writer_to(parts, role.directory_id, subject, errand.by) as writer:
        refusal = why_not_begun(parts, writer, errand) if applying else None
        if refusal is None:
            grip = Grip(parts.now, parts.settings.lease_seconds)
            journal = Journal(parts, errand, token, writer, tell, grip)
            go_on = partial(may_go_on, parts, wave.id)
            Runner(journal, writer, errand, go_on).run()
            with parts.acting(BY) as act:
                verify_if_known(act, role.directory_id)
    if refusal is not None:
        raise refusal


def _is_between(wave: Wave) -> bool:
    return any(switch.state in HELD for switch in wave.switches)


def _say(parts: Parts, wave_id: int, message: str) -> None:
    """Put on the wave's page why it waits, once per reason."""
    with parts.database.write() as session:
        wave = session.get_one(Wave, wave_id)
        if wave.message != message:
            wave.message = message
            audit.record(
                session,
                "Rung",
                "wave.wait",
                f"wave:{wave_id}",
                "The wave waits",
                reason=message,
                at=parts.now(),
            )

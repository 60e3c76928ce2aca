"""Run waves in the worker or in the foreground: prepare the role, then person after person, up or
down.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.access.actions.journal import Frozen, Journal, Orders, Turned
from app.access.actions.moving import Mover
from app.access.actions.undoing import Undoer
from app.access.actions.waves import demand_intact, get_wave
from app.access.queries.kept import plan_of
from app.access.rules.steps import as_change, as_data, is_ours
from app.core import audit
from app.core.aside import Lane, each_row
from app.core.errors import Away
from app.core.parts import Parts
from app.directory.actions import LeaseLost, connection_of, give_back, take_lease
from app.models.access import (
    HELD,
    SETTLED_STEPS,
    Phase,
    Role,
    Step,
    StepState,
    Switch,
    SwitchState,
    Wave,
    WaveState,
)
from app.models.people import Person
from ldap_sync.dn import fold_or_self
from ldap_sync.port import DirectoryError
from ldap_sync.values import DirectoryChange, inverse

MOVING = (SwitchState.APPROVED, *HELD)
ENDED = (SwitchState.UNDONE, SwitchState.FAILED, SwitchState.STALE)
HOLDER = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def run_due_waves(parts: Parts) -> bool:
    """Bring every wave that was handed over as far as it goes; tell whether any came further."""
    with parts.database.read() as session:
        undoing = exists().where(Switch.wave_id == Wave.id, Switch.state == SwitchState.UNDOING)
        handed_over = or_(Wave.state.in_((WaveState.APPLYING, WaveState.UNDOING)), undoing)
        due = list(session.scalars(select(Wave.id).where(handed_over).order_by(Wave.id)))
    further: list[int] = []
    each_row(parts, WAVES, due, partial(_run_or_wait, parts, further))
    return bool(further)


def _run_or_wait(parts: Parts, further: list[int], wave_id: int) -> None:
    # What waits is said on the wave's page; the next sweep tries again.
    with suppress(Away, Frozen):
        if run_wave(parts, wave_id):
            further.append(wave_id)


def _hold(session: Session, wave_id: int, reason: str, now: datetime) -> None:
    """Hold a wave in which something broke that nobody foresaw; who is on the way keeps all access
    meanwhile.

    Nothing of it is sent again until a person says so: then reading decides what became of each
    step.
    """
    wave = update(Wave).where(
        Wave.id == wave_id, Wave.state.in_((WaveState.APPLYING, WaveState.UNDOING))
    )
    told = f"{BROKEN} {reason}"
    session.execute(wave.values(state=WaveState.STOPPED, message=told, ended_at=now))
    back = update(Switch).where(Switch.wave_id == wave_id, Switch.state == SwitchState.UNDOING)
    session.execute(back.values(state=SwitchState.CONFLICT, reason=told))
    sentence = "Holds the wave: everyone keeps the access they have now"
    after = WaveState.STOPPED.value
    audit.record(
        session, BY, "wave.hold", f"wave:{wave_id}", sentence, after=after, reason=BROKEN, at=now
    )


BROKEN = "Something broke in Rung itself; nothing more is sent until you apply again or undo."
BY = "Rung"
WAVES: Lane[int] = Lane("waves", "wave", pauses=(), give_up=_hold)
"""A wave that breaks is held at once: trying again by itself would be sending blindly."""


def run_wave(parts: Parts, wave_id: int, tell: Callable[[str], None] = lambda _: None) -> bool:
    """Bring one wave as far as it goes. False: another worker writes to this directory.

    Raises ``Away`` when the directory cannot be reached and ``Frozen`` while writing is stopped;
    nothing is lost.
    """
    with parts.database.read() as session:
        wave = get_wave(session, wave_id)
    directory = wave.role.directory
    with parts.database.write() as session:
        token = take_lease(
            session, directory.id, f"{HOLDER}:{wave_id}", parts.settings.lease_seconds, parts.now()
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


def _with_directory(parts: Parts, wave: Wave, token: int, tell: Callable[[str], None]) -> None:
    # The way back is walked by what was journalled, and must stay open.
    applying = wave.state is WaveState.APPLYING
    plan = demand_intact(wave, wave.approved_hash) if applying else plan_of(wave)
    writer = parts.open_writer(connection_of(wave.role.directory, parts.trust, writing=True))
    try:
        by = wave.applied_by or wave.author
        journal = Journal(
            parts, wave.id, wave.role_id, wave.role.directory_id, token, writer, by, tell
        )
        Runner(journal, Mover(journal, plan, wave.number, wave.role.name)).run()
    finally:
        writer.close()


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


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs one wave while the lease is held."""

    journal: Journal
    mover: Mover

    def run(self) -> None:
        """Do what the rows ask for until nothing is left to do, however often the orders change
        meanwhile.
        """
        while True:
            with suppress(Turned):
                self._once()
                if not self._ids((SwitchState.UNDOING,)):
                    return

    def _once(self) -> None:
        for switch_id in self._ids((SwitchState.UNDOING,)):
            self._undo(switch_id)
        obstacle = ""
        if self._states()[0] is WaveState.APPLYING and self._ids(MOVING):
            obstacle = self._prepare() or self._move()
        self._close(obstacle or self._unlink_empty_role())

    def _move(self) -> str:
        """Move person after person until all are through or one could not be moved, for whom it is
        put back.
        """
        for switch_id in self._ids(MOVING):
            if not self.mover.move(switch_id):
                self._undo(switch_id)
                break
        return ""

    def _states(self) -> tuple[WaveState, dict[int, SwitchState]]:
        """Return where the wave and its people stand now, in the order of the plan."""
        query = select(Switch.id, Switch.state).where(Switch.wave_id == self.journal.wave_id)
        with self.journal.parts.database.read() as session:
            state = session.execute(
                select(Wave.state).where(Wave.id == self.journal.wave_id)
            ).scalar_one()
            return state, dict(session.execute(query.order_by(Switch.position)).all())

    def _ids(self, states: tuple[SwitchState, ...]) -> list[int]:
        return [switch_id for switch_id, state in self._states()[1].items() if state in states]

    def _undo(self, switch_id: int) -> None:
        if self.mover.switch(switch_id).state is SwitchState.UNDOING:
            Undoer(self.mover, self._states()[0]).undo(switch_id)

    def _prepare(self) -> str:
        """Make the role's group and its place in the rights' groups; return what stands in the way,
        or nothing.

        People nobody knew in the role's group stop everything: they would gain its rights.
        """
        steps = self._prepare_steps()
        strangers = self._strangers(steps)
        if strangers:
            return f"Others were added to the role's group since the plan: {', '.join(strangers)}."
        return _told(self.journal.run(steps, Orders(WaveState.APPLYING)))

    def _prepare_steps(self) -> list[Step]:
        mine = select(Step).where(
            Step.wave_id == self.journal.wave_id,
            Step.phase == Phase.PREPARE,
            Step.reverses_id.is_(None),
        )
        with self.journal.parts.database.read() as session:
            return list(session.scalars(mine.order_by(Step.position)))

    def _strangers(self, steps: list[Step]) -> list[str]:
        """Return values in the role's group that came since the plan: linking the group would hand
        them its rights.
        """
        if all(step.state in SETTLED_STEPS for step in steps):
            return []
        planned = self.mover.plan.role_group
        group = self.journal.directory.group_at(planned.dn)
        known = {fold_or_self(value) for value in (*planned.values, *planned.idle)} | self._ours()
        return [
            value
            for _, value in (group.listed if group else ())
            if fold_or_self(value) not in known
        ]

    def _ours(self) -> set[str]:
        """Return the folded DNs and uids of everybody Rung itself moved into this role."""
        query = (
            select(Person.dn, Person.uid)
            .join(Switch, Switch.person_id == Person.id)
            .join(Wave, Switch.wave_id == Wave.id)
        )
        with self.journal.parts.database.read() as session:
            rows = session.execute(query.where(Wave.role_id == self.journal.role_id))
            return {fold_or_self(name) for row in rows for name in row}

    def _unlink_empty_role(self) -> str:
        """Once nobody is in the role any more, take its emptied group out of the rights' groups
        again.

        Returns what stands in the way, or nothing.
        """
        with self.journal.parts.database.read() as session:
            role = session.get_one(Role, self.journal.role_id)
        if not role.group_key or not self._ids(ENDED) or self._ids(MOVING):
            return ""
        group = self.journal.directory.group(role.group_key) or self.journal.directory.group_at(
            role.group_dn
        )
        idle = {fold_or_self(value) for value in self.mover.plan.role_group.idle}
        if group is not None and any(fold_or_self(value) not in idle for _, value in group.listed):
            return ""
        return _told(self.journal.run(self._unlinking_steps(), Orders(self._states()[0])))

    def _unlinking_steps(self) -> list[Step]:
        """Write, once, the inverse of every link of this role that was ours, and return those still
        to do.
        """
        with self.journal.parts.database.write() as session:
            self.journal.hold(session)
            links = (
                select(Step)
                .join(Wave)
                .where(
                    Wave.role_id == self.journal.role_id,
                    Step.phase == Phase.PREPARE,
                    Step.reverses_id.is_(None),
                )
            )
            steps = [
                step for step in session.scalars(links) if is_ours(step.state.value, step.proof)
            ]
            return [back for step in steps if (back := self._unlinking(session, step)) is not None]

    def _unlinking(self, session: Session, step: Step) -> Step | None:
        change = as_change(step.change)
        if not isinstance(change, DirectoryChange):
            return None  # the group itself stays: others may have come to use it
        existing = session.scalars(select(Step).where(Step.reverses_id == step.id)).first()
        if existing is not None:
            if existing.state in (StepState.DRIFT, StepState.REFUSED):
                existing.state = StepState.PLANNED  # it failed before; this time it may not
            return existing if existing.state not in SETTLED_STEPS else None
        back = Step(
            wave_id=self.journal.wave_id,
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

    def _close(self, obstacle: str) -> None:
        """Bring the wave's own state in line with its people, and say what stood in the way."""
        before, switches = self._states()
        state, message = _wave_state(before, set(switches.values()))
        if state is not before or obstacle:
            self._set(state, obstacle or message)

    def _set(self, state: WaveState, message: str) -> None:
        now = self.journal.parts.now()
        with self.journal.parts.database.write() as session:
            self.journal.hold(session)
            wave = session.get_one(Wave, self.journal.wave_id)
            before, wave.state, wave.message, wave.ended_at = wave.state, state, message, now
            sentence = f"Wave {self.mover.number} of {self.mover.role}: {state.value}"
            audit.record(
                session,
                self.journal.by,
                f"wave.{state.value}",
                f"wave:{wave.id}",
                sentence,
                before=before.value,
                after=state.value,
                reason=message,
                at=now,
            )


def _told(stuck: Step | None) -> str:
    """Return what a step that could not be done says, or nothing."""
    return f"{stuck.sentence} {stuck.text}".strip() if stuck else ""


def _wave_state(state: WaveState, people: set[SwitchState]) -> tuple[WaveState, str]:
    """Return where a wave stands, given where its people stand, and what to say about it."""
    if SwitchState.UNDOING in people:
        return state, ""
    if SwitchState.CONFLICT in people:
        return WaveState.STOPPED, "Others interfered; a person has to decide."
    if people.intersection(HELD):
        return (
            WaveState.STOPPED,
            "Whoever is held is named below: remove the cause and apply again, or undo.",
        )
    left_behind = "Whoever could not be moved is named below; everything begun there was put back."
    told = left_behind if people & {SwitchState.FAILED, SwitchState.STALE} else ""
    if SwitchState.APPROVED in people:
        return WaveState.STOPPED, told or "Some people are not moved yet; apply again to go on."
    for reached, wave in _REACHED:
        if reached in people:
            return wave, told
    return WaveState.STOPPED, told


_REACHED = (
    (SwitchState.SOAKING, WaveState.SOAKING),
    (SwitchState.CONFIRMED, WaveState.CONFIRMED),
    (SwitchState.UNDONE, WaveState.UNDONE),
)

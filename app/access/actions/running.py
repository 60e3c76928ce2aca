"""Run waves in the worker or in the foreground: prepare the role, then person after person, up or down."""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.access.actions.journal import SETTLED, Frozen, Journal, Orders, Turned
from app.access.actions.moving import Mover
from app.access.actions.undoing import Undoer
from app.access.actions.waves import get_wave
from app.access.models import Phase, Role, Step, StepState, Switch, SwitchState, Wave, WaveState
from app.access.rules.steps import as_change, as_data, is_ours
from app.directory.actions import LeaseLost, connection_of, give_back, take_lease
from app.errors import Away
from app.parts import Parts
from app.people.models import Person
from ldap_sync.dn import fold_or_self
from ldap_sync.port import DirectoryError
from ldap_sync.values import Change, inverse

MOVING = (SwitchState.APPROVED, SwitchState.ROLE_ON, SwitchState.OVERLAP, SwitchState.DIRECT_OFF)
HOLDER = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def run_due_waves(parts: Parts) -> bool:
    """Bring every wave that was handed over as far as it goes; tell whether there was one."""
    with parts.database.read() as session:
        due = list(session.scalars(select(Wave.id).where(Wave.state.in_((WaveState.APPLYING, WaveState.UNDOING)))))
    for wave_id in due:
        try:
            run_wave(parts, wave_id)
        except (Away, Frozen):
            continue  # said on the wave's page; the next sweep tries again
    return bool(due)


def run_wave(parts: Parts, wave_id: int, tell: Callable[[str], None] = lambda _: None) -> bool:
    """Bring one wave as far as it goes. False: another worker writes to this directory.

    Raises ``Away`` when the directory cannot be reached and ``Frozen`` while writing is stopped; nothing is lost.
    """
    with parts.database.read() as session:
        wave = get_wave(session, wave_id)
    directory = wave.role.directory
    with parts.database.write() as session:
        token = take_lease(session, directory.id, f"{HOLDER}:{wave_id}", parts.settings.lease_seconds, parts.now())
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
    writer = parts.open_writer(connection_of(wave.role.directory, writing=True))
    try:
        by = wave.applied_by or wave.author
        journal = Journal(parts, wave.id, wave.role_id, wave.role.directory_id, token, writer, by, tell)
        Runner(journal, Mover(journal, json.loads(wave.plan), wave.number, wave.role.name)).run()
    finally:
        writer.close()


def _say(parts: Parts, wave_id: int, message: str) -> None:
    """Put on the wave's page why it waits, once per reason."""
    with parts.database.write() as session:
        wave = session.get_one(Wave, wave_id)
        if wave.message != message:
            wave.message = message
            audit.record(
                session, "Rung", "wave.wait", f"wave:{wave_id}", "The wave waits", reason=message, at=parts.now()
            )


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs one wave while the lease is held."""

    journal: Journal
    mover: Mover

    def run(self) -> None:
        """Do what the rows ask for until nothing is left to do, however often the orders change meanwhile."""
        while True:
            try:
                self._once()
                return
            except Turned:
                continue

    def _once(self) -> None:
        state, _ = self._states()
        for switch_id in self._ids((SwitchState.UNDOING,)):
            self._undo(state, switch_id)
        if state is WaveState.APPLYING and self._ids(MOVING) and self._prepared():
            for switch_id in self._ids(MOVING):
                if not self.mover.move(switch_id):
                    self._undo(state, switch_id)
                    break
        self._unlink_empty_role()
        self._close()

    def _states(self) -> tuple[WaveState, dict[int, SwitchState]]:
        """Return where the wave and its people stand now, in the order of the plan."""
        query = select(Switch.id, Switch.state).where(Switch.wave_id == self.journal.wave_id)
        with self.journal.parts.database.read() as session:
            state = session.execute(select(Wave.state).where(Wave.id == self.journal.wave_id)).scalar_one()
            return state, dict(session.execute(query.order_by(Switch.position)).all())

    def _ids(self, states: tuple[SwitchState, ...]) -> list[int]:
        return [switch_id for switch_id, state in self._states()[1].items() if state in states]

    def _undo(self, wave_state: WaveState, switch_id: int) -> None:
        if self.mover.switch(switch_id).state is SwitchState.UNDOING:
            Undoer(self.mover, wave_state).undo(switch_id)

    def _prepared(self) -> bool:
        """Make the role's group and its place in the rights' groups; people nobody knew in it stop everything."""
        steps = self._prepare_steps()
        strangers = self._strangers(steps)
        if strangers:
            return self._stop(f"Others were added to the role's group since the plan: {', '.join(strangers)}.")
        stuck = self.journal.run(steps, Orders(WaveState.APPLYING))
        return stuck is None or self._stop(f"{stuck.sentence} {stuck.text}".strip())

    def _prepare_steps(self) -> list[Step]:
        mine = select(Step).where(
            Step.wave_id == self.journal.wave_id, Step.phase == Phase.PREPARE, Step.reverses_id.is_(None)
        )
        with self.journal.parts.database.read() as session:
            return list(session.scalars(mine.order_by(Step.position)))

    def _strangers(self, steps: list[Step]) -> list[str]:
        """Return values in the role's group that came since the plan: linking the group would hand them its rights."""
        if all(step.state in SETTLED for step in steps):
            return []
        group = self.journal.directory.group_at(self.mover.content["role_group"]["dn"])
        planned = self.mover.content["role_group"]
        known = {fold_or_self(value) for value in (*planned["values"], *planned["idle"])} | self._ours()
        return [value for value in (group.members if group else ()) if fold_or_self(value) not in known]

    def _ours(self) -> set[str]:
        """Return the folded DNs of everybody Rung itself moved into this role."""
        query = select(Person.dn).join(Switch, Switch.person_id == Person.id).join(Wave, Switch.wave_id == Wave.id)
        with self.journal.parts.database.read() as session:
            return {fold_or_self(dn) for dn in session.scalars(query.where(Wave.role_id == self.journal.role_id))}

    def _unlink_empty_role(self) -> None:
        """Once nobody is in the role any more, take its emptied group out of the rights' groups again."""
        with self.journal.parts.database.read() as session:
            role = session.get_one(Role, self.journal.role_id)
        if not self._ids((SwitchState.UNDONE, SwitchState.FAILED)) or not role.group_key or self._ids(MOVING):
            return
        group = self.journal.directory.group(role.group_key)
        idle = {fold_or_self(value) for value in self.mover.content["role_group"]["idle"]}
        if group is None or any(fold_or_self(value) not in idle for value in group.members):
            return
        steps = self._unlinking_steps()
        stuck = self.journal.run(steps, Orders(self._states()[0]))
        if stuck is not None:
            self._stop(f"{stuck.sentence} {stuck.text}".strip())

    def _unlinking_steps(self) -> list[Step]:
        """Write, once, the inverse of every link of this role that was ours, and return those still to do."""
        with self.journal.parts.database.write() as session:
            self.journal.hold(session)
            links = (
                select(Step)
                .join(Wave)
                .where(Wave.role_id == self.journal.role_id, Step.phase == Phase.PREPARE, Step.reverses_id.is_(None))
            )
            steps = [step for step in session.scalars(links) if is_ours(step.state.value, step.proof)]
            return [back for step in steps if (back := self._unlinking(session, step)) is not None]

    def _unlinking(self, session: Session, step: Step) -> Step | None:
        change = as_change(step.change)
        if not isinstance(change, Change):
            return None  # the group itself stays: others may have come to use it
        existing = session.scalars(select(Step).where(Step.reverses_id == step.id)).first()
        if existing is not None:
            return existing if existing.state not in SETTLED else None
        back = Step(
            wave_id=self.journal.wave_id, reverses_id=step.id, position=step.position, phase=Phase.PREPARE,
            change=as_data(inverse(change)), state=StepState.PLANNED, sentence=f"Take back: {step.sentence}",
        )  # fmt: skip
        session.add(back)
        session.flush()
        return back

    def _stop(self, reason: str) -> bool:
        self._set(WaveState.STOPPED, reason)
        return False

    def _close(self) -> None:
        """Bring the wave's own state in line with its people."""
        before, switches = self._states()
        state, message = _wave_state(before, set(switches.values()))
        if state is not before:
            self._set(state, message)

    def _set(self, state: WaveState, message: str) -> None:
        now = self.journal.parts.now()
        with self.journal.parts.database.write() as session:
            self.journal.hold(session)
            wave = session.get_one(Wave, self.journal.wave_id)
            before, wave.state, wave.message, wave.ended_at = wave.state, state, message, now
            sentence = f"Wave {self.mover.number} of {self.mover.role}: {state.value}"
            audit.record(
                session, self.journal.by, f"wave.{state.value}", f"wave:{wave.id}", sentence,
                before=before.value, after=state.value, reason=message, at=now,
            )  # fmt: skip


def _wave_state(state: WaveState, people: set[SwitchState]) -> tuple[WaveState, str]:
    """Return where a wave stands, given where its people stand, and what to say about it."""
    if state is WaveState.STOPPED or SwitchState.UNDOING in people:
        return state, ""
    if SwitchState.CONFLICT in people:
        return WaveState.STOPPED, "Others interfered; a person has to decide."
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

"""Run one wave while the lease is held: prepare the role, then batch after batch of people, up or
down.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from app.access.engine.batches import alike, batches
from app.access.engine.errand import Errand, Orders, Turned
from app.access.engine.journal import Journal
from app.access.engine.late import LateLook
from app.access.engine.mover import Mover
from app.access.engine.rows import (
    FAILED_BEFORE,
    group_of,
    links_to_take_back,
    moved_into,
    plan_again,
    rest_unbegun,
    set_wave,
    steps_given_back,
    steps_of_role,
    switches_of,
)
from app.access.engine.standing import WaveStanding, standing_of
from app.access.engine.steps import UNSURE
from app.access.engine.undoer import Undoer
from app.access.states import WAITING_WAVES, wave_settled
from app.models.access.wave import Step
from app.models.access.words import (
    HELD,
    RESTING,
    SETTLED_STEPS,
    StepState,
    SwitchState,
    WaveState,
)
from ldap_sync.dn import fold_or_self
from ldap_sync.port import ReadDirectory

MOVING = (SwitchState.APPROVED, *HELD)
ENDED = (SwitchState.UNDONE, SwitchState.FAILED, SwitchState.STALE)
BACK = (SwitchState.UNDOING,)
STAYING = (*MOVING, *RESTING)


def always() -> bool:
    """Let a wave go on."""
    return True


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs one wave; what stands in the role's group is read in ``directory``.

    ``may_go_on`` is asked before each batch; when it says no, the rows say how the wave stands.
    """

    journal: Journal
    directory: ReadDirectory
    errand: Errand
    may_go_on: Callable[[], bool] = always

    def run(self) -> None:
        """Do what the rows ask for until nothing is left to do, however often the orders change
        meanwhile.
        """
        LateLook(self.journal, self.errand).look()
        while True:
            with suppress(Turned):
                self._once()
                if not self._standing().those(BACK):
                    return

    def _once(self) -> None:
        self._former_links()
        self._undo()
        obstacle, now = self._give_back(), self._standing()
        if now.wave is WaveState.APPLYING and now.going(MOVING):
            obstacle = self._prepare() or self._move()
        if now.wave in WAITING_WAVES and now.those(HELD):
            self._bring_to_rest(now.wave)
        self._close(obstacle or self._unlink_empty_role())

    def _standing(self) -> WaveStanding:
        return self.journal.read(standing_of, self.errand.wave_id)

    def _move(self) -> str:
        """Move batch after batch until all are through or somebody could not be moved, for whom it
        is put back. Where rules watch the wave they decide whether the others follow, and the next
        one goes alone again.
        """
        mover = Mover(self.journal, self.directory, self.errand)
        waiting = self.journal.read(switches_of, self._standing().going(MOVING))
        for batch in batches(self.errand, waiting, self.journal.batch_size):
            if self._standing().those(BACK) or not self.may_go_on():
                raise Turned
            if not mover.move(batch):
                self._undo()
                self._begin_anew_unless_stopped()
                return ""
        return ""

    def _begin_anew_unless_stopped(self) -> None:
        if self._standing().wave is WaveState.APPLYING:
            raise Turned

    def _bring_to_rest(self, wave: WaveState) -> None:
        """Let nobody of a waiting wave stand between two places: who was begun is brought on, who
        was not stays where they are.
        """
        self.journal.write(rest_unbegun, self.errand)
        begun = self.journal.read(switches_of, self._standing().those(HELD))
        mover = Mover(self.journal, self.directory, self.errand, wave)
        for batch in alike(self.errand, begun, self.journal.batch_size):
            if not mover.move(batch):
                self._undo()
                if self._standing().wave is not wave:
                    break

    def _undo(self) -> None:
        """Take back whoever is asked for; the canary's turn does not come again on the way down."""
        now = self._standing()
        waiting = self.journal.read(switches_of, now.those(BACK))
        undoer = Undoer(self.journal, self.directory, self.errand, now.wave)
        for batch in alike(self.errand, waiting, self.journal.batch_size):
            undoer.undo(batch)

    def _give_back(self) -> str:
        """Give single rights back that were asked for at once; return what stands in the way, or
        nothing.
        """
        steps = self.journal.read(steps_given_back, self.errand.wave_id)
        if not steps:
            return ""
        self.journal.settle([step for step in steps if step.state in UNSURE])
        due = [step for step in steps if step.state is StepState.PLANNED]
        return _told(self.journal.run(due, Orders(self._standing().wave)))

    def _prepare(self) -> str:
        """Make the role's group and its place in the rights' groups; return what stands in the way,
        or nothing.

        People nobody knew in the role's group stop everything: they would gain its rights.
        """
        steps = self.journal.read(steps_of_role, self.errand.wave_id)
        strangers = self._strangers(steps)
        if strangers:
            return f"Others were added to the role's group since the plan: {', '.join(strangers)}."
        failed = [step for step in steps if step.state in FAILED_BEFORE]
        if failed:
            self.journal.write(plan_again, failed)
        return _told(self.journal.run(steps, Orders(WaveState.APPLYING)))

    def _strangers(self, steps: list[Step]) -> list[str]:
        """Return values in the role's group that came since the plan: linking the group would hand
        them its rights.
        """
        if all(step.state in SETTLED_STEPS for step in steps):
            return []
        plan = self.errand.plan
        planned = plan.role_group
        group = self.directory.group_at(planned.dn)
        known = {fold_or_self(value) for value in (*planned.values, *planned.idle)}
        known |= self.journal.read(moved_into, self.errand.role_id)
        listed = group.listed if group else ()
        return [value for _, value in listed if fold_or_self(value) not in known]

    def _former_links(self) -> None:
        """Give the role's group back the links it had before a wave of a new version, as soon as
        everybody of it is on the way back: whoever was in the role before stays in it.
        """
        now = self._standing()
        if not self.errand.brings_version or not now.those(BACK) or now.those(STAYING):
            return
        prepared = self.journal.read(steps_of_role, self.errand.wave_id)
        self.journal.settle([step for step in prepared if step.state in UNSURE])
        links = self.journal.write(links_to_take_back, self.errand, of_wave=True)
        self.journal.run(links, Orders(now.wave))

    def _unlink_empty_role(self) -> str:
        """Once nobody is in the role any more, take its emptied group out of the rights' groups
        again.

        Returns what stands in the way, or nothing.
        """
        now = self._standing()
        if not now.those(ENDED) or now.those(MOVING):
            return ""
        prepared = self.journal.read(steps_of_role, self.errand.wave_id)
        self.journal.settle([step for step in prepared if step.state in UNSURE])
        key, dn = self.journal.read(group_of, self.errand.role_id)
        if not key:
            return ""
        plan = self.errand.plan
        planned = plan.role_group
        group = self.directory.group(key) or self.directory.group_at(dn)
        idle = {fold_or_self(value) for value in planned.idle}
        if group is not None and any(
            fold_or_self(value) not in idle for _, value in group.listed
        ):
            return ""
        links = self.journal.write(links_to_take_back, self.errand)
        return _told(self.journal.run(links, Orders(now.wave)))

    def _close(self, obstacle: str) -> None:
        """Bring the wave's own state in line with its people, and say what stood in the way."""
        now = self._standing()
        resting = now.resting
        people = {state for one, state in now.people.items() if one not in resting}
        state, message = wave_settled(now.wave, people, resting=bool(resting))
        if state is not now.wave or obstacle:
            self.journal.write(set_wave, self.errand, state, obstacle or message)


def _told(stuck: list[Step]) -> str:
    """Return what the first step that could not be done says, or nothing."""
    return f"{stuck[0].sentence} {stuck[0].text}".strip() if stuck else ""

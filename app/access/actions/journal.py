"""Run journalled steps: intent first, one guarded change, read back, outcome; a lost answer is
decided by reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.rules.steps import after_a_lost_answer, as_change, before_writing, drift_text
from app.core import audit
from app.core.errors import Refused
from app.core.parts import Parts
from app.directory.actions import LeaseLost, keep_lease, note_change, note_group
from app.directory.queries import current_freeze
from app.models.access import (
    SETTLED_STEPS,
    Role,
    Step,
    StepState,
    Switch,
    SwitchState,
    Wave,
    WaveState,
)
from ldap_sync.port import DirectoryError, Unavailable, WriteDirectory
from ldap_sync.values import DirectoryChange, MemberPresence, NewGroup, Outcome, Proof, Status

TRIES = 3


class Frozen(Refused):
    """All writing is stopped; what was begun goes on when the freeze is lifted."""


class Turned(Exception):
    """Somebody asked for something else meanwhile (an undo): look again at what is to be done."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the runner believes it was asked to do; when the rows say otherwise it stops before the
    next packet.
    """

    wave: WaveState
    switch_id: int | None = None
    switch: SwitchState | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one wave, while this worker holds the directory's lease.

    ``tell`` hears each settled step.
    """

    parts: Parts
    wave_id: int
    role_id: int
    directory_id: int
    token: int
    directory: WriteDirectory
    by: str
    tell: Callable[[str], None]

    def run(self, steps: Sequence[Step], orders: Orders) -> Step | None:
        """Bring ``steps`` to their end in order; return the first that could not be, or None.

        Raises ``Frozen``, ``Turned``, ``LeaseLost`` and ``Unavailable``, always with the journal
        telling the truth.
        """
        for step in steps:
            if step.state in (StepState.INTENT, StepState.UNKNOWN):
                self.settle(step)
        self._declare([step for step in steps if step.state is StepState.PLANNED], orders)
        try:
            return self._perform_all(steps, orders)
        except LeaseLost:
            raise
        except Exception:
            self._recall(steps)
            raise

    def _perform_all(self, steps: Sequence[Step], orders: Orders) -> Step | None:
        for step in steps:
            if step.state is StepState.INTENT:
                self._perform(step, orders)
            if step.state not in SETTLED_STEPS:
                self._recall(steps)
                return step
        return None

    def settle(self, step: Step) -> None:
        """Decide by reading what became of a step whose answer never came.

        One that never arrived stays intended.
        """
        presence, key = self._look(step)
        outcome = after_a_lost_answer(presence)
        if outcome is not None:
            self._record(step, replace(outcome, key=key))
        elif step.state is StepState.UNKNOWN:
            self._mark(
                [step],
                StepState.INTENT,
                "The answer was lost; reading found that the change never arrived.",
            )

    def skip(self, steps: Sequence[Step], why: str) -> None:
        """Leave steps undone for good, with the reason."""
        self._mark(steps, StepState.SKIPPED, why)

    def presence(self, step: Step) -> MemberPresence:
        """Look, live, how the directory stands against a step."""
        return self._look(step)[0]

    def look_at(self, change: DirectoryChange) -> MemberPresence:
        """Look, live, how the directory stands against any change."""
        return self.directory.presence(self._known(change))

    def name_of(self, key: str) -> str:
        """Return what a group is called now, live; its key when it is gone."""
        group = self.directory.group(key)
        return group.cn if group else key

    def hold(self, session: Session) -> None:
        """Keep the lease in this transaction.

        Raises ``LeaseLost`` when somebody else writes now.
        """
        self._hold(session, None)

    def _look(self, step: Step) -> tuple[MemberPresence, str]:
        """Return how the directory stands, and the identity of a group that is to be created and is
        there already.
        """
        change = self._resolved(step)
        if isinstance(change, DirectoryChange):
            return self.directory.presence(change), ""
        group = self.directory.group_at(change.dn)
        return (MemberPresence.AFTER, group.key) if group else (MemberPresence.BEFORE, "")

    def _declare(self, steps: Sequence[Step], orders: Orders) -> None:
        """Look at every step, then commit all intents at once, before the first packet (design
        5.3).
        """
        looks = [self._look(step) for step in steps]
        if not steps:
            return
        with self.parts.database.write(durable=True) as session:
            self._hold(session, orders)
            for step, (presence, key) in zip(steps, looks, strict=True):
                row, verdict = session.get_one(Step, step.id), before_writing(presence)
                row.token, row.intent_at = self.token, self.parts.now()
                if verdict is None:
                    row.state = StepState.INTENT
                else:
                    self._write(session, row, _without_writing(verdict, presence, key))
                _mirror(row, step)
        for step in steps:
            self._told(step)

    def _recall(self, steps: Sequence[Step]) -> None:
        """Take back intents that are known not to have been sent: what others do meanwhile must not
        count as ours.
        """
        unsent = [step for step in steps if step.state is StepState.INTENT]
        if unsent:
            with self.parts.database.write() as session:
                self._hold(session, None)
                for step in unsent:
                    row = session.get_one(Step, step.id)
                    row.state, row.intent_at = StepState.PLANNED, None
                    _mirror(row, step)

    def _perform(self, step: Step, orders: Orders) -> None:
        """Send one change and record its outcome; send again only what reading proved never to have
        arrived.
        """
        for _ in range(TRIES):
            with self.parts.database.write() as session:
                self._hold(session, orders)
            self._record(step, self._sent(step))
            if step.state is StepState.UNKNOWN:
                self.settle(step)
            if step.state is not StepState.INTENT:
                return
        raise Unavailable(
            "The directory keeps losing requests; Rung goes on when it answers again."
        )

    def _sent(self, step: Step) -> Outcome:
        """Send one change.

        Whatever breaks meanwhile that nobody foresaw, it may have arrived: reading decides.
        """
        change = self._resolved(step)
        try:
            if isinstance(change, NewGroup):
                return self.directory.create(change)
            return self.directory.apply(change)
        except DirectoryError:
            raise
        except Exception:
            self._mark([step], StepState.UNKNOWN, "It broke off while being sent; reading decides.")
            raise

    def _record(self, step: Step, outcome: Outcome) -> None:
        with self.parts.database.write() as session:
            self._hold(session, None)
            row = session.get_one(Step, step.id)
            self._write(session, row, outcome)
            _mirror(row, step)
        self._told(step)

    def _write(self, session: Session, row: Step, outcome: Outcome) -> None:
        row.state, row.proof = StepState(outcome.status.value), outcome.proof.value
        row.code, row.text, row.ended_at = outcome.code, outcome.text, self.parts.now()
        if row.state in SETTLED_STEPS:
            self._take_over(session, as_change(row.change), outcome.key)

    def _take_over(
        self, session: Session, change: DirectoryChange | NewGroup, created_key: str
    ) -> None:
        """Let roles and the read model say what is in place now."""
        role, now = session.get_one(Role, self.role_id), self.parts.now()
        if isinstance(change, DirectoryChange):
            key = change.key or role.group_key
            note_change(session, self.directory_id, replace(change, key=key), now)
            return
        note_group(session, self.directory_id, change, created_key, now)
        role.group_key = created_key
        sentence = f"The role {role.name} has its group {role.group_dn}"
        audit.record(session, self.by, "role.group", f"role:{role.id}", sentence, at=now)

    def _mark(self, steps: Sequence[Step], state: StepState, text: str) -> None:
        with self.parts.database.write() as session:
            self._hold(session, None)
            for step in steps:
                row = session.get_one(Step, step.id)
                row.state, row.text, row.ended_at = state, text, self.parts.now()
                _mirror(row, step)

    def _hold(self, session: Session, orders: Orders | None) -> None:
        """Keep the lease; with ``orders`` also stop for a freeze and for other orders given
        meanwhile.
        """
        keep_lease(
            session,
            self.directory_id,
            self.token,
            self.parts.settings.lease_seconds,
            self.parts.now(),
        )
        if orders is None:
            return
        frozen = current_freeze(session)
        if frozen is not None:
            raise Frozen(
                f"All writing is frozen since {frozen.at:%Y-%m-%d %H:%M} UTC by {frozen.by}."
            )
        if session.scalar(select(Wave.state).where(Wave.id == self.wave_id)) is not orders.wave:
            raise Turned
        if orders.switch_id is not None:
            state = session.scalar(select(Switch.state).where(Switch.id == orders.switch_id))
            if state is not orders.switch:
                raise Turned

    def _resolved(self, step: Step) -> DirectoryChange | NewGroup:
        """Return the change of a step; the role's own group is known by its key once it was
        created.
        """
        change = as_change(step.change)
        return change if isinstance(change, NewGroup) else self._known(change)

    def _known(self, change: DirectoryChange) -> DirectoryChange:
        if change.key:
            return change
        with self.parts.database.read() as session:
            return replace(change, key=session.get_one(Role, self.role_id).group_key)

    def _told(self, step: Step) -> None:
        if step.state in SETTLED_STEPS:
            self.tell(step.sentence)


def _without_writing(verdict: Status, presence: MemberPresence, key: str) -> Outcome:
    if verdict is Status.ALREADY:
        return Outcome(
            verdict, Proof.ALREADY_THERE, text="It was so before; nothing was written.", key=key
        )
    return Outcome(verdict, text=drift_text(presence))


def _mirror(row: Step, step: Step) -> None:
    step.state, step.proof, step.text = row.state, row.proof, row.text

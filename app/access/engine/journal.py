"""The journal of one wave: intent first, one guarded change, read back, outcome; a lost answer is
decided by reading. It alone holds the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.document import PlanDocument, PlannedPerson
from app.access.rules import (
    Change,
    after_a_lost_answer,
    as_change,
    before_writing,
    drift_text,
)
from app.core import audit
from app.core.acting import Acting
from app.core.db import Database
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
from ldap_sync.values import (
    DirectoryChange,
    MemberPresence,
    NewGroup,
    Outcome,
    Proof,
    Status,
)

TRIES = 3
Said = ParamSpec("Said")
Answer = TypeVar("Answer")


class Frozen(Refused):
    """All writing is stopped; what was begun goes on when the freeze is lifted."""


class Turned(Exception):
    """Somebody asked for something else meanwhile (an undo): look again at what is to be done."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a worker was sent to do: one wave with its plan, and in whose name it is noted."""

    wave_id: int
    number: int
    role_id: int
    role: str
    directory_id: int
    plan: PlanDocument
    by: str

    @property
    def subject(self) -> str:
        """Return what the audit trail calls the wave."""
        return f"wave:{self.wave_id}"

    @property
    def wave(self) -> str:
        """Return how the wave is called in a sentence."""
        return f"wave {self.number} of {self.role}"

    def part_of(self, switch: Switch) -> PlannedPerson:
        """Return a person's part of the plan."""
        return self.plan.part_of(switch.person.key)


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
    """The journal of one wave, while this worker holds the directory's lease (``token``).

    ``tell`` hears each settled step.
    """

    parts: Parts
    errand: Errand
    token: int
    directory: WriteDirectory
    tell: Callable[[str], None]

    def read(
        self,
        question: Callable[Concatenate[Session, Said], Answer],
        *said: Said.args,
        **more: Said.kwargs,
    ) -> Answer:
        """Ask the database one of the questions in ``rows``."""
        with self._database.read() as session:
            return question(session, *said, **more)

    def write(
        self,
        deed: Callable[Concatenate[Acting, Said], Answer],
        *said: Said.args,
        **more: Said.kwargs,
    ) -> Answer:
        """Do one of the deeds in ``rows`` and commit it, while the lease is ours.

        Raises ``LeaseLost`` when somebody else writes now.
        """
        with self._writing() as act:
            return deed(act, *said, **more)

    def now(self) -> datetime:
        """Tell the time."""
        return self.parts.now()

    def pause(self, seconds: float) -> None:
        """Wait a moment without losing the lease."""
        with self._writing():
            pass
        self.parts.pause(seconds)

    def run(self, steps: Sequence[Step], orders: Orders) -> Step | None:
        """Bring ``steps`` to their end in order; return the first that could not be, or None.

        Raises ``Frozen``, ``Turned``, ``LeaseLost`` and ``Unavailable``, always with the journal
        telling the truth.
        """
        for step in steps:
            if step.state in (StepState.INTENT, StepState.UNKNOWN):
                self.settle(step)
        self._declare(
            [step for step in steps if step.state is StepState.PLANNED], orders
        )
        try:
            return self._perform_all(steps, orders)
        except LeaseLost:
            raise
        except Exception:
            self._recall(steps)
            raise

    def settle(self, step: Step) -> None:
        """Decide by reading what became of a step whose answer never came.

        One that never arrived stays intended.
        """
        presence, key = self._look(step)
        outcome = after_a_lost_answer(presence)
        if outcome is not None:
            self._record(step, replace(outcome, key=key))
        elif step.state is StepState.UNKNOWN:
            never = "The answer was lost; reading found that the change never arrived."
            self._mark([step], StepState.INTENT, never)

    def skip(self, steps: Sequence[Step], why: str) -> None:
        """Leave steps undone for good, with the reason."""
        self._mark(steps, StepState.SKIPPED, why)

    def presence(self, step: Step) -> MemberPresence:
        """Look, live, how the directory stands against a step."""
        return self._look(step)[0]

    def look_at(self, change: DirectoryChange) -> MemberPresence:
        """Look, live, how the directory stands against any change."""
        return self.directory.presence(self._known(change))

    @property
    def _database(self) -> Database:
        return self.parts.database

    @contextmanager
    def _writing(
        self, orders: Orders | None = None, *, durable: bool = False
    ) -> Iterator[Acting]:
        """Open a transaction that keeps the lease; with ``orders`` it also stops for a freeze and
        for other orders given meanwhile.
        """
        now = self.parts.now()
        with self._database.write(durable=durable) as session:
            act = Acting(session, self.errand.by, now, self.parts.settings)
            lease = act.settings.lease_seconds
            keep_lease(session, self.errand.directory_id, self.token, lease, now)
            if orders is not None:
                _demand(session, self.errand, orders)
            yield act

    def _perform_all(self, steps: Sequence[Step], orders: Orders) -> Step | None:
        for step in steps:
            if step.state is StepState.INTENT:
                self._perform(step, orders)
            if step.state not in SETTLED_STEPS:
                self._recall(steps)
                return step
        return None

    def _look(self, step: Step) -> tuple[MemberPresence, str]:
        """Return how the directory stands, and the identity of a group that is to be created and is
        there already.
        """
        change = self._resolved(step)
        if isinstance(change, DirectoryChange):
            return self.directory.presence(change), ""
        group = self.directory.group_at(change.dn)
        return (
            (MemberPresence.AFTER, group.key) if group else (MemberPresence.BEFORE, "")
        )

    def _declare(self, steps: Sequence[Step], orders: Orders) -> None:
        """Look at every step, then commit all intents at once, before the first packet (design
        5.3).
        """
        looks = [self._look(step) for step in steps]
        if not steps:
            return
        with self._writing(orders, durable=True) as act:
            for step, (presence, key) in zip(steps, looks, strict=True):
                row, verdict = (
                    act.session.get_one(Step, step.id),
                    before_writing(presence),
                )
                row.token, row.intent_at = self.token, act.now
                if verdict is None:
                    row.state = StepState.INTENT
                else:
                    self._write(act, row, _without_writing(verdict, presence, key))
                _mirror(row, step)
        for step in steps:
            self._told(step)

    def _recall(self, steps: Sequence[Step]) -> None:
        """Take back intents that are known not to have been sent: what others do meanwhile must not
        count as ours.
        """
        unsent = [step for step in steps if step.state is StepState.INTENT]
        if unsent:
            with self._writing() as act:
                for step in unsent:
                    row = act.session.get_one(Step, step.id)
                    row.state, row.intent_at = StepState.PLANNED, None
                    _mirror(row, step)

    def _perform(self, step: Step, orders: Orders) -> None:
        """Send one change and record its outcome; send again only what reading proved never to have
        arrived.
        """
        for _ in range(TRIES):
            with self._writing(orders):
                pass
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
            self._mark(
                [step],
                StepState.UNKNOWN,
                "It broke off while being sent; reading decides.",
            )
            raise

    def _record(self, step: Step, outcome: Outcome) -> None:
        with self._writing() as act:
            row = act.session.get_one(Step, step.id)
            self._write(act, row, outcome)
            _mirror(row, step)
        self._told(step)

    def _write(self, act: Acting, row: Step, outcome: Outcome) -> None:
        row.state, row.proof = StepState(outcome.status.value), outcome.proof.value
        row.code, row.text, row.ended_at = outcome.code, outcome.text, act.now
        if row.state in SETTLED_STEPS:
            _take_over(act, self.errand, as_change(row.change), outcome.key)

    def _mark(self, steps: Sequence[Step], state: StepState, text: str) -> None:
        with self._writing() as act:
            for step in steps:
                row = act.session.get_one(Step, step.id)
                row.state, row.text, row.ended_at = state, text, act.now
                _mirror(row, step)

    def _resolved(self, step: Step) -> Change:
        """Return the change of a step; the role's own group is known by its key once it was
        created.
        """
        change = as_change(step.change)
        return change if isinstance(change, NewGroup) else self._known(change)

    def _known(self, change: DirectoryChange) -> DirectoryChange:
        return (
            change
            if change.key
            else replace(change, key=self.read(_key_of, self.errand))
        )

    def _told(self, step: Step) -> None:
        if step.state in SETTLED_STEPS:
            self.tell(step.sentence)


def _key_of(session: Session, errand: Errand) -> str:
    return session.get_one(Role, errand.role_id).group_key


def _demand(session: Session, errand: Errand, orders: Orders) -> None:
    """Raise ``Frozen`` or ``Turned`` when this is no longer what the rows ask for."""
    frozen = current_freeze(session)
    if frozen is not None:
        raise Frozen(
            f"All writing is frozen since {frozen.at:%Y-%m-%d %H:%M} UTC by {frozen.by}."
        )
    if (
        session.scalar(select(Wave.state).where(Wave.id == errand.wave_id))
        is not orders.wave
    ):
        raise Turned
    if orders.switch_id is not None:
        state = session.scalar(
            select(Switch.state).where(Switch.id == orders.switch_id)
        )
        if state is not orders.switch:
            raise Turned


def _take_over(act: Acting, errand: Errand, change: Change, created_key: str) -> None:
    """Let roles and the read model say what is in place now."""
    role = act.session.get_one(Role, errand.role_id)
    if isinstance(change, DirectoryChange):
        known = replace(change, key=change.key or role.group_key)
        note_change(act.session, errand.directory_id, known, act.now)
        return
    note_group(act.session, errand.directory_id, change, created_key, act.now)
    role.group_key = created_key
    sentence = f"The role {role.name} has its group {role.group_dn}"
    audit.record(
        act.session, act.by, "role.group", f"role:{role.id}", sentence, at=act.now
    )


def _without_writing(verdict: Status, presence: MemberPresence, key: str) -> Outcome:
    if verdict is Status.ALREADY:
        return Outcome(
            verdict,
            Proof.ALREADY_THERE,
            text="It was so before; nothing was written.",
            key=key,
        )
    return Outcome(verdict, text=drift_text(presence))


def _mirror(row: Step, step: Step) -> None:
    step.state, step.proof, step.text = row.state, row.proof, row.text

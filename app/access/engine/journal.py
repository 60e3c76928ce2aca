"""The journal of one wave: intents first, guarded changes, read back, outcomes; a lost answer is
decided by reading. It alone holds the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from app.access.engine.errand import Errand, Orders, demand
from app.access.engine.eyes import Eyes, Look, Seen
from app.access.engine.grip import Grip
from app.access.engine.steps import (
    UNSURE,
    creates,
    those,
    without_writing,
)
from app.access.engine.stragglers import watch
from app.access.engine.taking import keep, take_over
from app.access.rules import (
    after_a_lost_answer,
    as_change,
    before_writing,
)
from app.core.acting import Acting
from app.core.db import Database
from app.core.parts import Parts
from app.directory.actions import LeaseLost, keep_lease, mend
from app.models.access.role import Role
from app.models.access.wave import Step
from app.models.access.words import SETTLED_STEPS, StepState
from ldap_sync.merging import Window, windows
from ldap_sync.port import DirectoryError, Unavailable, WriteDirectory
from ldap_sync.values import (
    DirectoryChange,
    MemberPresence,
    NewGroup,
    Outcome,
)

TRIES = 3
HEAR_SECONDS = 0.2
"""How long, at most, packets are sent without looking whether anything else was ordered."""

LOSING = "The directory keeps losing requests; Rung goes on when it answers again."
NEVER = "The answer was lost; reading found that the change never arrived."
BROKE_OFF = "It broke off while being sent; reading decides."
AlongWith = Callable[[Acting], object]
"""What is noted along with other things, in one commit."""

Said = ParamSpec("Said")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one wave, while this worker holds the directory's lease (``token``).

    ``tell`` hears each settled step; ``grip`` knows when the lease was last seen to be ours.
    """

    parts: Parts
    errand: Errand
    token: int
    directory: WriteDirectory
    tell: Callable[[str], None]
    grip: Grip

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

    @property
    def batch_size(self) -> int:
        """Return how many people travel together at most."""
        settings = self.parts.settings
        return settings.batch_size

    def pause(self, seconds: float) -> None:
        """Wait a moment without losing the lease."""
        with self._writing():
            pass
        self.parts.pause(seconds)

    def run(
        self,
        steps: Sequence[Step],
        orders: Orders,
        first: AlongWith | None = None,
        seen: Seen | None = None,
    ) -> list[Step]:
        """Bring ``steps`` to their end, those of one group together; return those that could not
        be.

        ``first`` is noted in the same commit as what is intended, before orders are heard. ``seen``
        says how the directory stood just now; who is not as it was before is looked at again.

        Raises ``Frozen``, ``Turned``, ``LeaseLost`` and ``Unavailable``, always with the journal
        telling the truth.
        """
        self.settle([step for step in steps if step.state in UNSURE])
        planned = those(steps, StepState.PLANNED)
        looks = self._eyes.anew(planned, seen or {})
        self.grip.forget_orders()
        self._declare(looks, orders, first)
        try:
            self._perform_all(steps, orders)
        except LeaseLost:
            raise
        except Exception:
            self._recall(steps)
            raise
        self._recall(steps)
        return [step for step in steps if step.state not in SETTLED_STEPS]

    def settle(self, steps: Sequence[Step]) -> None:
        """Decide by reading what became of steps whose answers never came.

        What never arrived stays intended. A server that went down in the middle of a change may
        have left memberOf behind: that is compared and put right before anything is noted.
        """
        if not steps:
            return
        looks = self.looks(steps)
        self._mend(steps)
        found, never = [], []
        for step, (presence, key) in zip(steps, looks, strict=True):
            outcome = after_a_lost_answer(presence)
            if outcome is None:
                never.append(step)
            else:
                found.append((step, replace(outcome, key=key)))
        self._record(found)
        self._watch([step for step in never if step.token != self.token])
        self._mark(those(never, StepState.UNKNOWN), StepState.INTENT, NEVER)

    def _watch(self, steps: Sequence[Step]) -> None:
        """Have changes looked at again that another worker may still send: it gave no sign of life
        and may stand still.
        """
        if steps:
            settings = self.parts.settings
            self.write(watch, self.errand, steps, settings.lease_seconds)

    def skip(self, steps: Sequence[Step], why: str) -> None:
        """Leave steps undone for good, with the reason."""
        self._mark(steps, StepState.SKIPPED, why)

    def presence(self, step: Step) -> MemberPresence:
        """Look, live, how the directory stands against a step."""
        [(presence, _)] = self._eyes.looks([step])
        return presence

    def presences(self, steps: Sequence[Step]) -> list[MemberPresence]:
        """Look, live, how the directory stands against many steps, one question a group."""
        return self._eyes.presences(steps)

    def look_at(self, change: DirectoryChange) -> MemberPresence:
        """Look, live, how the directory stands against any change."""
        return self._eyes.presence(change)

    def looks(self, steps: Sequence[Step]) -> list[Look]:
        """Look, live, at many steps, with one question for those of one group."""
        return self._eyes.looks(steps)

    @property
    def _eyes(self) -> Eyes:
        """Return what looks at steps; the key of the role's group is read when it is needed."""
        return Eyes(self.directory, lambda: self.read(_key_of, self.errand))

    @property
    def _database(self) -> Database:
        return self.parts.database

    @contextmanager
    def _writing(
        self,
        orders: Orders | None = None,
        *,
        durable: bool = False,
        first: AlongWith | None = None,
    ) -> Iterator[Acting]:
        """Open a transaction that keeps the lease; with ``orders`` it also stops for a freeze and
        for other orders given meanwhile, once ``first`` is done.
        """
        at = self.grip.moment()
        with self._database.write(durable=durable) as session:
            act = Acting(session, self.errand.by, at.day, self.parts.settings)
            lease = act.settings.lease_seconds
            keep_lease(session, self.errand.directory_id, self.token, lease, at.day)
            if first is not None:
                first(act)
            if orders is not None:
                demand(act, self.errand, orders)
            yield act
        self.grip.confirmed(at, orders=orders is not None)

    def _perform_all(self, steps: Sequence[Step], orders: Orders) -> None:
        """Make the role's group first: what follows builds on it."""
        for step in steps:
            if step.state is StepState.INTENT and creates(step):
                self._create(step, orders)
            if creates(step) and step.state not in SETTLED_STEPS:
                return
        tries, left = 0, len(steps) + 1
        while due := those(steps, StepState.INTENT):
            # A row that breaks off now and then goes on as long as something comes through.
            tries = 0 if len(due) < left else tries + 1
            if tries == TRIES:
                raise Unavailable(LOSING)
            left = len(due)
            self._send_all(due, orders)
            self.settle(those(due, StepState.UNKNOWN))

    def _send_all(self, steps: Sequence[Step], orders: Orders) -> None:
        """Send the changes of many steps window by window, and record at the end what became of
        them.

        What breaks the row off leaves the rest intended; so does a moment of standing still, after
        which the lease may be another's: the next row begins by asking for it.
        """
        changes = self._eyes.changes_of(steps)
        became: dict[int, Outcome] = {}
        tried: list[Step] = []
        with self._word_left(tried):
            try:
                for window in windows(changes):
                    if self.grip.loose() or self.grip.heard_since() > HEAR_SECONDS:
                        self._hear(orders)
                    tried += [steps[at] for packet in window for at in packet.places]
                    for at, outcome in self._sent(window, changes, steps).items():
                        became[at] = outcome
                        # Until it is recorded nobody knows: it must not be taken for unsent.
                        steps[at].state = StepState.UNKNOWN
                    if self.grip.loose():
                        break
            finally:
                self._record([(steps[at], outcome) for at, outcome in became.items()])

    @contextmanager
    def _word_left(self, steps: Sequence[Step]) -> Iterator[None]:
        """Leave word of what was to be sent where another worker has taken over meanwhile: what
        arrived after that worker looked has to be looked at again.
        """
        try:
            yield
        except LeaseLost:
            with self._database.write() as session:
                now = self.parts.now()
                act = Acting(session, self.errand.by, now, self.parts.settings)
                watch(act, self.errand, steps, 0, sent=True)
            raise

    def _hear(self, orders: Orders) -> None:
        """Keep the lease, and stop for a freeze and for other orders given meanwhile."""
        with self._writing(orders):
            pass

    def _mend(self, steps: Sequence[Step]) -> None:
        """Put memberOf right where it does not say what the groups of some steps say."""
        changes = self._eyes.changes_of([step for step in steps if not creates(step)])
        wrong = self.directory.left_behind(changes)
        if wrong:
            held = self.errand.directory_id, self.token
            mend(self.parts, held, self.directory, wrong)

    def _declare(
        self,
        looked: Sequence[tuple[Step, Look]],
        orders: Orders,
        first: AlongWith | None,
    ) -> None:
        """Commit all intents at once, before the first packet (design 5.3)."""
        steps = [step for step, _ in looked]
        if not steps and first is None:
            return
        with self._writing(orders, durable=True, first=first) as act:
            outcomes = []
            for step, look in looked:
                step.token, step.intent_at = self.token, act.now
                verdict = before_writing(look[0])
                if verdict is None:
                    step.state = StepState.INTENT
                else:
                    outcomes.append((step, without_writing(verdict, *look)))
            keep(act, steps)
            self._write(act, outcomes)
        for step in steps:
            self._told(step)

    def _recall(self, steps: Sequence[Step]) -> None:
        """Take back intents that are known not to have been sent: what others do meanwhile must not
        count as ours.
        """
        unsent = those(steps, StepState.INTENT)
        if unsent:
            with self._writing() as act:
                for step in unsent:
                    step.state, step.intent_at = StepState.PLANNED, None
                keep(act, unsent)

    def _create(self, step: Step, orders: Orders) -> None:
        """Create the role's group; create it again only where reading proved that it never
        arrived.
        """
        group = as_change(step.change)
        if not isinstance(group, NewGroup):
            raise TypeError("only a new group is created")
        for _ in range(TRIES):
            self._hear(orders)
            with self._unsure([step]):
                outcome = self.directory.create(group)
            self._record([(step, outcome)])
            if step.state is StepState.UNKNOWN:
                self.settle([step])
            if step.state is not StepState.INTENT:
                return
        raise Unavailable(LOSING)

    def _sent(
        self,
        window: Window,
        changes: Sequence[DirectoryChange],
        steps: Sequence[Step],
    ) -> dict[int, Outcome]:
        flying = [steps[at] for packet in window for at in packet.places]
        with self._unsure(flying):
            return self.directory.send(window, changes, self.grip.loose)

    @contextmanager
    def _unsure(self, steps: Sequence[Step]) -> Iterator[None]:
        """Note of what breaks off in a way that nobody foresaw that it may have arrived: reading
        decides.
        """
        try:
            yield
        except DirectoryError:
            raise
        except Exception:
            self._mark(steps, StepState.UNKNOWN, BROKE_OFF)
            raise

    def _record(self, outcomes: Sequence[tuple[Step, Outcome]]) -> None:
        if not outcomes:
            return
        with self._writing() as act:
            self._write(act, outcomes)
        for step, _ in outcomes:
            self._told(step)

    def _write(self, act: Acting, outcomes: Sequence[tuple[Step, Outcome]]) -> None:
        """Write what became of steps, and let the read model say what is in place now."""
        in_place = []
        for step, outcome in outcomes:
            state, proof = StepState(outcome.status.value), outcome.proof.value
            step.state, step.proof = state, proof
            step.code, step.text, step.ended_at = outcome.code, outcome.text, act.now
            if step.state in SETTLED_STEPS:
                in_place.append((as_change(step.change), outcome.key))
        keep(act, [step for step, _ in outcomes])
        take_over(act, self.errand, in_place)

    def _mark(self, steps: Sequence[Step], state: StepState, text: str) -> None:
        if not steps:
            return
        with self._writing() as act:
            for step in steps:
                step.state, step.text, step.ended_at = state, text, act.now
            keep(act, steps)

    def _told(self, step: Step) -> None:
        if step.state in SETTLED_STEPS:
            self.tell(step.sentence)


def _key_of(session: Session, errand: Errand) -> str:
    return session.get_one(Role, errand.role_id).group_key

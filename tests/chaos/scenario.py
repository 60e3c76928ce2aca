"""One wave up and down under misfortune, and what must hold while and after it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core import audit
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import HELD, StepState, SwitchState, WaveState
from ldap_sync.dn import fold_or_self
from tests.chaos.lives import Halt, Lives, kill
from tests.chaos.misfortunes import ORDER, Misfortunes
from tests.chaos.places import MOVING, RIGHTS, Place, State, differences, reached

ROUGH = (3, 12)
"""How many lives of each direction are rough, at least and at most."""

CALM = 30
"""In so many lives without misfortune the work must be done."""

DOWN_ENDS = {SwitchState.UNDONE, SwitchState.FAILED, SwitchState.STALE}
UP_ENDS = {SwitchState.SOAKING, *DOWN_ENDS}
"""Where people are when nothing is left to do; on the way up, too, who met with a refusal is
back.
"""

PATIENCE = 3
"""How often what stands in somebody's way is tried again before others have their way."""
OPEN_STEPS = (StepState.INTENT, StepState.UNKNOWN)
AT_WORK = (WaveState.APPLYING, WaveState.UNDOING)
MOST_TOLD = 12


@dataclass
class Found:
    """What came of a scenario; ``wrong`` is empty where everything held."""

    moved: int = 0
    undone: int = 0
    lives: int = 0
    looks: int = 0
    apply_seconds: float = 0.0
    undo_seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Scenario:
    """Moves the people of a place up and down, in a wave of their own."""

    def __init__(self, place: Place, lives: Lives, second: Lives, seed: str) -> None:
        self.place, self.lives = place, lives
        self.chance = random.Random(seed)
        self.luck = Misfortunes(place, second, self.chance)
        self.luck.look_in = lambda: self._demand_access("meanwhile")
        self.found = Found()
        self._before, self._shown = place.groups(), place.memberof()
        self._wave = 0
        self._conflicts: Counter[int] = Counter()
        self._held: Counter[int] = Counter()

    def warm_up(self) -> None:
        """Go up and down once without any misfortune."""
        world = self.place.world
        world.sync()
        wave = int(world.approved(*MOVING))
        for direction in ("apply", "undo"):
            self._live([], kill, job=direction, wave=wave)
            self.place.clock.forward(seconds=world.parts.settings.lease_seconds + 1)
            self.lives.warm_up(world.parts.settings, self.place.clock)
        told = differences(self._before, self.place.groups(), ())
        assert not told, told

    def run(self) -> Found:
        """Go up and down, and look at what must hold."""
        self.place.world.sync()
        self._wave = int(self.place.world.approved(*MOVING))
        self.found.apply_seconds = self._through("apply", UP_ENDS)
        self._demand_access("after the apply")
        self.found.moved = self._how_many(SwitchState.SOAKING)
        self.found.undo_seconds = self._through("undo", DOWN_ENDS)
        self.found.undone = self._how_many(SwitchState.UNDONE)
        self._demand_all_as_before()
        self._demand_whole_journal()
        self._put_back_what_others_did()
        return self.found

    def _through(self, direction: str, ends: set[SwitchState]) -> float:
        """Give an order and have it carried out, roughly at first, then in calm, to its end;
        return how long that took.
        """
        start = time.monotonic()
        self._order(direction, rough=True)
        for _ in range(self.chance.randint(*ROUGH)):
            if not self._ended(ends):
                self._one_life(direction, self.luck.halts(40))
        for _ in range(CALM):
            self.luck.thaw()
            self.luck.resume()
            # A repair may be left; and what may have come late is looked at again, which somebody
            # may have to decide on once more.
            self._live([], kill, job="work")
            if self._ended(ends):
                break
            self._one_life(direction, [])
        else:
            self._tell(f"{direction} does not end: {self._reasons()}")
        return time.monotonic() - start

    def _one_life(self, direction: str, halts: Sequence[int]) -> None:
        if self.chance.random() < 0.7:
            self.luck.thaw()
            self.luck.resume()
        self._decide_and_go_on(direction)
        self._live(halts, self.luck.befall, job="work")
        self.luck.after_life()

    def _order(self, direction: str, *, rough: bool = False, **more: Any) -> None:
        """Have a process of its own take the order; where it is killed the order is given again."""
        halts = [self.chance.randint(1, 2)] if rough and self._coin() else []

        def killed(halt: Halt) -> str:
            self.luck.happened[ORDER] += 1
            return kill(halt)

        order = {"job": direction, "wave": self._wave, **more}
        if self._live(halts, killed, **order) < 0:
            self._live([], killed, **order)

    def _decide_and_go_on(self, direction: str) -> None:
        """Do what a person would do whose wave stopped: decide each conflict, order it again."""
        wave, people = self._standing()
        for person, state in people.items():
            if state is SwitchState.CONFLICT:
                self._conflicts[person] += 1
                patient = self._conflicts[person] <= PATIENCE
                decision = "skip" if patient else "theirs"
                self._order("undo", person=person, decision=decision)
        self._give_up_on_who_is_held(direction, people)
        wave, people = self._standing()
        busy = wave in AT_WORK or SwitchState.UNDOING in people.values()
        if not busy and SwitchState.CONFLICT not in people.values():
            self._order(direction)

    def _give_up_on_who_is_held(
        self, direction: str, people: dict[int, SwitchState]
    ) -> None:
        """Take somebody back who cannot go on because others gave a right again that was taken
        away: what a person would do after having looked a few times.
        """
        held = [person for person, state in people.items() if state in HELD]
        if direction != "apply" or self._standing()[0] is not WaveState.STOPPED:
            return
        for person in held:
            self._held[person] += 1
            if self._held[person] > PATIENCE:
                self._order("undo", person=person)

    def _live(self, halts: Iterable[int], at: Callable[[Halt], str], **job: Any) -> int:
        settings = self.place.world.parts.settings
        self.place.clock.forward(seconds=settings.lease_seconds + 1)
        self.found.lives += 1
        return self.lives.live(settings, self.place.clock, halts, at, **job)

    def _standing(self) -> tuple[WaveState, dict[int, SwitchState]]:
        people = select(Switch.person_id, Switch.state)
        with self.place.world.parts.database.read() as session:
            wave = session.get_one(Wave, self._wave)
            rows = session.execute(people.where(Switch.wave_id == self._wave)).all()
        return wave.state, dict(rows)  # type: ignore[arg-type]  # rows of two

    def _reasons(self) -> list[str]:
        """Say where everybody stands, and why."""
        asked = select(Switch.state, Switch.reason).where(Switch.wave_id == self._wave)
        with self.place.world.parts.database.read() as session:
            wave = session.get_one(Wave, self._wave)
            rows = session.execute(asked.order_by(Switch.position)).all()
        told = [f"{state.value} {reason}".strip() for state, reason in rows]
        return [f"{wave.state.value} {wave.message}".strip(), *told]

    def _ended(self, ends: set[SwitchState]) -> bool:
        wave, people = self._standing()
        return wave not in AT_WORK and set(people.values()) <= ends

    def _how_many(self, state: SwitchState) -> int:
        return sum(one is state for one in self._standing()[1].values())

    def _coin(self) -> bool:
        return self.chance.random() < 0.5

    def _tell(self, sentence: str) -> None:
        if len(self.found.wrong) < MOST_TOLD:
            self.found.wrong.append(sentence)

    def _demand_access(self, when: str) -> None:
        """Nobody may reach less than before, but for what others took."""
        state = self.place.groups()
        self.found.looks += 1
        for person in MOVING:
            seen = reached(state, self._dn(person))
            for right in RIGHTS:
                theirs = (right, person) in self.luck.touched
                if not theirs and self._dn(right) not in seen:
                    self._tell(f"{when}: {person} lost {right}")

    def _demand_all_as_before(self) -> None:
        groups, shown = self.place.groups(), self.place.memberof()
        links = *self._links_left(), *self._links_told_of()
        changed = [*self.luck.touched, *self.luck.theirs, *links]
        but = [(self._dn(right), self._dn(person)) for right, person in changed]
        for told in differences(self._before, groups, but):
            self._tell(f"after the undo: {told}")
        back = [(person, right) for right, person in but]
        for told in differences(self._shown, shown, back):
            self._tell(f"memberOf after the undo: {told}")
        self._demand_theirs(groups, shown)

    def _links_left(self) -> list[tuple[str, str]]:
        """Return where the emptied role still stood when the wave began, as one before it had told:
        this wave may let go of it.
        """
        role = self._dn(self.place.role)
        places = [right for right in RIGHTS if role in self._before[self._dn(right)]]
        return [(right, self.place.role) for right in places]

    def _links_told_of(self) -> list[tuple[str, str]]:
        """Return the places of the emptied role, where the server refused to let one go and the
        wave says so: nobody holds anything through it.
        """
        with self.place.world.parts.database.read() as session:
            told = session.get_one(Wave, self._wave).message
        if "Make the role's group" not in told:
            return []
        return [(right, self.place.role) for right in RIGHTS]

    def _demand_theirs(self, groups: State, shown: State) -> None:
        """What others did to who is in no wave stands; memberOf of all they touched agrees."""
        for (right, person), there in self.luck.theirs.items():
            if (self._dn(person) in groups[self._dn(right)]) is not there:
                self._tell(
                    f"what others did to {person} in {right} is not as they left it"
                )
        for right, person in {*self.luck.touched, *self.luck.theirs}:
            listed = self._dn(person) in groups[self._dn(right)]
            if (self._dn(right) in shown.get(self._dn(person), ())) is not listed:
                self._tell(
                    f"memberOf of {person} differs from {right}, which others changed"
                )

    def _demand_whole_journal(self) -> None:
        open_steps = select(Step.sentence).where(
            Step.wave_id == self._wave, Step.state.in_(OPEN_STEPS)
        )
        held = select(Switch.id).where(
            Switch.wave_id == self._wave, Switch.open_person_id.is_not(None)
        )
        with self.place.world.parts.database.read() as session:
            for sentence in session.scalars(open_steps):
                self._tell(f"a row is open: {sentence}")
            if session.scalars(held).first():
                self._tell("somebody is still held by the wave")
            if broken := audit.verify(session):
                self._tell(f"the audit trail is not whole: {broken}")

    def _put_back_what_others_did(self) -> None:
        for right, person in sorted({*self.luck.touched, *self.luck.theirs}):
            was = self._dn(person) in self._before[self._dn(right)]
            self.place.change("put" if was else "take", right, person)

    def _dn(self, name: str) -> str:
        return fold_or_self(self.place.dn[name])

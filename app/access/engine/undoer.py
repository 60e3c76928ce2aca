"""Take one person back down: direct rights back, verified, then the role off; only what was ours
(design 5.2, 5.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.access.document import UNDONE, PersonSeen, SeenRight
from app.access.engine.journal import Errand, Journal, Orders
from app.access.engine.rows import (
    FAILED_BEFORE,
    ITSELF,
    Reached,
    add_steps,
    change_steps,
    last_position,
    lenses_of,
    note_reached,
    steps_down,
    steps_of_ours,
    steps_up,
    switch_of,
)
from app.access.engine.sight import PATIENCE, PAUSE_SECONDS, Sight, sight_of
from app.access.rules import as_change, as_data, following
from app.models.access import Phase, Step, StepState, Switch, SwitchState, WaveState
from ldap_sync.dn import fold_or_self
from ldap_sync.port import ReadDirectory
from ldap_sync.values import DirectoryChange, DirectoryPerson, MemberPresence, inverse

LEFT = "Has left: nothing is granted any more."
REPAIR = "Repair memberOf on the directory's page, then undo again."
THEIRS = "Left as others made it, by decision."
GROUP_GONE = "The group is gone, and with it what was to be taken out of it."
BEGUN = (StepState.INTENT, StepState.PLANNED)
UNSURE = (StepState.INTENT, StepState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Undoer:
    """Undoes switches of one wave with inverse steps, through the same journal as the way up.

    ``wave`` is where the wave stands meanwhile.
    """

    journal: Journal
    directory: ReadDirectory
    errand: Errand
    wave: WaveState

    def undo(self, switch_id: int) -> bool:
        """Take a person's switch back as far as it goes.

        False: others interfered and a person has to decide.
        """
        switch = self.journal.read(switch_of, switch_id)
        person = self.directory.person(switch.person.key)
        self._settle_forward(switch_id)
        self._take_up_again(switch, person)
        self._write_inverse_steps(switch, person)
        for phase in (Phase.DIRECT_OFF, Phase.ROLE_ON):
            stuck = self._run(switch, person, phase)
            if stuck:
                self._note(switch, Reached(SwitchState.CONFLICT, stuck))
                return False
        self._finish(switch)
        return True

    def _note(self, switch: Switch, reached: Reached) -> None:
        self.journal.write(note_reached, self.errand, switch, reached)

    def _settle_forward(self, switch_id: int) -> None:
        """Decide what became of unfinished steps of the way up; what never happened is not sent any
        more.
        """
        for phase in (Phase.ROLE_ON, Phase.DIRECT_OFF):
            steps = self.journal.read(steps_up, switch_id, phase)
            for step in steps:
                if step.state in UNSURE:
                    self.journal.settle(step)
            self.journal.skip(
                [step for step in steps if step.state in BEGUN], "Undone before."
            )

    def _take_up_again(self, switch: Switch, person: DirectoryPerson | None) -> None:
        """Look anew at inverse steps of an undo that was broken off: the person may have another
        name by now.
        """
        own = self.journal.read(steps_of_ours, switch.id)
        for _, back in own:
            if back is not None and back.state in UNSURE:
                self.journal.settle(back)
        begun = [
            (back, self._back(step, switch, person))
            for step, back in own
            if back and back.state in BEGUN
        ]
        if begun:
            self.journal.write(change_steps, begun, StepState.PLANNED)

    def _write_inverse_steps(
        self, switch: Switch, person: DirectoryPerson | None
    ) -> None:
        """Write an inverse step for every step that was ours, last first; one that failed before
        gets a new attempt.
        """
        own = self.journal.read(steps_of_ours, switch.id)
        position = self.journal.read(last_position, switch.wave_id)
        due = [
            (step, latest)
            for step, latest in own
            if latest is None or latest.state in FAILED_BEFORE
        ]
        backs = [
            _inverse_step(step, latest, self._back(step, switch, person), number)
            for number, (step, latest) in enumerate(due, position + 1)
        ]
        if backs:
            self.journal.write(add_steps, backs)

    def _back(
        self, step: Step, switch: Switch, person: DirectoryPerson | None
    ) -> DirectoryChange:
        """Return what takes a step back for the person as the directory has them now."""
        back = inverse(_modification(step))
        if person is None:
            return back
        now = self.errand.part_of(switch).values_now(person)
        return following(back, now, partial(self._stands, back))

    def _stands(self, back: DirectoryChange, value: str) -> bool:
        only = replace(back, add=(), delete=(value,))
        return self.journal.look_at(only) is MemberPresence.BEFORE

    def _run(self, switch: Switch, person: DirectoryPerson | None, phase: Phase) -> str:
        """Run the inverse steps of one phase; return what stands in the way, or nothing."""
        steps = self.journal.read(steps_down, switch.id, phase)
        if person is None or person.disabled:
            self.journal.skip(
                [step for step in _waiting(steps) if step.change["add"]], LEFT
            )
        for step in _waiting(steps):
            self._decide(switch, step)
        orders = Orders(self.wave, switch.id, SwitchState.UNDOING)
        stuck = self._as_far_as_it_goes(steps, orders)
        if stuck:
            return " ".join(f"{step.sentence} {step.text}".strip() for step in stuck)
        return self._missing(switch, steps) if phase is Phase.DIRECT_OFF else ""

    def _as_far_as_it_goes(self, steps: Sequence[Step], orders: Orders) -> list[Step]:
        """Run all steps and return those that could not be: one that is stuck does not hold the
        others up.
        """
        stuck, waiting = [], list(steps)
        while waiting:
            failed = self.journal.run(waiting, orders)
            if failed is None:
                break
            if not self._followed(failed):
                stuck.append(failed)
                waiting = waiting[waiting.index(failed) + 1 :]
        return stuck

    def _followed(self, step: Step) -> bool:
        """Follow a group that was renamed: it is known by its identity.

        Tell whether the step can be tried again.
        """
        if step.state is not StepState.DRIFT:
            return False
        if self.journal.presence(step) is not MemberPresence.BEFORE:
            return False
        group, change = self.directory.group(step.change["key"]), _modification(step)
        if group is None or fold_or_self(group.dn) == fold_or_self(change.dn):
            return False
        self._spell_anew(step, replace(change, dn=group.dn), StepState.PLANNED)
        return True

    def _decide(self, switch: Switch, step: Step) -> None:
        """Where others interfered, do what a person decided: theirs stays, ours goes to the group
        of that name now.
        """
        presence, said = self.journal.presence(step), switch.on_conflict
        decision = said.get(str(step.reverses_id), said.get("*", "skip"))
        gone = presence is MemberPresence.GONE
        if presence is MemberPresence.MIXED:
            self._spell_anew(step, self._remaining(_modification(step)))
        elif gone and not step.change["add"]:
            self.journal.skip([step], GROUP_GONE)
        elif gone and decision == "ours":
            self._retarget(step)
        elif decision == "theirs" and (step.attempt > 1 or gone):
            self.journal.skip([step], THEIRS)

    def _remaining(self, change: DirectoryChange) -> DirectoryChange:
        """Return what is left to do of a change of which others did a part."""

        def is_due(part: DirectoryChange) -> bool:
            return self.journal.look_at(part) is MemberPresence.BEFORE

        add = tuple(
            v for v in change.add if is_due(replace(change, add=(v,), delete=()))
        )
        gone = tuple(
            v for v in change.delete if is_due(replace(change, add=(), delete=(v,)))
        )
        return replace(change, add=add, delete=gone) if add or gone else change

    def _retarget(self, step: Step) -> None:
        change = _modification(step)
        group = self.directory.group_at(change.dn)
        if group is not None:
            self._spell_anew(step, replace(change, key=group.key))

    def _spell_anew(
        self, step: Step, change: DirectoryChange, state: StepState | None = None
    ) -> None:
        self.journal.write(change_steps, [(step, change)], state)

    def _missing(self, switch: Switch, steps: Sequence[Step]) -> str:
        """Check, live, that what was given back is really there before the role goes (design
        5.2).
        """
        back = [
            _modification(step)
            for step in steps
            if step.change["add"] and step.state is not StepState.SKIPPED
        ]
        sight = self._sight(switch)
        missing = [
            c.dn for c in back if sight is not None and c.key not in sight.direct
        ]
        if missing:
            return f"Not back yet: {', '.join(missing)}."
        return self._unseen(switch, back)

    def _unseen(self, switch: Switch, back: Sequence[DirectoryChange]) -> str:
        """Check that what is looked at through memberOf is shown there again before the role
        goes.
        """
        keys = [change.key for change in back]
        lenses = self.journal.read(lenses_of, self.errand.directory_id, keys)
        looked_at = [change for change in back if lenses.get(change.key) == "memberof"]
        lacking = self._patiently(switch, lambda sight: _lacking(sight, looked_at))
        return (
            f"Not back in memberOf yet: {', '.join(lacking)}. {REPAIR}"
            if lacking
            else ""
        )

    def _sight(self, switch: Switch) -> Sight | None:
        return sight_of(self.directory, self.errand.part_of(switch))[1]

    def _patiently(
        self, switch: Switch, wrong: Callable[[Sight], list[str]]
    ) -> list[str]:
        """Return what is wrong with what is seen of a person, after some patience; nothing when the
        person is gone.
        """
        for _ in range(PATIENCE):
            if not self._wrong(switch, wrong):
                return []
            self.journal.pause(PAUSE_SECONDS)
        return self._wrong(switch, wrong)

    def _wrong(self, switch: Switch, wrong: Callable[[Sight], list[str]]) -> list[str]:
        sight = self._sight(switch)
        return wrong(sight) if sight is not None and sight.has_memberof else []

    def _finish(self, switch: Switch) -> None:
        behind = self._patiently(switch, lambda sight: self._behind(switch, sight))
        seen = PersonSeen(
            at=self.journal.now().isoformat(),
            when=UNDONE,
            others=tuple(self._others(switch, self._sight(switch))),
            memberof=tuple(behind),
        )
        failed = switch.undone_by == ITSELF
        state = SwitchState.FAILED if failed else SwitchState.UNDONE
        self._note(switch, Reached(state, switch.reason, seen))

    def _behind(self, switch: Switch, sight: Sight) -> list[str]:
        """Say where memberOf has not followed the way back: what it lacks, and what it still
        shows.
        """
        steps = [
            step
            for phase in Phase
            for step in self.journal.read(steps_down, switch.id, phase)
        ]
        done = [_modification(step) for step in steps if step.state is StepState.DONE]
        gone = [
            change.dn for change in done if change.delete and _shows_gone(sight, change)
        ]
        lacks = [f"memberOf lacks {dn}" for dn in _lacking(sight, done)]
        return [*lacks, *(f"memberOf still shows {dn}" for dn in gone)]

    def _others(self, switch: Switch, sight: Sight | None) -> list[str]:
        """Say how the person now differs from before the switch, which only others can have
        done.
        """
        if sight is None:
            return ["The person is no longer in the directory."]
        planned = self.errand.part_of(switch)
        before = {held.key: held.right for held in planned.before}
        gone = [
            f"no longer in {name}"
            for key, name in before.items()
            if key not in sight.direct
        ]
        more = [self._name_of(key) for key in sorted(sight.direct - before.keys())]
        return [*gone, *(f"now in {name}" for name in more)]

    def _name_of(self, key: str) -> str:
        """Return what a group is called now, live; its key when it is gone."""
        group = self.directory.group(key)
        return group.cn if group else key


def _inverse_step(
    step: Step, latest: Step | None, back: DirectoryChange, position: int
) -> Step:
    return Step(
        wave_id=step.wave_id,
        switch_id=step.switch_id,
        reverses_id=step.id,
        position=position,
        phase=step.phase,
        attempt=latest.attempt + 1 if latest else 1,
        change=as_data(back),
        state=StepState.PLANNED,
        sentence=f"Take back: {step.sentence}",
    )


def _lacking(sight: Sight, changes: Iterable[DirectoryChange]) -> list[str]:
    """Return the groups a person was put back into that memberOf does not show; it follows
    ``member`` alone.
    """
    back = [change for change in changes if change.add and change.attribute == "member"]
    due = [change.dn for change in back if change.key in sight.direct]
    return [dn for dn in due if fold_or_self(dn) not in sight.memberof]


def _shows_gone(sight: Sight, change: DirectoryChange) -> bool:
    return sight.shows_wrongly(SeenRight("", change.key, change.dn, "")) == "memberof"


def _modification(step: Step) -> DirectoryChange:
    change = as_change(step.change)
    if not isinstance(change, DirectoryChange):
        raise TypeError("a person's steps are changes")
    return change


def _waiting(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.state is StepState.PLANNED]

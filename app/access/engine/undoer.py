"""Take people back down: direct rights back, verified, then the role off; only what was ours
(design 5.2, 5.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.access.document import UNDONE, PersonSeen
from app.access.engine.back import (
    back_told,
    behind_in,
    decision_of,
    has_left,
    inverse_step,
    lacking_in,
    must_be_back,
    ours_of,
    person_of,
    told_of,
    waiting_of,
)
from app.access.engine.errand import Errand, Orders
from app.access.engine.eyes import Seen
from app.access.engine.journal import Journal
from app.access.engine.rows import (
    FAILED_BEFORE,
    ITSELF,
    Reached,
    StepRow,
    add_steps,
    change_steps,
    last_position,
    lenses_of,
    note_all,
    steps_down,
    steps_up,
    switches_of,
)
from app.access.engine.sight import PATIENCE, PAUSE_SECONDS, Glance, Sight, sight_of
from app.access.engine.steps import UNSURE, modification
from app.access.rules import following
from app.models.access.wave import Step, Switch
from app.models.access.words import (
    SETTLED_STEPS,
    Phase,
    StepState,
    SwitchState,
    WaveState,
)
from ldap_sync.dn import fold_or_self
from ldap_sync.port import ReadDirectory
from ldap_sync.values import DirectoryChange, DirectoryPerson, MemberPresence, inverse

LEFT = "Has left: nothing is granted any more."
REPAIR = "Repair memberOf on the directory's page, then undo again."
THEIRS = "Left as others made it, by decision."
GROUP_GONE = "The group is gone, and with it what was to be taken out of it."
BEGUN = (StepState.INTENT, StepState.PLANNED)


People = Mapping[int, DirectoryPerson | None]
"""The people of a batch as the directory has them now, by their switch; nothing for who is gone."""


Ours = Sequence[tuple[Step, Step | None]]
"""Steps that were ours, last first, each with its latest inverse."""

Sights = dict[Switch, Sight | None]
"""What is seen of whom, live; nothing of who is gone."""


@dataclass(frozen=True, slots=True)
class Undoer:
    """Undoes switches of one wave with inverse steps, through the same journal as the way up.

    ``wave`` is where the wave stands meanwhile.
    """

    journal: Journal
    directory: ReadDirectory
    errand: Errand
    wave: WaveState

    def undo(self, batch: Iterable[int]) -> None:
        """Take the switches of some people back as far as it goes.

        Where others interfered, that person stays in conflict: somebody has to decide.
        """
        going = self.journal.read(switches_of, batch)
        people = self._people(going)
        forward = self.journal.read(steps_up, people, Phase)
        self._settle_forward(forward)
        backs = self.journal.read(steps_down, people, Phase)
        own = ours_of(forward, backs)
        self._take_up_again(own, going, people)
        self._write_inverse_steps(own, going, people)
        steps = self.journal.read(steps_down, people, Phase)
        for phase in (Phase.DIRECT_OFF, Phase.ROLE_ON):
            due = [step for step in steps if step.phase is phase]
            stuck = self._run(going, people, due)
            in_conflict = [one for one in going if one.id in stuck]
            self._note(
                [(s, Reached(SwitchState.CONFLICT, stuck[s.id])) for s in in_conflict]
            )
            going = [one for one in going if one.id not in stuck]
        self._finish(going, steps)

    def _people(self, going: Sequence[Switch]) -> People:
        """Return people as the directory has them now, live."""
        glance = Glance(self.directory, map(self.errand.part_of, going))
        looks = {one.id: glance.look(self.errand.part_of(one)) for one in going}
        return {one: look.person if look else None for one, look in looks.items()}

    def _note(self, reached: Sequence[tuple[Switch, Reached]]) -> None:
        if reached:
            self.journal.write(note_all, self.errand, reached)

    def _settle_forward(self, steps: Sequence[Step]) -> None:
        """Decide what became of unfinished steps of the way up; what never happened is not sent any
        more.
        """
        self.journal.settle([step for step in steps if step.state in UNSURE])
        self.journal.skip(
            [step for step in steps if step.state in BEGUN], "Undone before."
        )

    def _take_up_again(
        self, own: Ours, going: Sequence[Switch], people: People
    ) -> None:
        """Look anew at inverse steps of an undo that was broken off: the person may have another
        name by now.
        """
        switches = {one.id: one for one in going}
        self.journal.settle(
            [back for _, back in own if back is not None and back.state in UNSURE]
        )
        begun = [
            (back, self._back(step, switches, people))
            for step, back in own
            if back and back.state in BEGUN
        ]
        if begun:
            self.journal.write(change_steps, begun, StepState.PLANNED)

    def _write_inverse_steps(
        self, own: Ours, going: Sequence[Switch], people: People
    ) -> None:
        """Write an inverse step for every step that was ours, last first; one that failed before
        gets a new attempt.
        """
        switches = {one.id: one for one in going}
        position = self.journal.read(last_position, self.errand.wave_id)
        due = [
            (step, latest)
            for step, latest in own
            if latest is None
            or latest.state in FAILED_BEFORE
            or self._give_again(switches[person_of(step)], latest)
        ]
        backs = [
            self._inverse(step, latest, switches, people, number)
            for number, (step, latest) in enumerate(due, position + 1)
        ]
        if backs:
            self.journal.write(add_steps, backs)

    def _inverse(
        self,
        step: Step,
        latest: Step | None,
        switches: Mapping[int, Switch],
        people: People,
        position: int,
    ) -> StepRow:
        back = self._back(step, switches, people)
        planned = self.errand.part_of(switches[person_of(step)])
        return inverse_step(step, latest, back, position, back_told(planned, back))

    def _give_again(self, switch: Switch, back: Step) -> bool:
        """Tell whether somebody decided that a right that others took away again, after it was
        given back, is to be given back once more.
        """
        given = back.state in SETTLED_STEPS and back.change["add"]
        if not given or decision_of(switch, back) != "ours":
            return False
        return self.journal.presence(back) is MemberPresence.BEFORE

    def _back(
        self, step: Step, switches: Mapping[int, Switch], people: People
    ) -> DirectoryChange:
        """Return what takes a step back for the person as the directory has them now."""
        back = inverse(modification(step))
        switch = switches[person_of(step)]
        person = people[switch.id]
        if person is None:
            return back
        now = self.errand.part_of(switch).values_now(person)
        return following(back, now, partial(self._stands, back))

    def _stands(self, back: DirectoryChange, value: str) -> bool:
        only = replace(back, add=(), delete=(value,))
        return self.journal.look_at(only) is MemberPresence.BEFORE

    def _run(
        self, going: Sequence[Switch], people: People, due: Sequence[Step]
    ) -> dict[int, str]:
        """Run the inverse steps of one phase; return what stands in the way of whom."""
        switches = {one.id: one for one in going}
        steps = [step for step in due if step.switch_id in switches]
        if not steps:
            return {}
        left = [one for one in waiting_of(steps) if has_left(people[person_of(one)])]
        self.journal.skip([step for step in left if step.change["add"]], LEFT)
        waiting = waiting_of(steps)
        presences = self.journal.presences(waiting)
        for step, presence in zip(waiting, presences, strict=True):
            self._decide(switches[person_of(step)], step, presence)
        before = dict(zip([step.id for step in waiting], presences, strict=True))
        orders = Orders(self.wave, dict.fromkeys(switches, SwitchState.UNDOING))
        stuck = told_of(self._as_far_as_it_goes(steps, orders, before))
        if steps[0].phase is Phase.ROLE_ON:
            return stuck
        back = [one for one in going if one.id not in stuck]
        return stuck | self._missing(back, steps)

    def _as_far_as_it_goes(
        self, steps: Sequence[Step], orders: Orders, seen: Seen
    ) -> list[Step]:
        """Run all steps, of which some were looked at just now, and return those that could not be,
        also where their group was followed to its new name.
        """
        stuck, waiting = [], list(steps)
        while waiting:
            failed = self.journal.run(waiting, orders, seen=seen)
            seen = {}
            waiting = [step for step in failed if self._followed(step)]
            stuck += [step for step in failed if step not in waiting]
        return stuck

    def _followed(self, step: Step) -> bool:
        """Follow a group that was renamed: it is known by its identity.

        Tell whether the step can be tried again.
        """
        if step.state is not StepState.DRIFT:
            return False
        if self.journal.presence(step) is not MemberPresence.BEFORE:
            return False
        group, change = self.directory.group(step.change["key"]), modification(step)
        if group is None or fold_or_self(group.dn) == fold_or_self(change.dn):
            return False
        self._spell_anew(step, replace(change, dn=group.dn), StepState.PLANNED)
        return True

    def _decide(self, switch: Switch, step: Step, presence: MemberPresence) -> None:
        """Where others interfered, do what a person decided: theirs stays, ours goes to the group
        of that name now.
        """
        decision = decision_of(switch, step)
        gone = presence is MemberPresence.GONE
        if presence is MemberPresence.MIXED:
            self._spell_anew(step, self._remaining(modification(step)))
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
        change = modification(step)
        group = self.directory.group_at(change.dn)
        if group is not None:
            self._spell_anew(step, replace(change, key=group.key))

    def _spell_anew(
        self, step: Step, change: DirectoryChange, state: StepState | None = None
    ) -> None:
        self.journal.write(change_steps, [(step, change)], state)

    def _missing(
        self, going: Sequence[Switch], steps: Sequence[Step]
    ) -> dict[int, str]:
        """Check, live, that what was given back is really there before the role goes, and that it
        is shown in memberOf where that is looked at (design 5.2).
        """
        switches = {one.id: one for one in going}
        back: dict[int, list[DirectoryChange]] = {one.id: [] for one in going}
        for step in steps:
            switch = switches.get(person_of(step))
            if switch and must_be_back(switch, step):
                back[switch.id].append(modification(step))
        sights = self._sights(going)
        lacking = {
            switch_id: [c.dn for c in back[switch_id] if c.key not in sight.direct]
            for switch_id, sight in sights.items()
            if sight is not None
        }
        told = {
            switch_id: f"Not back yet: {', '.join(dns)}."
            for switch_id, dns in lacking.items()
            if dns
        }
        rest = {one: sights[one.id] for one in going if one.id not in told}
        return told | self._unseen(rest, back)

    def _unseen(
        self, seen: Sights, back: Mapping[int, Sequence[DirectoryChange]]
    ) -> dict[int, str]:
        """Say of whom memberOf does not show what was given back, where it is looked at."""
        keys = {change.key for changes in back.values() for change in changes}
        lenses = self.journal.read(lenses_of, self.errand.directory_id, keys)
        looked_at = {
            switch_id: [one for one in changes if lenses.get(one.key) == "memberof"]
            for switch_id, changes in back.items()
        }
        lacking = self._patiently(
            seen, lambda switch, sight: lacking_in(sight, looked_at[switch.id])
        )
        return {
            switch_id: f"Not back in memberOf yet: {', '.join(dns)}. {REPAIR}"
            for switch_id, dns in lacking.items()
        }

    def _sights(self, going: Sequence[Switch]) -> dict[int, Sight | None]:
        """Return what is seen of people now, live; nothing of who is gone."""
        glance = Glance(self.directory, map(self.errand.part_of, going))
        return {one.id: sight_of(glance, self.errand.part_of(one))[1] for one in going}

    def _patiently(
        self, seen: Sights, wrong: Callable[[Switch, Sight], list[str]]
    ) -> dict[int, list[str]]:
        """Return what is wrong with what is seen of whom, after some patience; nothing where the
        person is gone.

        Who is looked at again is ``seen`` anew.
        """
        found = _wrong(seen, wrong)
        for _ in range(PATIENCE):
            late = [one for one in seen if one.id in found]
            if not late:
                break
            self.journal.pause(PAUSE_SECONDS)
            sights = self._sights(late)
            seen.update({one: sights[one.id] for one in late})
            found = _wrong({one: seen[one] for one in late}, wrong)
        return found

    def _finish(self, going: Sequence[Switch], steps: Sequence[Step]) -> None:
        """Look at people a last time, and note that they are back: with what others had changed,
        and where memberOf has not followed.
        """
        done: dict[int, list[DirectoryChange]] = {one.id: [] for one in going}
        for step in steps:
            if step.state is StepState.DONE and step.switch_id in done:
                done[person_of(step)].append(modification(step))
        sights = self._sights(going)
        seen = {one: sights[one.id] for one in going}
        behind = self._patiently(
            seen, lambda switch, sight: behind_in(sight, done[switch.id])
        )
        self._note(
            [
                (one, self._reached(one, sight, behind.get(one.id, [])))
                for one, sight in seen.items()
            ]
        )

    def _reached(
        self, switch: Switch, sight: Sight | None, behind: Sequence[str]
    ) -> Reached:
        seen = PersonSeen(
            at=self.journal.now().isoformat(),
            when=UNDONE,
            others=tuple(self._others(switch, sight)),
            memberof=tuple(behind),
        )
        failed = switch.undone_by == ITSELF
        state = SwitchState.FAILED if failed else SwitchState.UNDONE
        return Reached(state, switch.reason, seen)

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


def _wrong(
    seen: Sights, wrong: Callable[[Switch, Sight], list[str]]
) -> dict[int, list[str]]:
    """Return what is wrong with what memberOf shows of whom."""
    found = {
        switch.id: wrong(switch, sight)
        for switch, sight in seen.items()
        if sight is not None and sight.has_memberof
    }
    return {switch_id: said for switch_id, said in found.items() if said}

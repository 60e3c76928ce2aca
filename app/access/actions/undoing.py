"""Take one person back down: direct rights back, verified, then the role off; only what was ours
(design 5.2, 5.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.actions.journal import Journal, Orders
from app.access.actions.moving import ITSELF, PATIENCE, Mover
from app.access.actions.seeing import Sight
from app.access.rules.document import SeenRight
from app.access.rules.steps import as_change, as_data, following, is_ours
from app.models.access import Phase, Step, StepState, Switch, SwitchState, WaveState
from ldap_sync.dn import fold_or_self
from ldap_sync.values import DirectoryChange, DirectoryPerson, MemberPresence, inverse

LEFT = "Has left: nothing is granted any more."
REPAIR = "Repair memberOf on the directory's page, then undo again."
THEIRS = "Left as others made it, by decision."
FAILED_BEFORE = (StepState.DRIFT, StepState.REFUSED)


@dataclass(frozen=True, slots=True)
class Undoer:
    """Undoes switches of one wave with inverse steps, through the same journal as the way up."""

    mover: Mover
    wave_state: WaveState

    @property
    def journal(self) -> Journal:
        """The journal both directions share."""
        return self.mover.journal

    def undo(self, switch_id: int) -> bool:
        """Take a person's switch back as far as it goes.

        False: others interfered and a person has to decide.
        """
        switch = self.mover.switch(switch_id)
        person = self.journal.directory.person(switch.person.key)
        self._settle_forward(switch_id)
        self._take_up_again(switch, person)
        self._write_inverse_steps(switch, person)
        for phase in (Phase.DIRECT_OFF, Phase.ROLE_ON):
            stuck = self._run(switch, person, phase)
            if stuck:
                self.mover.note(switch, SwitchState.CONFLICT, stuck)
                return False
        self._finish(switch)
        return True

    def _settle_forward(self, switch_id: int) -> None:
        """Decide what became of unfinished steps of the way up; what never happened is not sent any
        more.
        """
        for phase in (Phase.ROLE_ON, Phase.DIRECT_OFF):
            steps = self.mover.steps(switch_id, phase)
            for step in steps:
                if step.state in (StepState.INTENT, StepState.UNKNOWN):
                    self.journal.settle(step)
            self.journal.skip(
                [s for s in steps if s.state in (StepState.PLANNED, StepState.INTENT)],
                "Undone before.",
            )

    def _take_up_again(self, switch: Switch, person: DirectoryPerson | None) -> None:
        """Look anew at inverse steps of an undo that was broken off: the person may have another
        name by now.
        """
        with self.journal.parts.database.read() as session:
            own = [
                (step, _latest_reversal(session, step.id))
                for step in _own_steps(session, switch.id)
            ]
        for _, back in own:
            if back is not None and back.state in (StepState.INTENT, StepState.UNKNOWN):
                self.journal.settle(back)
        waiting = (StepState.INTENT, StepState.PLANNED)
        begun = [
            (back, self._back(step, switch, person))
            for step, back in own
            if back and back.state in waiting
        ]
        if begun:
            self._change_steps(begun, StepState.PLANNED)

    def _write_inverse_steps(self, switch: Switch, person: DirectoryPerson | None) -> None:
        """Write an inverse step for every step that was ours, last first; one that failed before
        gets a new attempt.
        """
        with self.journal.parts.database.read() as session:
            own = [
                (step, _latest_reversal(session, step.id))
                for step in _own_steps(session, switch.id)
            ]
            position = (
                session.scalar(
                    select(func.max(Step.position)).where(Step.wave_id == switch.wave_id)
                )
                or 0
            )
        due = [
            (step, latest)
            for step, latest in own
            if latest is None or latest.state in FAILED_BEFORE
        ]
        backs = [
            self._inverse(step, latest, switch, person, number)
            for number, (step, latest) in enumerate(due, position + 1)
        ]
        if backs:
            with self.journal.parts.database.write() as session:
                self.journal.hold(session)
                session.add_all(backs)

    def _inverse(
        self,
        step: Step,
        latest: Step | None,
        switch: Switch,
        person: DirectoryPerson | None,
        position: int,
    ) -> Step:
        return Step(
            wave_id=step.wave_id,
            switch_id=step.switch_id,
            reverses_id=step.id,
            position=position,
            phase=step.phase,
            attempt=latest.attempt + 1 if latest else 1,
            change=as_data(self._back(step, switch, person)),
            state=StepState.PLANNED,
            sentence=f"Take back: {step.sentence}",
        )

    def _back(self, step: Step, switch: Switch, person: DirectoryPerson | None) -> DirectoryChange:
        """Return what takes a step back for the person as the directory has them now."""
        back = inverse(_modification(step))
        if person is None:
            return back
        return following(
            back, self.mover.planned(switch).values_now(person), partial(self._stands, back)
        )

    def _stands(self, back: DirectoryChange, value: str) -> bool:
        only = replace(back, add=(), delete=(value,))
        return self.journal.look_at(only) is MemberPresence.BEFORE

    def _run(self, switch: Switch, person: DirectoryPerson | None, phase: Phase) -> str:
        """Run the inverse steps of one phase; return what stands in the way, or nothing."""
        steps = self._inverse_steps(switch.id, phase)
        if person is None or person.disabled:
            self.journal.skip([step for step in _waiting(steps) if step.change["add"]], LEFT)
        for step in _waiting(steps):
            self._decide(switch, step)
        stuck = self._as_far_as_it_goes(
            steps, Orders(self.wave_state, switch.id, SwitchState.UNDOING)
        )
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
        if (
            step.state is not StepState.DRIFT
            or self.journal.presence(step) is not MemberPresence.BEFORE
        ):
            return False
        group = self.journal.directory.group(step.change["key"])
        if group is None or fold_or_self(group.dn) == fold_or_self(step.change["dn"]):
            return False
        self._change_step(step, replace(_modification(step), dn=group.dn), StepState.PLANNED)
        return True

    def _decide(self, switch: Switch, step: Step) -> None:
        """Where others interfered, do what a person decided: theirs stays, ours goes to the group
        of that name now.
        """
        presence = self.journal.presence(step)
        decision = switch.on_conflict.get(
            str(step.reverses_id), switch.on_conflict.get("*", "skip")
        )
        if presence is MemberPresence.MIXED:
            self._change_step(step, self._remaining(step))
        elif presence is MemberPresence.GONE and not step.change["add"]:
            self.journal.skip(
                [step], "The group is gone, and with it what was to be taken out of it."
            )
        elif presence is MemberPresence.GONE and decision == "ours":
            self._retarget(step)
        elif decision == "theirs" and (step.attempt > 1 or presence is MemberPresence.GONE):
            self.journal.skip([step], THEIRS)

    def _remaining(self, step: Step) -> DirectoryChange:
        """Return what is left to do of a change of which others did a part."""
        change, look = _modification(step), self.journal.look_at
        add = tuple(
            v
            for v in change.add
            if look(replace(change, add=(v,), delete=())) is MemberPresence.BEFORE
        )
        gone = tuple(
            v
            for v in change.delete
            if look(replace(change, add=(), delete=(v,))) is MemberPresence.BEFORE
        )
        return replace(change, add=add, delete=gone) if add or gone else change

    def _retarget(self, step: Step) -> None:
        group = self.journal.directory.group_at(step.change["dn"])
        if group is not None:
            self._change_step(step, replace(_modification(step), key=group.key))

    def _change_step(
        self, step: Step, change: DirectoryChange, state: StepState | None = None
    ) -> None:
        self._change_steps([(step, change)], state)

    def _change_steps(
        self, changes: Iterable[tuple[Step, DirectoryChange]], state: StepState | None = None
    ) -> None:
        with self.journal.parts.database.write() as session:
            self.journal.hold(session)
            for step, change in changes:
                row = session.get_one(Step, step.id)
                step.change = row.change = as_data(change)
                step.state = row.state = state or row.state

    def _missing(self, switch: Switch, steps: Sequence[Step]) -> str:
        """Check, live, that what was given back is really there before the role goes (design
        5.2).
        """
        back = [
            step for step in steps if step.change["add"] and step.state is not StepState.SKIPPED
        ]
        _, sight = self.mover.sight(switch)
        missing = [
            step.change["dn"]
            for step in back
            if sight is not None and step.change["key"] not in sight.direct
        ]
        if missing:
            return f"Not back yet: {', '.join(missing)}."
        return self._unseen(switch, back)

    def _unseen(self, switch: Switch, back: Sequence[Step]) -> str:
        """Check that what is looked at through memberOf is shown there again before the role
        goes.
        """
        lenses = self.mover.lenses(step.change["key"] for step in back)
        looked_at = [step for step in back if lenses.get(step.change["key"]) == "memberof"]
        lacking = self._patiently(switch, lambda sight: _lacking(sight, looked_at))
        return f"Not back in memberOf yet: {', '.join(lacking)}. {REPAIR}" if lacking else ""

    def _patiently(self, switch: Switch, wrong: Callable[[Sight], list[str]]) -> list[str]:
        """Return what is wrong with what is seen of a person, after some patience; nothing when the
        person is gone.
        """
        for _ in range(PATIENCE):
            if not self._wrong(switch, wrong):
                return []
            self.mover.pause()
        return self._wrong(switch, wrong)

    def _wrong(self, switch: Switch, wrong: Callable[[Sight], list[str]]) -> list[str]:
        _, sight = self.mover.sight(switch)
        return wrong(sight) if sight is not None and sight.has_memberof else []

    def _inverse_steps(self, switch_id: int, phase: Phase) -> list[Step]:
        """Return the latest inverse of each step of a phase, in the order they run."""
        query = select(Step).where(
            Step.switch_id == switch_id, Step.phase == phase, Step.reverses_id.is_not(None)
        )
        with self.journal.parts.database.read() as session:
            found = {
                step.reverses_id: step for step in session.scalars(query.order_by(Step.attempt))
            }
        return sorted(found.values(), key=lambda step: step.position)

    def _finish(self, switch: Switch) -> None:
        behind = self._patiently(switch, lambda sight: self._behind(switch, sight))
        _, sight = self.mover.sight(switch)
        others = self._others(switch, sight)
        failed = switch.undone_by == ITSELF
        state = SwitchState.FAILED if failed else SwitchState.UNDONE
        self.mover.note(switch, state, switch.reason, when="undone", others=others, memberof=behind)

    def _behind(self, switch: Switch, sight: Sight) -> list[str]:
        """Say where memberOf has not followed the way back: what it lacks, and what it still
        shows.
        """
        steps = [step for phase in Phase for step in self._inverse_steps(switch.id, phase)]
        done = [step for step in steps if step.state is StepState.DONE]
        gone = [
            step.change["dn"] for step in done if step.change["delete"] and _shows_gone(sight, step)
        ]
        shown = [f"memberOf still shows {dn}" for dn in gone]
        return [*(f"memberOf lacks {dn}" for dn in _lacking(sight, done)), *shown]

    def _others(self, switch: Switch, sight: Sight | None) -> list[str]:
        """Say how the person now differs from before the switch, which only others can have
        done.
        """
        before = {held.key: held.right for held in self.mover.planned(switch).before}
        if sight is None:
            return ["The person is no longer in the directory."]
        gone = [f"no longer in {name}" for key, name in before.items() if key not in sight.direct]
        more = [self.journal.name_of(key) for key in sorted(sight.direct - before.keys())]
        return [*gone, *(f"now in {name}" for name in more)]


def _lacking(sight: Sight, steps: Iterable[Step]) -> list[str]:
    """Return the groups a person was put back into that memberOf does not show; it follows
    ``member`` alone.
    """
    back = [
        step.change for step in steps if step.change["add"] and step.change["attribute"] == "member"
    ]
    due = [change["dn"] for change in back if change["key"] in sight.direct]
    return [dn for dn in due if fold_or_self(dn) not in sight.memberof]


def _shows_gone(sight: Sight, step: Step) -> bool:
    right = SeenRight("", step.change["key"], step.change["dn"], "")
    return sight.shows_wrongly(right) == "memberof"


def _own_steps(session: Session, switch_id: int) -> list[Step]:
    forward = select(Step).where(Step.switch_id == switch_id, Step.reverses_id.is_(None))
    steps = session.scalars(forward.order_by(Step.position.desc()))
    return [step for step in steps if is_ours(step.state.value, step.proof)]


def _latest_reversal(session: Session, step_id: int) -> Step | None:
    return session.scalars(
        select(Step).where(Step.reverses_id == step_id).order_by(Step.attempt.desc())
    ).first()


def _modification(step: Step) -> DirectoryChange:
    change = as_change(step.change)
    if not isinstance(change, DirectoryChange):
        raise TypeError("a person's steps are changes")
    return change


def _waiting(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.state is StepState.PLANNED]

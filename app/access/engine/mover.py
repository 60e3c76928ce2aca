"""Move a batch of people up the rung: role on, verified, direct rights off, verified (design 5.2).

They travel together; what becomes of one is decided for that one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.access.document import LensSeen, PersonSeen, PlannedPerson, SeenRight, keys_of
from app.access.engine.errand import Errand, Orders
from app.access.engine.journal import Journal
from app.access.engine.rows import (
    Reached,
    hold,
    lenses_of,
    note_all,
    step_back,
    steps_up,
    switches_of,
)
from app.access.engine.sight import (
    PATIENCE,
    PAUSE_SECONDS,
    Glance,
    changed_since,
    compare,
    missing_in,
    sight_of,
    still_shown_told,
    waits_for_memberof,
    why_stale,
)
from app.models.access import Phase, Step, Switch, SwitchState, WaveState
from ldap_sync.port import ReadDirectory

HERE = {Phase.ROLE_ON: SwitchState.ROLE_ON, Phase.DIRECT_OFF: SwitchState.DIRECT_OFF}
"""Where a person is while a phase runs."""

BEYOND = (SwitchState.OVERLAP, SwitchState.DIRECT_OFF, SwitchState.SOAKING)
"""Where a person is who has at least the role."""

GONE = "The person is no longer in the directory."

Lenses = tuple[LensSeen, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a person cannot go on: they are held where ``seen`` says what was seen, else taken back.

    It is noted when the others of the batch are through, as it stops the wave.
    """

    switch: Switch
    reason: str
    seen: PersonSeen | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves people of one wave up; what they hold is read in ``directory``, never written there."""

    journal: Journal
    directory: ReadDirectory
    errand: Errand

    def move(self, batch: Iterable[int]) -> bool:
        """Bring some people to their next resting place.

        False stops the wave: somebody has to decide.
        """
        switches = self.journal.read(switches_of, batch)
        ready, troubles = self._begin(switches)
        for phase in (Phase.ROLE_ON, Phase.DIRECT_OFF):
            ready, more = self._phase(ready, phase)
            troubles += more
        for trouble in troubles:
            self._stop_for(trouble)
        return not troubles

    def _begin(self, switches: Sequence[Switch]) -> tuple[list[int], list[Trouble]]:
        """Return who of the batch can go on, having looked at each, and what is in the way of
        others.
        """
        fresh = [one for one in switches if one.state is SwitchState.APPROVED]
        glance = Glance(self.directory, map(self.errand.part_of, fresh))
        reached = [(switch, self._begun(glance, switch)) for switch in fresh]
        self._note(reached)
        stale = {switch.id for switch, at in reached if at.state is SwitchState.STALE}
        held = [one for one in switches if one.state is not SwitchState.APPROVED]
        troubles = [trouble for one in held for trouble in self._in_the_way(one)]
        behind = stale | {trouble.switch.id for trouble in troubles}
        return [one.id for one in switches if one.id not in behind], troubles

    def _begun(self, glance: Glance, switch: Switch) -> Reached:
        stale = self._stale(glance, switch)
        if stale:
            return Reached(SwitchState.STALE, stale)
        return Reached(SwitchState.ROLE_ON)

    def _phase(
        self, ready: Sequence[int], phase: Phase
    ) -> tuple[list[int], list[Trouble]]:
        """Run one phase for those for whom it is not over, verify it, and note where they are now.

        Return who can go on.
        """
        due = self._due(ready, phase)
        orders = Orders(WaveState.APPLYING, dict.fromkeys(due, HERE[phase]))
        steps = self.journal.read(steps_up, due, phase)
        stuck = _first_of_each(self.journal.run(steps, orders)) if due else {}
        troubles = [
            Trouble(due[switch_id], f"{step.sentence} {step.text}".strip())
            for switch_id, step in stuck.items()
        ]
        through = [one for one in due.values() if one.id not in stuck]
        troubles += self._verified(through, phase)
        behind = {trouble.switch.id for trouble in troubles}
        beyond = self.journal.read(switches_of, ready)
        on = [one.id for one in beyond if one.state in BEYOND and one.id not in behind]
        return on, troubles

    def _due(self, ready: Sequence[int], phase: Phase) -> dict[int, Switch]:
        """Return those who are to go through a phase, by their switch."""
        here = HERE[phase]
        if phase is Phase.DIRECT_OFF:
            standing = self.journal.read(switches_of, ready)
            over = [one for one in standing if one.state is SwitchState.OVERLAP]
            self._note([(one, Reached(here)) for one in over])
        switches = self.journal.read(switches_of, ready)
        return {one.id: one for one in switches if one.state is here}

    def _verified(self, switches: Sequence[Switch], phase: Phase) -> list[Trouble]:
        """Look at people after a phase, note where they are now, and return what is wrong with
        others.
        """
        seen = self._looked_at(switches, phase)
        troubles, reached = [], []
        for switch in switches:
            lenses = seen[switch.id]
            wrong = self._wrong(switch, phase, lenses)
            if wrong is None:
                reached.append((switch, self._reached(switch, phase, lenses)))
            else:
                troubles.append(wrong)
        self._note(reached)
        return troubles

    def _wrong(self, switch: Switch, phase: Phase, lenses: Lenses) -> Trouble | None:
        """Return what is wrong with what is seen of a person under each lens.

        While the direct rights still stand, they are looked through: it is the role that has to
        give access.
        """
        missing, still = missing_in(lenses), still_shown_told(lenses)
        if not lenses:
            return Trouble(switch, GONE)
        if missing:
            return Trouble(switch, f"Not seen after the change: {', '.join(missing)}.")
        return Trouble(switch, still, self._to_keep(phase, lenses)) if still else None

    def _reached(self, switch: Switch, phase: Phase, lenses: Lenses) -> Reached:
        seen = self._to_keep(phase, lenses)
        if phase is Phase.ROLE_ON:
            return Reached(SwitchState.OVERLAP, seen=seen)
        exceptions = self.errand.part_of(switch).exceptions
        return Reached(SwitchState.SOAKING, seen=seen, exceptions=exceptions)

    def _in_the_way(self, switch: Switch) -> list[Trouble]:
        """Look again at a switch that stood still for a while: others may have changed what it
        builds on.
        """
        planned = self.errand.part_of(switch)
        changed = why_stale(planned, self.directory.person(planned.key))
        if changed:
            return [Trouble(switch, changed)]
        if switch.state not in (SwitchState.OVERLAP, SwitchState.DIRECT_OFF):
            return []
        lenses = self._looked_at([switch], Phase.ROLE_ON)[switch.id]
        wrong = self._wrong(switch, Phase.ROLE_ON, lenses)
        return [wrong] if wrong else []

    def _looked_at(self, switches: Sequence[Switch], phase: Phase) -> dict[int, Lenses]:
        """Look at people, again for a while where memberOf is not as it should be; nothing where
        the entry is gone.
        """
        seen = self._look_once(switches, phase)
        for _ in range(PATIENCE):
            late = [one for one in switches if waits_for_memberof(seen[one.id])]
            if not late:
                break
            self.journal.pause(PAUSE_SECONDS)
            seen |= self._look_once(late, phase)
        return seen

    def _look_once(self, switches: Sequence[Switch], phase: Phase) -> dict[int, Lenses]:
        planned = {one.id: self.errand.part_of(one) for one in switches}
        glance = Glance(self.directory, planned.values())
        if phase is Phase.ROLE_ON:
            return {one: _through(glance, part) for one, part in planned.items()}
        gone = frozenset[str]().union(*(one.taken_away for one in planned.values()))
        lenses = self.journal.read(lenses_of, self.errand.directory_id, gone)
        return {one: _after(glance, part, lenses) for one, part in planned.items()}

    def _stale(self, glance: Glance, switch: Switch) -> str:
        """Return what changed about a person since the plan was made, or nothing (design 5.6)."""
        planned = self.errand.part_of(switch)
        person, sight = sight_of(glance, planned)
        return why_stale(planned, person) or (
            changed_since(planned, sight.direct) if sight else ""
        )

    def _note(self, reached: Sequence[tuple[Switch, Reached]]) -> None:
        if reached:
            self.journal.write(note_all, self.errand, reached)

    def _stop_for(self, trouble: Trouble) -> None:
        """Hold a person, or have taken back what was begun, which runs at once through the same
        journal.
        """
        switch, reason = trouble.switch, trouble.reason
        if trouble.seen is None:
            self.journal.write(step_back, self.errand, switch, reason)
        else:
            self.journal.write(hold, self.errand, switch, reason, trouble.seen)

    def _to_keep(self, phase: Phase, lenses: Lenses) -> PersonSeen:
        return PersonSeen(self.journal.now().isoformat(), phase.value, lenses)


def _through(glance: Glance, planned: PlannedPerson) -> Lenses:
    """Look at a person through the direct rights, as if they were gone."""
    _, sight = sight_of(glance, planned, planned.taken_away)
    return compare(sight, planned.sees) if sight else ()


def _after(glance: Glance, planned: PlannedPerson, lenses: Mapping[str, str]) -> Lenses:
    """Look at a person whose direct rights are gone."""
    _, sight = sight_of(glance, planned)
    return compare(sight, planned.sees, _removed(planned, lenses)) if sight else ()


def _removed(planned: PlannedPerson, lenses: Mapping[str, str]) -> list[SeenRight]:
    """Return the rights taken from a person, with the lens under which each must not be seen any
    more.
    """
    promised = keys_of(planned.sees)
    gone = {step.group_key: step for step in planned.going if step.deletes}
    return [
        SeenRight(
            step.right,
            key,
            step.change.dn,
            "" if key in promised else lenses.get(key, ""),
        )
        for key, step in gone.items()
    ]


def _first_of_each(steps: Iterable[Step]) -> dict[int, Step]:
    """Return the first of the steps of each person."""
    found: dict[int, Step] = {}
    for step in steps:
        if step.switch_id is not None:
            found.setdefault(step.switch_id, step)
    return found

"""Move a batch of people up the rung: role on, verified, direct rights off, verified (design 5.2).

They travel together; what becomes of one is decided for that one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.access.document import LensSeen, PersonSeen, PlannedPerson, SeenRight, keys_of
from app.access.engine.errand import Errand, Orders
from app.access.engine.journal import AlongWith, Journal
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
from app.models.access.wave import Step, Switch
from app.models.access.words import Phase, SwitchState, WaveState
from ldap_sync.port import ReadDirectory

HERE = {Phase.ROLE_ON: SwitchState.ROLE_ON, Phase.DIRECT_OFF: SwitchState.DIRECT_OFF}
"""Where a person is while a phase runs."""

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


class _Going:
    """A batch on its way: who goes on and where they are, noted or not; and what is in the way of
    others.
    """

    def __init__(self, switches: Sequence[Switch]) -> None:
        # In the order of the plan, which whoever is told of the batch reads.
        self.on = {one.id: one for one in switches}
        self.troubles: list[Trouble] = []
        self._now = {one.id: one.state for one in switches}
        self._reached: list[tuple[Switch, Reached]] = []

    def at(self, state: SwitchState) -> list[Switch]:
        """Return those who are there now, in the order of the plan."""
        return [one for one in self.on.values() if self._now[one.id] is state]

    def come(self, switch: Switch, reached: Reached) -> None:
        """Let somebody be somewhere else from now on."""
        self._now[switch.id] = reached.state
        self._reached.append((switch, reached))

    def stop(self, trouble: Trouble) -> None:
        """Let somebody go no further."""
        del self.on[trouble.switch.id]
        self.troubles.append(trouble)

    def noting(self, errand: Errand) -> AlongWith | None:
        """Return what notes where people came to, if anybody did; each is noted once."""
        reached, self._reached = self._reached, []
        if not reached:
            return None
        return lambda act: note_all(act, errand, reached)


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves people of one wave up; what they hold is read in ``directory``, never written there.

    ``wave`` is where the wave stands meanwhile.
    """

    journal: Journal
    directory: ReadDirectory
    errand: Errand
    wave: WaveState = WaveState.APPLYING

    def move(self, batch: Iterable[int]) -> bool:
        """Bring some people to their next resting place.

        False stops the wave: somebody has to decide.
        """
        going = _Going(self.journal.read(switches_of, batch))
        for phase in HERE:
            self._run(going, phase)
        last = going.noting(self.errand)
        if last is not None:
            self.journal.write(last)
        for trouble in going.troubles:
            self._stop_for(trouble)
        return not going.troubles

    def _run(self, going: _Going, phase: Phase) -> None:
        """Run one phase for those for whom it is not over, and verify it.

        Where they are now is noted in the same commit as what comes next.
        """
        self._enter(going, phase)
        due = going.at(HERE[phase])
        if not due:
            return
        orders = Orders(self.wave, {one.id: HERE[phase] for one in due})
        steps = self.journal.read(steps_up, [one.id for one in due], [phase])
        noting = going.noting(self.errand)
        stuck = _first_of_each(self.journal.run(steps, orders, noting))
        for switch_id, step in stuck.items():
            told = f"{step.sentence} {step.text}".strip()
            going.stop(Trouble(going.on[switch_id], told))
        self._verify(going, [one for one in due if one.id not in stuck], phase)

    def _enter(self, going: _Going, phase: Phase) -> None:
        """Let those begin a phase who may: having looked at each who was only approved."""
        if phase is Phase.ROLE_ON:
            self._begin(going)
        else:
            for one in going.at(SwitchState.OVERLAP):
                going.come(one, Reached(HERE[phase]))

    def _begin(self, going: _Going) -> None:
        """Look at each: who was only approved may begin or is stale, and who stood still for a
        while may be held up by what others changed.
        """
        fresh = going.at(SwitchState.APPROVED)
        held = [one for one in going.on.values() if one not in fresh]
        glance = Glance(self.directory, map(self.errand.part_of, fresh))
        for one in fresh:
            going.come(one, self._begun(glance, one))
        for trouble in [each for one in held for each in self._in_the_way(one)]:
            going.stop(trouble)

    def _begun(self, glance: Glance, switch: Switch) -> Reached:
        """Return where a person is who was only approved: on the way, or stale."""
        stale = self._stale(glance, switch)
        if stale:
            return Reached(SwitchState.STALE, stale)
        return Reached(SwitchState.ROLE_ON)

    def _verify(self, going: _Going, switches: Sequence[Switch], phase: Phase) -> None:
        """Look at people after a phase: where they are now, or what is wrong with them."""
        seen = self._looked_at(switches, phase)
        for switch in switches:
            lenses = seen[switch.id]
            wrong = self._wrong(switch, phase, lenses)
            if wrong is None:
                going.come(switch, self._reached(switch, phase, lenses))
            else:
                going.stop(wrong)

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
        """Return where a person is in whom nothing was wrong after a phase."""
        seen = self._to_keep(phase, lenses)
        if phase is Phase.ROLE_ON:
            return Reached(SwitchState.OVERLAP, seen=seen)
        exceptions = self.errand.part_of(switch).exceptions
        rests = SwitchState.CLOSED if self.errand.is_single else SwitchState.SOAKING
        return Reached(rests, seen=seen, exceptions=exceptions)

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

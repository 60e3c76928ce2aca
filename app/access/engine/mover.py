"""Move one person up the rung: role on, verified, direct rights off, verified (design 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.document import LensSeen, PersonSeen, PlannedPerson, SeenRight, keys_of
from app.access.engine.journal import Errand, Journal, Orders
from app.access.engine.rows import (
    Reached,
    hold,
    lenses_of,
    note_reached,
    step_back,
    steps_up,
    switch_of,
)
from app.access.engine.sight import (
    PATIENCE,
    PAUSE_SECONDS,
    changed_since,
    compare,
    missing_in,
    sight_of,
    still_shown_told,
    waits_for_memberof,
    why_stale,
)
from app.models.access import Phase, Switch, SwitchState, WaveState
from ldap_sync.port import ReadDirectory

HERE = {Phase.ROLE_ON: SwitchState.ROLE_ON, Phase.DIRECT_OFF: SwitchState.DIRECT_OFF}
"""Where a person is while a phase runs."""

BEYOND = (SwitchState.OVERLAP, SwitchState.DIRECT_OFF, SwitchState.SOAKING)
"""Where a person is who has at least the role."""

Lenses = tuple[LensSeen, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves people of one wave up; what they hold is read in ``directory``, never written there."""

    journal: Journal
    directory: ReadDirectory
    errand: Errand

    def move(self, switch_id: int) -> bool:
        """Bring one person to the next resting place.

        False stops the wave: a person has to decide.
        """
        switch = self.journal.read(switch_of, switch_id)
        if switch.state is SwitchState.APPROVED:
            stale = self._stale(switch)
            if stale:
                self._note(switch, Reached(SwitchState.STALE, stale))
                return True
            self._note(switch, Reached(SwitchState.ROLE_ON))
        elif not self._can_go_on(switch):
            return False
        return all(
            self._phase(switch_id, phase) for phase in (Phase.ROLE_ON, Phase.DIRECT_OFF)
        )

    def _phase(self, switch_id: int, phase: Phase) -> bool:
        """Run one phase unless it is over, verify it, and move on to the next state."""
        switch, here = self.journal.read(switch_of, switch_id), HERE[phase]
        if phase is Phase.DIRECT_OFF and switch.state is SwitchState.OVERLAP:
            switch = self._note(switch, Reached(here))
        elif switch.state is not here:
            return switch.state in BEYOND
        steps = self.journal.read(steps_up, switch_id, phase)
        stuck = self.journal.run(steps, Orders(WaveState.APPLYING, switch_id, here))
        if stuck is not None:
            return self._step_back(switch, f"{stuck.sentence} {stuck.text}".strip())
        return self._verified(switch, phase)

    def _verified(self, switch: Switch, phase: Phase) -> bool:
        lenses = self._seen(switch, phase)
        still = still_shown_told(lenses)
        if still:
            return self._hold(switch, still, lenses)
        if lenses:
            self._note(switch, self._reached(switch, phase, lenses))
        return bool(lenses)

    def _reached(self, switch: Switch, phase: Phase, lenses: Lenses) -> Reached:
        seen = self._look_to_keep(phase, lenses)
        if phase is Phase.ROLE_ON:
            return Reached(SwitchState.OVERLAP, seen=seen)
        exceptions = self.errand.part_of(switch).exceptions
        return Reached(SwitchState.SOAKING, seen=seen, exceptions=exceptions)

    def _can_go_on(self, switch: Switch) -> bool:
        """Look again at a switch that stood still for a while; step back where others changed what
        it builds on.
        """
        planned = self.errand.part_of(switch)
        changed = why_stale(planned, self.directory.person(planned.key))
        if changed:
            return self._step_back(switch, changed)
        has_role = switch.state in (SwitchState.OVERLAP, SwitchState.DIRECT_OFF)
        return not has_role or bool(self._seen(switch, Phase.ROLE_ON))

    def _seen(self, switch: Switch, phase: Phase) -> Lenses:
        """Return what is seen under each lens, or step back and return nothing when something
        promised is missing.

        While the direct rights still stand, they are looked through: it is the role that has to
        give access.
        """
        lenses = self._looked_at(self.errand.part_of(switch), phase)
        missing = missing_in(lenses)
        if not lenses:
            self._step_back(switch, "The person is no longer in the directory.")
        elif missing:
            self._step_back(switch, f"Not seen after the change: {', '.join(missing)}.")
        return () if missing else lenses

    def _looked_at(self, planned: PlannedPerson, phase: Phase) -> Lenses:
        """Look at a person, again for a while where memberOf is not as it should be; nothing when
        the entry is gone.
        """
        lenses = self._look_once(planned, phase)
        for _ in range(PATIENCE):
            if not waits_for_memberof(lenses):
                break
            self.journal.pause(PAUSE_SECONDS)
            lenses = self._look_once(planned, phase)
        return lenses

    def _look_once(self, planned: PlannedPerson, phase: Phase) -> Lenses:
        going = phase is Phase.ROLE_ON
        aside = planned.taken_away if going else frozenset[str]()
        _, sight = sight_of(self.directory, planned, aside)
        if sight is None:
            return ()
        return compare(sight, planned.sees, () if going else self._removed(planned))

    def _removed(self, planned: PlannedPerson) -> list[SeenRight]:
        """Return the rights taken from a person, with the lens under which each must not be seen
        any more.
        """
        promised = keys_of(planned.sees)
        gone = {step.group_key: step for step in planned.going if step.deletes}
        lenses = self.journal.read(lenses_of, self.errand.directory_id, gone)
        return [
            SeenRight(
                step.right,
                key,
                step.change.dn,
                "" if key in promised else lenses.get(key, ""),
            )
            for key, step in gone.items()
        ]

    def _stale(self, switch: Switch) -> str:
        """Return what changed about a person since the plan was made, or nothing (design 5.6)."""
        planned = self.errand.part_of(switch)
        person, sight = sight_of(self.directory, planned)
        return why_stale(planned, person) or (
            changed_since(planned, sight.direct) if sight else ""
        )

    def _note(self, switch: Switch, reached: Reached) -> Switch:
        return self.journal.write(note_reached, self.errand, switch, reached)

    def _hold(self, switch: Switch, reason: str, lenses: Lenses) -> bool:
        seen = self._look_to_keep(Phase.DIRECT_OFF, lenses)
        self.journal.write(hold, self.errand, switch, reason, seen)
        return False

    def _step_back(self, switch: Switch, reason: str) -> bool:
        """Have taken back what was begun, which runs at once, through the same journal."""
        self.journal.write(step_back, self.errand, switch, reason)
        return False

    def _look_to_keep(self, phase: Phase, lenses: Lenses) -> PersonSeen:
        return PersonSeen(self.journal.now().isoformat(), phase.value, lenses)

"""Move one person up the rung: role on, verified, direct rights off, verified (design 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access.actions.journal import Journal, Orders, Turned
from app.access.actions.planned import told_difference, waits_for_memberof, why_stale
from app.access.actions.seeing import Sight, compare, faults_of, look, still_shown_told
from app.access.rules.document import (
    HeldBefore,
    OddListing,
    PlanDocument,
    PlannedPerson,
    SeenRight,
    keys_of,
)
from app.core import audit
from app.models.access import AccessException, Phase, Step, Switch, SwitchState, Wave, WaveState
from app.models.directory import Entitlement
from ldap_sync.values import DirectoryChange, DirectoryGroup, DirectoryPerson, MemberPresence

PATIENCE = 10
PAUSE_SECONDS = 0.5
"""How often, and how long apart, a person is looked at again: on some servers memberOf follows a
moment later.
"""

ITSELF = "Rung"
"""Who takes back what a person's switch began when it could not be finished."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves people of one wave.

    ``plan`` is the approved one; ``number`` and ``role`` are for sentences.
    """

    journal: Journal
    plan: PlanDocument
    number: int
    role: str

    def move(self, switch_id: int) -> bool:
        """Bring one person to the next resting place.

        False stops the wave: a person has to decide.
        """
        switch = self.switch(switch_id)
        if switch.state is SwitchState.APPROVED:
            stale = self._stale(switch)
            if stale:
                self.note(switch, SwitchState.STALE, stale)
                return True
            switch = self.note(switch, SwitchState.ROLE_ON)
        elif not self._can_go_on(switch):
            return False
        return all(self._phase(switch_id, phase) for phase in (Phase.ROLE_ON, Phase.DIRECT_OFF))

    def note(self, switch: Switch, state: SwitchState, reason: str = "", **seen: Any) -> Switch:
        """Commit a new state of a person's switch, with its audit event, and return it as it is
        then.

        Raises ``Turned`` when somebody asked for something else since ``switch`` was loaded.
        """
        now = self.journal.parts.now()
        with self.journal.parts.database.write() as session:
            row = self._unturned(session, switch)
            row.state, row.reason = state, reason
            _stamp(row, state, now)
            if seen:
                row.verified = [*row.verified, {"at": now.isoformat(), **seen}]
            if state is SwitchState.SOAKING:
                self._keep_exceptions(session, row)
            elif row.undone_at == now:
                _end_exceptions(session, row.id, now)
            sentence = f"{row.person.name} in wave {self.number} of {self.role}: {state.value}"
            audit.record(
                session,
                self.journal.by,
                f"switch.{state.name.lower()}",
                f"wave:{self.journal.wave_id}",
                sentence,
                before=switch.state.value,
                after=state.value,
                reason=reason,
                at=now,
            )
            return row

    def planned(self, switch: Switch) -> PlannedPerson:
        """Return a person's part of the plan."""
        return self.plan.part_of(switch.person.key)

    def steps(self, switch_id: int, phase: Phase) -> list[Step]:
        """Return a person's own forward steps of one phase, in order."""
        query = select(Step).where(
            Step.switch_id == switch_id, Step.phase == phase, Step.reverses_id.is_(None)
        )
        with self.journal.parts.database.read() as session:
            return list(session.scalars(query.order_by(Step.position)))

    def sight(
        self, switch: Switch, aside: frozenset[str] = frozenset()
    ) -> tuple[DirectoryPerson | None, Sight | None]:
        """Return the person and what applications see of them now, live; nothing when the entry is
        gone.

        Groups with the keys ``aside`` are looked through, as if they no longer listed the person.
        """
        person = self.journal.directory.person(switch.person.key)
        if person is None:
            return None, None
        planned = self.planned(switch)
        wanted = [
            right.key for right in planned.sees if right.lens == "recursive" or right.key in aside
        ]
        wanted += (
            planned.taken_away if self.journal.directory.profile.memberof == "transitive" else ()
        )
        return person, look(
            self.journal.directory, person, wanted, aside, self._oddly_listing(planned)
        )

    def _oddly_listing(self, planned: PlannedPerson) -> list[DirectoryGroup]:
        """Return the groups that still list a person in the unusual spelling they had when the plan
        was made.
        """
        return [
            DirectoryGroup(held.key, held.dn or "", held.right, odd.attribute)
            for held in planned.before
            for odd in held.listings
            if self._still_lists(held, odd)
        ]

    def _still_lists(self, held: HeldBefore, odd: OddListing) -> bool:
        taking = DirectoryChange(held.key, held.dn or "", odd.attribute, delete=odd.values)
        return self.journal.look_at(taking) is MemberPresence.BEFORE

    def _phase(self, switch_id: int, phase: Phase) -> bool:
        """Run one phase unless it is over, verify it, and move on to the next state."""
        switch = self.switch(switch_id)
        here = SwitchState.ROLE_ON if phase is Phase.ROLE_ON else SwitchState.DIRECT_OFF
        if phase is Phase.DIRECT_OFF and switch.state is SwitchState.OVERLAP:
            switch = self.note(switch, here)
        elif switch.state is not here:
            return switch.state in (
                SwitchState.OVERLAP,
                SwitchState.DIRECT_OFF,
                SwitchState.SOAKING,
            )
        orders = Orders(WaveState.APPLYING, switch_id, here)
        stuck = self.journal.run(self.steps(switch_id, phase), orders)
        if stuck is not None:
            return self._step_back(switch, f"{stuck.sentence} {stuck.text}".strip())
        lenses = self._seen(switch, phase)
        still = still_shown_told(lenses)
        if still:
            return self._hold(switch, still, lenses)
        if lenses:
            reached = SwitchState.OVERLAP if phase is Phase.ROLE_ON else SwitchState.SOAKING
            self.note(switch, reached, when=phase.value, lenses=lenses)
        return bool(lenses)

    def _can_go_on(self, switch: Switch) -> bool:
        """Look again at a switch that stood still for a while; step back where others changed what
        it builds on.
        """
        changed = why_stale(self.planned(switch), self.journal.directory.person(switch.person.key))
        if changed:
            return self._step_back(switch, changed)
        return switch.state not in (SwitchState.OVERLAP, SwitchState.DIRECT_OFF) or bool(
            self._seen(switch, Phase.ROLE_ON)
        )

    def _seen(self, switch: Switch, phase: Phase) -> list[dict[str, Any]]:
        """Return what is seen under each lens, or step back and return nothing when something
        promised is missing.

        While the direct rights still stand, they are looked through: it is the role that has to
        give access.
        """
        lenses = self._looked_at(switch, phase)
        missing = faults_of(lenses, "missing")
        if not lenses:
            self._step_back(switch, "The person is no longer in the directory.")
        elif missing:
            self._step_back(switch, f"Not seen after the change: {', '.join(missing)}.")
        return [] if missing else lenses

    def _looked_at(self, switch: Switch, phase: Phase) -> list[dict[str, Any]]:
        """Look at a person, again for a while where memberOf is not as it should be; nothing when
        the entry is gone.
        """
        lenses = self._look_once(switch, phase)
        for _ in range(PATIENCE):
            if not waits_for_memberof(lenses):
                break
            self.pause()
            lenses = self._look_once(switch, phase)
        return lenses

    def _look_once(self, switch: Switch, phase: Phase) -> list[dict[str, Any]]:
        planned = self.planned(switch)
        going = phase is Phase.ROLE_ON
        _, sight = self.sight(switch, planned.taken_away if going else frozenset())
        if sight is None:
            return []
        return compare(sight, planned.sees, () if going else self._removed(planned))

    def _removed(self, planned: PlannedPerson) -> list[SeenRight]:
        """Return the rights taken from a person, with the lens under which each must not be seen
        any more.
        """
        promised = keys_of(planned.sees)
        gone = {step.group_key: step for step in planned.going if step.deletes}
        lenses = {key: lens for key, lens in self.lenses(gone).items() if key not in promised}
        return [
            SeenRight(step.right, key, step.change.dn, lenses.get(key, ""))
            for key, step in gone.items()
        ]

    def lenses(self, keys: Iterable[str]) -> dict[str, str]:
        """Return how the applications look that read these rights, by key."""
        here = Entitlement.directory_id == self.journal.directory_id, Entitlement.key.in_(keys)
        with self.journal.parts.database.read() as session:
            return {
                row.key: row.lens.value for row in session.scalars(select(Entitlement).where(*here))
            }

    def pause(self) -> None:
        """Wait a moment without losing the lease."""
        with self.journal.parts.database.write() as session:
            self.journal.hold(session)
        self.journal.parts.pause(PAUSE_SECONDS)

    def _hold(self, switch: Switch, reason: str, lenses: list[dict[str, Any]]) -> bool:
        """Leave a person where they are and stop the wave: a move that applications do not see is
        none.

        Nobody loses anything. Applied again, the wave looks anew; undone, the person goes back.
        """
        now = self.journal.parts.now()
        with self.journal.parts.database.write() as session:
            row, wave = self._unturned(session, switch), session.get_one(Wave, self.journal.wave_id)
            row.reason = reason
            seen = {"at": now.isoformat(), "when": Phase.DIRECT_OFF.value, "lenses": lenses}
            row.verified = [*row.verified, seen]
            if wave.state is WaveState.APPLYING:
                wave.state, wave.message = WaveState.STOPPED, f"{row.person.name}: {reason}"
            audit.record(
                session,
                self.journal.by,
                "switch.hold",
                f"wave:{wave.id}",
                f"Holds {row.person.name} and stops wave {self.number} of {self.role}",
                reason=reason,
                at=now,
            )
        return False

    def _step_back(self, switch: Switch, reason: str) -> bool:
        """Have taken back what was begun, which runs at once, through the same journal; nobody else
        is moved then.
        """
        now = self.journal.parts.now()
        with self.journal.parts.database.write() as session:
            row, wave = self._unturned(session, switch), session.get_one(Wave, self.journal.wave_id)
            row.state, row.reason, row.undone_by = SwitchState.UNDOING, reason, ITSELF
            if wave.state is WaveState.APPLYING:
                wave.state, wave.message = (
                    WaveState.STOPPED,
                    f"{row.person.name} could not be moved: {reason}",
                )
            audit.record(
                session,
                ITSELF,
                "switch.step_back",
                f"wave:{wave.id}",
                f"Takes back what was begun for {row.person.name} and stops wave "
                f"{self.number} of {self.role}",
                before=switch.state.value,
                after=row.state.value,
                reason=reason,
                at=now,
            )
        return False

    def _unturned(self, session: Session, switch: Switch) -> Switch:
        """Return the switch as it is now, unless it is no longer where the runner believes it to
        be.
        """
        row = self._loaded(session, switch.id)
        if row.state is not switch.state:
            raise Turned
        return row

    def _stale(self, switch: Switch) -> str:
        """Return what changed about a person since the plan was made, or nothing (design 5.6)."""
        planned = self.planned(switch)
        person, sight = self.sight(switch)
        return why_stale(planned, person) or (
            told_difference(planned.before, sight.direct) if sight else ""
        )

    def switch(self, switch_id: int) -> Switch:
        """Return a person's switch as the rows have it now."""
        with self.journal.parts.database.read() as session:
            return self._loaded(session, switch_id)

    def _loaded(self, session: Session, switch_id: int) -> Switch:
        return session.scalars(
            select(Switch).where(Switch.id == switch_id).options(joinedload(Switch.person))
        ).one()

    def _keep_exceptions(self, session: Session, switch: Switch) -> None:
        exceptions = self.planned(switch).exceptions
        here = Entitlement.directory_id == self.journal.directory_id
        wanted = Entitlement.key.in_([kept.key for kept in exceptions])
        rights = dict(
            session.execute(select(Entitlement.key, Entitlement.id).where(here, wanted)).all()
        )
        for kept in exceptions:
            if kept.key in rights:
                session.add(
                    AccessException(
                        switch_id=switch.id,
                        person_id=switch.person_id,
                        entitlement_id=rights[kept.key],
                        owner=kept.owner,
                        reason=kept.reason,
                        until=date.fromisoformat(kept.until),
                    )
                )


def _stamp(switch: Switch, state: SwitchState, now: datetime) -> None:
    """Write the times that belong to a state; a finished switch is no longer the person's open
    one.
    """
    if state is SwitchState.ROLE_ON:
        switch.started_at = now
    elif state is SwitchState.SOAKING:
        switch.switched_at = now
    elif state in (SwitchState.UNDONE, SwitchState.FAILED):
        switch.undone_at, switch.open_person_id = now, None
    elif state is SwitchState.STALE:
        switch.open_person_id = None


def _end_exceptions(session: Session, switch_id: int, now: datetime) -> None:
    for kept in session.scalars(
        select(AccessException).where(AccessException.switch_id == switch_id)
    ):
        kept.ended_at = kept.ended_at or now

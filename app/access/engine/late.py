"""Look again at what may have been sent late, and have it taken back where it must not stand."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.engine.errand import Errand
from app.access.engine.journal import Journal
from app.access.engine.stragglers import Watched, came, due, engaged, looked
from ldap_sync.values import MemberPresence


@dataclass(frozen=True, slots=True)
class LateLook:
    """Looks at the stragglers of one wave, while the lease is held."""

    journal: Journal
    errand: Errand

    def look(self) -> None:
        """Compare what may have come late with what should be in place."""
        journal = self.journal
        watched = journal.read(due, self.errand.wave_id, journal.now())
        if not watched:
            return
        people = {one.step.switch_id for one in watched if one.step.switch_id}
        elsewhere = journal.read(engaged, people)
        arrived = self._arrived(
            [
                one
                for one in watched
                if one.unexpected and one.step.switch_id not in elsewhere
            ]
        )
        if arrived:
            journal.write(came, self.errand, arrived)
            journal.settle([one.step for one in arrived if not one.taken_back])
        settings = journal.parts.settings
        steps = [one.step for one in watched]
        journal.write(looked, steps, settings.lease_seconds)

    def _arrived(self, doubtful: list[Watched]) -> list[Watched]:
        looks = self.journal.looks([one.step for one in doubtful])
        return [
            one
            for one, (presence, _) in zip(doubtful, looks, strict=True)
            if presence is MemberPresence.AFTER
        ]

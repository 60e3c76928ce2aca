"""How the directory stands against steps, live."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.access.engine.steps import creates, modification
from app.access.rules import as_change
from app.models.access.wave import Step
from ldap_sync.port import ReadDirectory
from ldap_sync.values import DirectoryChange, MemberPresence

Look = tuple[MemberPresence, str]
"""How the directory stands against a step, and the identity of a group that is there already."""

Seen = Mapping[int, MemberPresence]
"""How the directory stood against steps just now, by their numbers."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Looks at steps; the role's own group is known by its ``key`` once it was created."""

    directory: ReadDirectory
    key: Callable[[], str]

    def presence(self, change: DirectoryChange) -> MemberPresence:
        """Look how the directory stands against a change."""
        return self.directory.presence(self._known([change])[0])

    def presences(self, steps: Sequence[Step]) -> list[MemberPresence]:
        """Look how the directory stands against many steps, one question a group."""
        return self.directory.presences(self.changes_of(steps))

    def changes_of(self, steps: Sequence[Step]) -> list[DirectoryChange]:
        """Return the changes of members that steps are."""
        return self._known([modification(step) for step in steps])

    def looks(self, steps: Sequence[Step]) -> list[Look]:
        """Look at many steps, with one question for those of one group."""
        found = {step.id: self._there(step) for step in steps if creates(step)}
        rest = [step for step in steps if not creates(step)]
        for step, presence in zip(rest, self.presences(rest), strict=True):
            found[step.id] = presence, ""
        return [found[step.id] for step in steps]

    def anew(self, steps: Sequence[Step], seen: Seen) -> list[tuple[Step, Look]]:
        """Return how the directory stands against steps; what was seen to be untouched just now is
        not looked at again.
        """
        before = MemberPresence.BEFORE
        rest = [step for step in steps if seen.get(step.id) is not before]
        looks = dict(zip([one.id for one in rest], self.looks(rest), strict=True))
        return [(step, looks.get(step.id, (before, ""))) for step in steps]

    def _there(self, step: Step) -> Look:
        """Tell whether a group that is to be created is there already."""
        group = self.directory.group_at(as_change(step.change).dn)
        if group is None:
            return MemberPresence.BEFORE, ""
        return MemberPresence.AFTER, group.key

    def _known(self, changes: Sequence[DirectoryChange]) -> list[DirectoryChange]:
        if all(change.key for change in changes):
            return list(changes)
        key = self.key()
        return [
            change if change.key else replace(change, key=key) for change in changes
        ]

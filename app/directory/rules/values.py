"""What the member values of groups stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ldap_sync.dn import fold_or_self
from ldap_sync.members import Known, Meaning
from ldap_sync.values import DirectoryGroup, DirectorySnapshot, Listing


@dataclass(frozen=True, slots=True)
class Resolved:
    """A snapshot together with what knows what each listing in each group stands for, and which
    person owns which group.
    """

    snapshot: DirectorySnapshot
    known: Known
    owners: Mapping[str, str]

    def meanings(self, group: DirectoryGroup) -> Iterator[tuple[Listing, Meaning]]:
        """Yield each listing of a group with what it stands for."""
        for listing in group.listed:
            yield listing, self.known.meaning(group, *listing)

    def meant(self) -> Iterator[Meaning]:
        """Yield what each listing in each group stands for."""
        for group in self.snapshot.groups:
            yield from (meaning for _, meaning in self.meanings(group))


def resolve(
    snapshot: DirectorySnapshot,
    placeholders: Iterable[str],
    known: Known | None = None,
) -> Resolved:
    """Find out what every member value and every first owner of a snapshot stands for.

    Placeholders count before people; a group's own DN in itself is one too, as administrators use
    it. ``known`` is given where the snapshot is only a part of all that is there.
    """
    known = known or Known(
        snapshot.people, snapshot.groups, snapshot.others, placeholders
    )
    owned = (
        (group.key, known.person_at(group.owners[0]))
        for group in snapshot.groups
        if group.owners
    )
    return Resolved(snapshot, known, {key: owner for key, owner in owned if owner})


def is_role_group(dn: str, role_base: str, group_base: str) -> bool:
    """Tell whether a group is a role by its place.

    Where roles and other groups share one place, none is.
    """
    above = fold_or_self(role_base)
    if not above or _under(fold_or_self(group_base), above):
        return False
    return _under(fold_or_self(dn), above)


def _under(folded: str, above: str) -> bool:
    return folded == above or folded.endswith(f",{above}")

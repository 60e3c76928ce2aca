"""What the member values of groups stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ldap_sync.dn import fold_or_self
from ldap_sync.members import Known, Meaning
from ldap_sync.values import DirectorySnapshot, Listing


@dataclass(frozen=True, slots=True)
class Resolved:
    """A snapshot together with what each listing in each group stands for, and which person owns
    which group.
    """

    snapshot: DirectorySnapshot
    meanings: Mapping[tuple[str, Listing], Meaning]
    owners: Mapping[str, str]


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
    meanings = {
        (group.key, listing): known.meaning(group, *listing)
        for group in snapshot.groups
        for listing in group.listed
    }
    owned = (
        (group.key, known.person_at(group.owners[0]))
        for group in snapshot.groups
        if group.owners
    )
    return Resolved(snapshot, meanings, {key: owner for key, owner in owned if owner})


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

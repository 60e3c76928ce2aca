"""What the member values of groups stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ldap_sync.dn import fold_or_self
from ldap_sync.values import Group, Listing, Person, Snapshot, holds_names

_OPTIONAL_UID = re.compile(r"#'[01]*'B\Z", re.IGNORECASE)  # RFC 4517, 3.3.21: a DN may carry a bit string


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one value stands for: ``kind`` as in the read model, ``key`` of the person or group, if any."""

    kind: str  # person | group | placeholder | dangling
    key: str = ""


PLACEHOLDER, DANGLING = Meaning("placeholder"), Meaning("dangling")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A snapshot together with what each listing in each group stands for, and which person owns which group."""

    snapshot: Snapshot
    meanings: Mapping[tuple[str, Listing], Meaning]
    owners: Mapping[str, str]


def resolve(snapshot: Snapshot, placeholders: Iterable[str]) -> Resolved:
    """Find out what every member value and every first owner of a snapshot stands for.

    Placeholders count before people; a group's own DN in itself is one too, as administrators use it.
    """
    known = _Known(snapshot, placeholders)
    meanings = {
        (group.key, listing): known.meaning(group, *listing) for group in snapshot.groups for listing in group.listed
    }
    owned = ((group.key, known.person_at(group.owners[0])) for group in snapshot.groups if group.owners)
    return Resolved(snapshot, meanings, {key: owner for key, owner in owned if owner})


class _Known:
    """The people and groups of a snapshot by all names under which groups list them."""

    def __init__(self, snapshot: Snapshot, placeholders: Iterable[str]) -> None:
        self._placeholders = frozenset(fold_or_self(dn) for dn in placeholders if dn)
        self._by_dn = {fold_or_self(person.dn): Meaning("person", person.key) for person in snapshot.people}
        self._by_dn.update((fold_or_self(group.dn), Meaning("group", group.key)) for group in snapshot.groups)
        self._by_uid = _only_ones((person.uid, person) for person in snapshot.people)
        self._by_folded_uid = _only_ones((person.uid.lower(), person) for person in snapshot.people)

    def person_at(self, dn: str) -> str:
        """Return the identity of the person with this DN, or nothing."""
        meaning = self._by_dn.get(fold_or_self(dn), DANGLING)
        return meaning.key if meaning.kind == "person" else ""

    def meaning(self, group: Group, attribute: str, value: str) -> Meaning:
        """Return what a value stands for; a memberUid that is no uid of exactly one person stands for nobody."""
        folded = fold_or_self(_OPTIONAL_UID.sub("", value) if attribute.lower() == "uniquemember" else value)
        if folded in self._placeholders:
            return PLACEHOLDER
        if holds_names(attribute):
            return self._by_uid.get(value) or self._by_folded_uid.get(value.lower()) or DANGLING
        found = self._by_dn.get(folded, DANGLING)
        return PLACEHOLDER if found.kind == "group" and found.key == group.key else found


def is_role_group(dn: str, role_base: str, group_base: str) -> bool:
    """Tell whether a group is a role by its place. Where roles and other groups share one place, none is."""
    above = fold_or_self(role_base)
    if not above or _under(fold_or_self(group_base), above):
        return False
    return _under(fold_or_self(dn), above)


def _under(folded: str, above: str) -> bool:
    return folded == above or folded.endswith(f",{above}")


def _only_ones(named: Iterable[tuple[str, Person]]) -> dict[str, Meaning]:
    """Leave out names that several people bear: to guess would hand one person the rights of another."""
    pairs = [(name, person.key) for name, person in named]
    counted = Counter(name for name, _ in pairs)
    return {name: Meaning("person", key) for name, key in pairs if counted[name] == 1}

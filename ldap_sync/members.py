"""What the member values of groups stand for: a person, a group, something else that exists, or
nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ldap_sync.dn import fold_or_self
from ldap_sync.values import (
    DirectoryGroup,
    DirectoryPerson,
    Listing,
    Other,
    holds_names,
)

_OPTIONAL_UID = re.compile(
    r"#'[01]*'B\Z", re.IGNORECASE
)  # RFC 4517, 3.3.21: a DN may carry a bit string


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one value stands for: ``kind`` as in the read model, ``key`` of the person or group, if
    any.

    ``what`` tells of something else that exists what it is, by its class.
    """

    kind: str  # person | group | other | placeholder | dangling
    key: str = ""
    what: str = ""


SEVERAL = "several entries"
"""What is said of an account name that more than one entry bears."""

PLACEHOLDER, DANGLING, _SHARED = (
    Meaning("placeholder"),
    Meaning("dangling"),
    Meaning("other", what=SEVERAL),
)


def meant_by(attribute: str, value: str) -> str:
    """Return the key under which values that stand for the same entry compare equal; names clash
    with no DN.
    """
    if holds_names(attribute):
        return f"uid:{value}"
    return fold_or_self(
        _OPTIONAL_UID.sub("", value) if attribute.lower() == "uniquemember" else value
    )


class Known:
    """The people and groups of a reading, and what else is known to exist, by all names under which
    groups list them.

    Placeholders count before people; a group's own DN in itself is one too, as administrators use
    it. What each value stands for is worked out once, as most stand in many groups.
    """

    def __init__(
        self,
        people: Iterable[DirectoryPerson],
        groups: Iterable[DirectoryGroup],
        others: Iterable[Other] = (),
        placeholders: Iterable[str] = (),
    ) -> None:
        self._people = list(people)
        self._placeholders = frozenset(fold_or_self(dn) for dn in placeholders if dn)
        self._known = {other.key: Meaning("other", what=other.what) for other in others}
        self._known.update(
            (fold_or_self(person.dn), Meaning("person", person.key))
            for person in self._people
        )
        self._known.update(
            (fold_or_self(group.dn), Meaning("group", group.key)) for group in groups
        )
        self._met: dict[str, dict[str, Meaning]] = {}

    def person_at(self, dn: str) -> str:
        """Return the identity of the person with this DN, or nothing."""
        meaning = self._known.get(fold_or_self(dn), DANGLING)
        return meaning.key if meaning.kind == "person" else ""

    def meaning(self, group: DirectoryGroup, attribute: str, value: str) -> Meaning:
        """Return what a value stands for; a memberUid that is no uid of exactly one person stands
        for no person.
        """
        met = self._met.setdefault(attribute, {})
        found = met.get(value)
        if found is None:
            found = met[value] = self._meaning(attribute, value)
        return (
            PLACEHOLDER if found.kind == "group" and found.key == group.key else found
        )

    def unknown(self, groups: Iterable[DirectoryGroup]) -> dict[str, Listing]:
        """Return the values that stand for nothing known, by what they mean, each once."""
        listed: dict[str, set[str]] = {}
        for group in groups:
            for attribute, values in group.places:
                listed.setdefault(attribute, set()).update(values)
        return self.open(
            (attribute, value) for attribute in listed for value in listed[attribute]
        )

    def open(self, listed: Iterable[Listing]) -> dict[str, Listing]:
        """Return those of the values that stand for nothing known, by what they mean."""
        nothing = (
            listing
            for listing in listed
            if listing[1].strip() and self._entry(*listing) is DANGLING
        )
        return {meant_by(*listing): listing for listing in nothing}

    def _meaning(self, attribute: str, value: str) -> Meaning:
        if not value.strip() or self._is_placeholder(attribute, value):
            return (
                PLACEHOLDER  # the empty DN names no entry, so it can only be a stand-in
            )
        return self._entry(attribute, value)

    def _is_placeholder(self, attribute: str, value: str) -> bool:
        named = holds_names(attribute)
        meant = fold_or_self(value) if named else meant_by(attribute, value)
        return meant in self._placeholders

    def _entry(self, attribute: str, value: str) -> Meaning:
        named = self._named(value) if holds_names(attribute) else None
        return named or self._known.get(meant_by(attribute, value), DANGLING)

    def _named(self, name: str) -> Meaning | None:
        return self._by_uid.get(name) or self._by_folded_uid.get(name.lower())

    @cached_property
    def _by_uid(self) -> Mapping[str, Meaning]:
        return _by_name((name, each) for each in self._people for name in each.uids)

    @cached_property
    def _by_folded_uid(self) -> Mapping[str, Meaning]:
        named = ((name, each) for each in self._people for name in each.uids)
        return _by_name((name.lower(), person) for name, person in named)


def _by_name(named: Iterable[tuple[str, DirectoryPerson]]) -> Mapping[str, Meaning]:
    """Return who bears which name; one that several bear stands for none of them: to guess would
    hand over rights.
    """
    pairs = {(name, person.key) for name, person in named}
    counted = Counter(name for name, _ in pairs)
    return {
        name: Meaning("person", key) if counted[name] == 1 else _SHARED
        for name, key in pairs
    }

"""Whether a reading may be believed, and what it says has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ldap_sync.dn import MalformedDn, fold_or_self, parent
from ldap_sync.values import DirectorySnapshot

MOST_CHANGES = 20_000
"""How many differences are listed one by one; above, the big kinds are only counted."""

MOST_OF_A_KIND = 1_000
"""How many differences of one kind are listed when there are more than ``MOST_CHANGES`` in all."""


FEWEST_GRANTS = 10
"""From so many known grants on, a reading without a single one is not believed."""


NOT_TAKEN = ", so nothing was taken over."


class Account(Protocol):
    """What a person or a group is known by, before or after a reading."""

    @property
    def dn(self) -> str:
        """The distinguished name."""
        ...


class PersonFacts(Account, Protocol):
    """What a change of a person is told from."""

    @property
    def uid(self) -> str:
        """The name used for signing in."""
        ...

    @property
    def name(self) -> str:
        """The name shown."""
        ...

    @property
    def disabled(self) -> bool:
        """Whether the account is switched off."""
        ...


class RightFacts(Account, Protocol):
    """What a change of a group is told from."""

    @property
    def cn(self) -> str:
        """The name of the group."""
        ...


@dataclass(frozen=True, slots=True)
class ReadingDifference:
    """One thing that is other than in the complete reading before, as a sentence."""

    kind: str
    text: str
    person_id: int | None = None
    entitlement_id: int | None = None


KINDS = {
    "first": "first reading",
    "person new": "person new",
    "person gone": "person gone",
    "person back": "person back",
    "person renamed": "person renamed",
    "person moved": "person moved",
    "person disabled": "person disabled",
    "person enabled": "person enabled",
    "right new": "group new",
    "right gone": "group gone",
    "right back": "group back",
    "right renamed": "group renamed",
    "given": "right given",
    "taken": "right taken away",
    "left over": "value left over",
    "other": "other entry listed",
}
"""The kinds of differences and how they are called on screen."""


def shown(person: PersonFacts) -> str:
    """Return how a person is called in a sentence: name and uid."""
    return f"{person.name} ({person.uid})" if person.name != person.uid else person.uid


def person_changes(old: PersonFacts, new: PersonFacts) -> list[tuple[str, str]]:
    """Return (kind, sentence) for what changed about a person who was there before and is there
    now.
    """
    found = []
    if (old.name, old.uid) != (new.name, new.uid):
        found.append(("person renamed", f"{shown(old)} is now called {shown(new)}."))
    if fold_or_self(_above(old.dn)) != fold_or_self(_above(new.dn)):
        found.append(
            (
                "person moved",
                f"{shown(new)} moved from {_above(old.dn)} to {_above(new.dn)}.",
            )
        )
    if new.disabled and not old.disabled:
        found.append(
            ("person disabled", f"The account of {shown(new)} was switched off.")
        )
    if old.disabled and not new.disabled:
        found.append(
            ("person enabled", f"The account of {shown(new)} was switched on again.")
        )
    return found


def right_changes(old: RightFacts, new: RightFacts) -> list[tuple[str, str]]:
    """Return (kind, sentence) for what changed about a group that was there before and is there
    now.
    """
    if old.cn != new.cn:
        return [("right renamed", f"Group {old.cn} is now called {new.cn}.")]
    if fold_or_self(old.dn) != fold_or_self(new.dn):
        return [("right renamed", f"Group {new.cn} moved from {old.dn} to {new.dn}.")]
    return []


def limited(
    differences: Sequence[ReadingDifference],
    most: int = MOST_CHANGES,
    of_a_kind: int = MOST_OF_A_KIND,
) -> list[ReadingDifference]:
    """Return the differences to keep: all, or for an enormous reading one counting sentence for
    each big kind.
    """
    if len(differences) <= most:
        return list(differences)
    counted = Counter(difference.kind for difference in differences)
    kept = [
        difference
        for difference in differences
        if counted[difference.kind] <= of_a_kind
    ]
    big = [(kind, count) for kind, count in counted.items() if count > of_a_kind]
    return [
        ReadingDifference(
            kind, f"{count:,} times “{KINDS[kind]}”: too many to list one by one."
        )
        for kind, count in big
    ] + kept


def distrust(snapshot: DirectorySnapshot) -> str:
    """Return why a snapshot cannot be kept apart entry by entry, or nothing."""
    for what, keys in (
        ("people", [person.key for person in snapshot.people]),
        ("groups", [group.key for group in snapshot.groups]),
    ):
        if nameless := sum(not key for key in keys):
            return (
                f"{nameless:,} of {len(keys):,} {what} show no identity (entryUUID, nsUniqueId or "
                "objectGUID)."
            )
        if len(set(keys)) < len(keys):
            return f"{len(keys) - len(set(keys)):,} {what} share their identity with another entry."
    return ""


def shrinkage(
    known: Mapping[str, Collection[str]], seen: Mapping[str, Collection[str]]
) -> str:
    """Return why a reading looks cut: more than half of what was known of one sort is missing; else
    nothing.

    Both map a sort ("people", "groups") to identities.
    """
    for sort, keys in known.items():
        missing = len(set(keys) - set(seen[sort]))
        if missing * 2 > len(keys):
            return (
                f"{missing:,} of {len(keys):,} {sort} known from the last reading are missing. "
                f"This looks like a base, an access rule or a limit that hides them{NOT_TAKEN}"
            )
    return ""


def all_grants_missing(known: int) -> str:
    """Return why a reading in which nobody holds anything is not believed; nothing where little was
    known before.
    """
    if known < FEWEST_GRANTS:
        return ""
    return (
        f"Nobody holds any right in this reading, but {known:,} grants are known from the "
        "last one. "
        f"This looks like an access rule that hides the members of groups{NOT_TAKEN}"
    )


def may_be_accepted(reason: str) -> bool:
    """Tell whether a reading was refused only because much is missing, which a person may know to
    be right.
    """
    return reason.endswith(NOT_TAKEN)


def first_sentence(people: int, groups: int, grants: int) -> ReadingDifference:
    """Return the one line a first reading leaves: everything is new, so nothing is listed."""
    return ReadingDifference(
        "first",
        f"First reading: {people:,} people, {groups:,} groups, {grants:,} direct grants.",
    )


def in_order(differences: Iterable[ReadingDifference]) -> list[ReadingDifference]:
    """Sort by kind in the order of ``KINDS``, then by sentence."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(
        differences, key=lambda difference: (order[difference.kind], difference.text)
    )


def _above(dn: str) -> str:
    try:
        return parent(dn)
    except MalformedDn:
        return dn

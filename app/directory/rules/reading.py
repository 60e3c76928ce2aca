"""Whether a reading may be believed, and what it says has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.core.figures import people as people_counted
from app.core.said import Grouped, nsaid, said
from ldap_sync.dn import MalformedDn, fold_or_self, parent
from ldap_sync.values import DirectorySnapshot

MOST_CHANGES = 20_000
"""How many differences are listed one by one; above, the big kinds are only counted."""

MOST_OF_A_KIND = 1_000
"""How many differences of one kind are listed when there are more than ``MOST_CHANGES`` in all."""


FEWEST_GRANTS = 10
"""From so many known grants on, a reading without a single one is not believed."""


NOT_TAKEN = said(", so nothing was taken over.")
SORTS = {"people": said("people"), "groups": said("groups")}


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

    @property
    def department(self) -> str:
        """Where in the company."""
        ...

    @property
    def title(self) -> str:
        """What the person does there."""
        ...

    @property
    def site(self) -> str:
        """The place of work."""
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
    "first": said("first reading"),
    "person new": said("person new"),
    "person gone": said("person gone"),
    "person back": said("person back"),
    "person renamed": said("person renamed"),
    "person moved": said("person moved"),
    "person changed": said("person changed"),
    "person disabled": said("person disabled"),
    "person enabled": said("person enabled"),
    "right new": said("group new"),
    "right gone": said("group gone"),
    "right back": said("group back"),
    "right renamed": said("group renamed"),
    "given": said("right given"),
    "taken": said("right taken away"),
    "left over": said("value left over"),
    "other": said("other entry listed"),
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
        found.append(
            (
                "person renamed",
                said("%(old)s is now called %(new)s.", old=shown(old), new=shown(new)),
            )
        )
    if fold_or_self(_above(old.dn)) != fold_or_self(_above(new.dn)):
        found.append(
            (
                "person moved",
                said(
                    "%(new)s moved from %(dn)s to %(dn_2)s.",
                    new=shown(new),
                    dn=_above(old.dn),
                    dn_2=_above(new.dn),
                ),
            )
        )
    found += _duties_changed(old, new)
    if new.disabled and not old.disabled:
        found.append(
            (
                "person disabled",
                said("The account of %(new)s was switched off.", new=shown(new)),
            )
        )
    if old.disabled and not new.disabled:
        found.append(
            (
                "person enabled",
                said("The account of %(new)s was switched on again.", new=shown(new)),
            )
        )
    return found


def _duties_changed(old: PersonFacts, new: PersonFacts) -> list[tuple[str, str]]:
    """Return what changed about where a person works and as what."""
    facts = (
        (said("department"), old.department, new.department),
        (said("title"), old.title, new.title),
        (said("site"), old.site, new.site),
    )
    told = [
        said("%(what)s %(old)s → %(new)s", what=what, old=was or "–", new=now or "–")
        for what, was, now in facts
        if was != now
    ]
    if not told:
        return []
    about = {"name": shown(new), "what": ", ".join(told)}
    return [("person changed", said("%(name)s: %(what)s.", **about))]


def right_changes(old: RightFacts, new: RightFacts) -> list[tuple[str, str]]:
    """Return (kind, sentence) for what changed about a group that was there before and is there
    now.
    """
    if old.cn != new.cn:
        return [
            (
                "right renamed",
                said("Group %(cn)s is now called %(cn_2)s.", cn=old.cn, cn_2=new.cn),
            )
        ]
    if fold_or_self(old.dn) != fold_or_self(new.dn):
        return [
            (
                "right renamed",
                said(
                    "Group %(cn)s moved from %(dn)s to %(dn_2)s.",
                    cn=new.cn,
                    dn=old.dn,
                    dn_2=new.dn,
                ),
            )
        ]
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
            kind,
            said(
                "%(count)s times “%(value)s”: too many to list one by one.",
                count=Grouped(count),
                value=KINDS[kind],
            ),
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
            return said(
                "%(nameless)s of %(count)s %(what)s show no identity "
                "(entryUUID, nsUniqueId or objectGUID).",
                nameless=Grouped(nameless),
                count=Grouped(len(keys)),
                what=SORTS[what],
            )
        if len(set(keys)) < len(keys):
            return said(
                "%(value)s %(what)s share their identity with another entry.",
                value=Grouped(len(keys) - len(set(keys))),
                what=SORTS[what],
            )
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
        if fault := shrunk(sort, missing, len(keys)):
            return fault
    return ""


def shrunk(sort: str, missing: int, known: int) -> str:
    """Return why a reading looks cut in which so many of those known are missing; else nothing."""
    if missing * 2 <= known:
        return ""
    return said(
        "%(missing)s of %(count)s %(sort)s known from the last reading "
        "are missing. This looks like a base, an access rule or a limit "
        "that hides them%(not_taken)s",
        missing=Grouped(missing),
        count=Grouped(known),
        sort=SORTS[sort],
        not_taken=NOT_TAKEN,
    )


def all_grants_missing(known: int) -> str:
    """Return why a reading in which nobody holds anything is not believed; nothing where little was
    known before.
    """
    if known < FEWEST_GRANTS:
        return ""
    return said(
        "Nobody holds any right in this reading, but %(known)s grants "
        "are known from the last one. This looks like an access rule "
        "that hides the members of groups%(not_taken)s",
        known=Grouped(known),
        not_taken=NOT_TAKEN,
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
        said(
            "First reading: %(people)s, %(groups)s, %(grants)s.",
            people=people_counted(people),
            groups=nsaid("%(number)s group", "%(number)s groups", groups),
            grants=nsaid("%(number)s direct grant", "%(number)s direct grants", grants),
        ),
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

"""memberOf against the groups' own values: what people's memberOf is made of, and where it is
wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ldap_sync import mapping
from ldap_sync.adapter import family, filters, presence, snapshot
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.adapter.words import count, some
from ldap_sync.dn import fold_or_self, rdn_value
from ldap_sync.values import (
    CheckFinding,
    Connection,
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    Profile,
    WrongMemberOf,
    holds_names,
)

SUBJECT = "memberOf values"
"""The subject of the finding that a repair answers."""

LOOKED_AT_AGAIN = 200
"""So many wrong values are looked at again, one by one, as somebody may have changed a group while
it was read.
"""

_UNTOLD = (
    "taken for direct groups only, because nobody is in a group within a group, which alone could "
    "tell"
)

KINDS = {
    False: ("direct", "direct groups only"),
    True: ("transitive", "groups within groups too"),
}
"""What memberOf is made of, and how that is said, by whether it follows nesting."""

Shown = Mapping[str, set[str]]
"""The folded DNs that entries show in memberOf, by their keys."""


@dataclass(slots=True)
class Holders:
    """Which groups list which value, with values folded for comparing; ``by_member`` as memberOf
    follows it.
    """

    groups: dict[str, list[DirectoryGroup]] = field(
        default_factory=lambda: defaultdict(list)
    )
    by_member: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    spelling: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Iterable[DirectoryGroup]) -> Holders:
        """Index groups by their values."""
        holders = cls()
        for group in groups:
            folded_dn = fold_or_self(group.dn)
            for attribute, value in group.listed:
                folded = comparable(attribute, value)
                if group not in holders.groups[folded][-1:]:
                    holders.groups[folded].append(group)
                holders.spelling.setdefault(folded, value)
                if attribute == "member":
                    holders.by_member[folded].add(folded_dn)
        return holders

    def direct(self, entry: DirectoryPerson | DirectoryGroup) -> set[str]:
        """Return the folded DNs of groups that list the entry by DN in ``member``, as memberOf
        would show them.
        """
        return self.by_member.get(fold_or_self(entry.dn), set())

    def all(self, entry: DirectoryPerson | DirectoryGroup) -> set[str]:
        """Return the folded DNs of groups that list the entry or a group in which it is; cycles are
        fine.
        """
        found: set[str] = set()
        fresh = self.direct(entry)
        while fresh:
            found |= fresh
            fresh = {
                parent for group in fresh for parent in self.by_member.get(group, ())
            } - found
        return found


def comparable(attribute: str, value: str) -> str:
    """Return a value so that equal ones compare equal; account names stay as they are and clash
    with no DN.
    """
    return f"uid:{value}" if holds_names(attribute) else fold_or_self(value)


def shown_by_all(
    session: Session, connection: Connection, profile: Profile
) -> dict[str, set[str]]:
    """Read the memberOf of everybody in as few searches as there are places."""
    places = snapshot.bases(
        connection.base,
        connection.people_base,
        connection.group_base,
        connection.role_base,
    )
    of_interest = filters.any_of([family.people(profile), family.groups(profile)])
    condition = filters.all_of("(memberOf=*)", of_interest)
    wanted = ["memberOf", profile.key_attribute]
    found: dict[str, set[str]] = {}
    for place in places:
        for entry in session.below(place, condition, wanted):
            values = entry.attributes.get("memberof", [])
            found[mapping.identity(entry.attributes)] = set(map(fold_or_self, values))
    return found


def kind_of(read: DirectorySnapshot, shown: Shown, holders: Holders) -> tuple[str, str]:
    """Tell what people's memberOf is made of: nothing, direct groups, or nested ones too; and say
    so in words.

    Leftovers of groups that once were direct look like nesting; so it counts only where all nested
    groups are there.
    """
    if not any(shown.get(person.key) for person in read.people):
        return "none", ""
    wide = [(person, holders.all(person)) for person in read.people]
    beyond = [
        (person, groups) for person, groups in wide if groups - holders.direct(person)
    ]
    if any(groups <= shown.get(person.key, set()) for person, groups in beyond):
        return KINDS[True]
    return KINDS[False] if beyond else ("direct", _UNTOLD)


def wrong_values(
    read: DirectorySnapshot, shown: Shown, holders: Holders, kind: str
) -> list[WrongMemberOf]:
    """Return every group that is shown by who is not in it, and every one that is lacking, of the
    groups read.
    """
    if kind == "none":
        return []
    groups = {fold_or_self(group.dn): group for group in read.groups}
    due = holders.all if kind == "transitive" else holders.direct
    found: list[WrongMemberOf] = []
    entries: tuple[DirectoryPerson | DirectoryGroup, ...] = (*read.people, *read.groups)
    for entry in entries:
        expected, here = due(entry), shown.get(entry.key, set()) & groups.keys()
        found += [
            _wrong(entry, groups[dn], shown=True) for dn in sorted(here - expected)
        ]
        found += [
            _wrong(entry, groups[dn], shown=False) for dn in sorted(expected - here)
        ]
    return found


def _wrong(
    entry: DirectoryPerson | DirectoryGroup, group: DirectoryGroup, *, shown: bool
) -> WrongMemberOf:
    name = entry.uid if isinstance(entry, DirectoryPerson) else entry.cn
    return WrongMemberOf(
        entry.key, entry.dn, name, group.key, group.dn, group.cn, shown
    )


def confirmed(
    session: Session, profile: Profile, found: list[WrongMemberOf]
) -> list[WrongMemberOf]:
    """Leave out what is right when it is looked at again; very many are believed at once."""
    if len(found) > LOOKED_AT_AGAIN:
        return found
    return [wrong for wrong in found if shows(session, profile, wrong) is wrong.shown]


def shows(session: Session, profile: Profile, wrong: WrongMemberOf) -> bool:
    """Tell whether the entry shows the group in memberOf now."""
    entry = session.at(wrong.dn, ["memberOf"], family.has_key(profile, wrong.key))
    values = entry.attributes.get("memberof", []) if entry else []
    return fold_or_self(wrong.group_dn) in map(fold_or_self, values)


def left_behind(
    session: Session, profile: Profile, changes: Iterable[DirectoryChange]
) -> Iterator[WrongMemberOf]:
    """Yield where memberOf of the entries that changes name differs from what the groups say now.

    A group that is shown by nesting may be right, so there only what is lacking counts.
    """
    if profile.memberof == "none":
        return
    for change in changes:
        named = (*change.add, *change.delete) if change.attribute == "member" else ()
        if named and presence.stands(session, profile, change.key, change.dn):
            for value in named:
                yield from _left_behind(session, profile, change, value)


def _left_behind(
    session: Session, profile: Profile, change: DirectoryChange, value: str
) -> Iterator[WrongMemberOf]:
    entry = session.at(value, ["memberOf", profile.key_attribute])
    if entry is None:
        return
    values = entry.attributes.get("memberof", [])
    shown = fold_or_self(change.dn) in map(fold_or_self, values)
    listing = filters.equals("member", value)
    listed = session.at(change.dn, NO_ATTRIBUTES, listing) is not None
    if shown is listed or (shown and profile.memberof == "transitive"):
        return
    yield WrongMemberOf(
        key=mapping.identity(entry.attributes),
        dn=value,
        name=rdn_value(value),
        group_key=change.key,
        group_dn=change.dn,
        group=rdn_value(change.dn),
        shown=shown,
    )


def findings(what: str, found: list[WrongMemberOf]) -> Iterator[CheckFinding]:
    """Say what memberOf shows, and where it is wrong."""
    if not what:
        yield CheckFinding(
            "memberOf", "ok", "People do not show their groups in memberOf."
        )
        return
    yield CheckFinding(
        "memberOf", "ok", f"People show their groups in memberOf: {what}."
    )
    if not found:
        yield CheckFinding(
            SUBJECT, "ok", "memberOf of all people and groups says what the groups say."
        )
        return
    parts = [
        _told(found, True, "shown though not a member"),
        _told(found, False, "missing though a member"),
    ]
    advice = (
        "Grants are taken from the groups, so plans are right; applications that read "
        "memberOf see something else. "
        "Repair it: each value is worked out anew, and the groups stay as they are."
    )
    yield CheckFinding(SUBJECT, "warning", " ".join(filter(None, parts)), advice)


def _told(found: list[WrongMemberOf], shown: bool, how: str) -> str:
    chosen = [wrong for wrong in found if wrong.shown is shown]
    entries = {wrong.key for wrong in chosen}
    if not chosen:
        return ""
    whose = "person or group" if len(entries) == 1 else "people and groups"
    return f"{count(chosen, 'value')} of {len(entries)} {whose} {how}: {some(map(str, chosen))}."

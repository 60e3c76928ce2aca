"""What a complete reading tells about itself: hidden values, placeholders, nobodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ldap_sync.adapter import filters, outside, snapshot
from ldap_sync.adapter.memberof import Holders, comparable
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.adapter.words import count, some
from ldap_sync.dn import fold_or_self
from ldap_sync.port import IncompleteRead
from ldap_sync.values import (
    CheckFinding,
    Connection,
    DirectoryGroup,
    DirectorySnapshot,
    Other,
    Profile,
)

SAMPLE = 30
SUSPECTS = 5
MANY = 3
"""Groups a nobody must stand in to be taken for a placeholder and not for a leftover."""

_STAND_INS = frozenset({"organizationalRole", "applicationProcess"})
"""What placeholders are made of where they exist at all, such as the administrator of OpenLDAP."""

_INCOMPLETE = (
    "Every reading is incomplete until the read account may see "
    "all members of all groups."
)


def hidden_values(
    read: DirectorySnapshot,
    reader: Session,
    writer: Session | None,
    connection: Connection,
    profile: Profile,
) -> Iterator[CheckFinding]:
    """Look for members the read account is not shown: a server hides single values without a
    word.
    """
    bare = list(showing_none(read.groups))
    yield from bare
    if writer is not None:
        yield _seen_by_both(read, writer, connection, profile)
    found = _found_but_not_shown(read, reader, connection)
    if found:
        text = f"{count(found, 'membership')} can be searched for but not read: {some(found)}."
        yield CheckFinding("hidden values", "problem", text, _INCOMPLETE)
    elif writer is None and not bare:
        text = (
            "No hidden value was found, but without a write account only a sample could be "
            "compared."
        )
        yield CheckFinding("hidden values", "ok", text)


def showing_none(groups: Sequence[DirectoryGroup]) -> Iterator[CheckFinding]:
    """Tell of groups that must have members and show none."""
    bare = [group.dn for group in groups if group.needs_member and not group.members]
    if bare:
        text = f"{count(bare, 'group')} must have members but show none: {some(bare)}."
        yield CheckFinding("hidden values", "problem", text, _INCOMPLETE)


def _seen_by_both(
    read: DirectorySnapshot, writer: Session, connection: Connection, profile: Profile
) -> CheckFinding:
    """Compare what both accounts are shown of every group: all at once, as it came, else group by
    group.
    """
    asked = writer, connection, profile
    try:
        if read.shown and snapshot.shown_groups(*asked) == read.shown:
            return _same_for_both(len(read.groups))
        theirs = snapshot.groups(*asked, lambda _what, _count: None)
    except IncompleteRead as error:
        return CheckFinding(
            "hidden values",
            "warning",
            f"The write account cannot read all groups: {error}",
        )
    return compared(read.groups, theirs)


def compared(
    ours: Sequence[DirectoryGroup], theirs: Sequence[DirectoryGroup]
) -> CheckFinding:
    """Compare what the read account is shown of groups with what the write account is."""
    shown, whole = _members(ours), _members(theirs)
    hidden, unseen = _lacking(shown, whole), _lacking(whole, shown)
    names = {group.key: group.dn for group in (*theirs, *ours)}
    if hidden:
        places = some(names[key] for key in hidden)
        number = count(range(sum(hidden.values())), "member")
        text = (
            f"The read account does not see {number} that the write "
            f"account sees, in {places}."
        )
        return CheckFinding("hidden values", "problem", text, _INCOMPLETE)
    if unseen:
        text = (
            "The write account does not see all members in "
            f"{some(names[key] for key in unseen)}."
        )
        return CheckFinding(
            "hidden values",
            "warning",
            text,
            "Let the write account see what it is to change.",
        )
    return _same_for_both(len(shown))


def _same_for_both(groups: int) -> CheckFinding:
    text = f"Both accounts see the same members in all {groups} groups."
    return CheckFinding("hidden values", "ok", text)


def _members(groups: Iterable[DirectoryGroup]) -> dict[str, set[str]]:
    return {
        group.key: {comparable(*listing) for listing in group.listed}
        for group in groups
    }


def _lacking(shown: dict[str, set[str]], whole: dict[str, set[str]]) -> dict[str, int]:
    """Return for each group, by key, how many members of ``whole`` are not in ``shown``."""
    counts = {key: len(values - shown.get(key, set())) for key, values in whole.items()}
    return {key: count for key, count in counts.items() if count or key not in shown}


def _found_but_not_shown(
    read: DirectorySnapshot, reader: Session, connection: Connection
) -> list[str]:
    """Search for the groups of a sample of people: the right to search is not the right to read."""
    groups = {fold_or_self(group.dn): group for group in read.groups}
    found = []
    for person in read.people[:SAMPLE]:
        for place in snapshot.bases(
            connection.base, connection.group_base, connection.role_base
        ):
            for entry in list(
                reader.below(place, filters.equals("member", person.dn), NO_ATTRIBUTES)
            ):
                group = groups.get(fold_or_self(entry.dn))
                if group is not None and not _shows(group, person.dn):
                    found.append(f"{person.uid} in {entry.dn}")
    return found


def _shows(group: DirectoryGroup, dn: str) -> bool:
    """Tell whether somebody is listed in the attribute that the search goes by, in any spelling."""
    listed = [values for name, values in group.places if name == "member"]
    if any(dn in values for values in listed):
        return True
    folded = fold_or_self(dn)
    return any(fold_or_self(value) == folded for values in listed for value in values)


def placeholders(
    read: DirectorySnapshot, reader: Session, connection: Connection
) -> Iterator[CheckFinding]:
    """Look for placeholders that are none, nobodies that look like placeholders, and leftovers of
    people gone.
    """
    holders = Holders.of(read.groups)
    known = {f"uid:{name}" for person in read.people for name in person.uids}
    known |= {fold_or_self(person.dn) for person in read.people} | {
        fold_or_self(group.dn) for group in read.groups
    }
    yield from _others(read.others, holders)
    configured = {fold_or_self(value): value for value in connection.placeholders}
    unused = [
        value for folded, value in configured.items() if folded not in holders.groups
    ]
    if unused:
        advice = "Check the spelling, or take it off the list."
        yield CheckFinding(
            "placeholders",
            "warning",
            f"Configured, but a member of no group: {some(unused)}.",
            advice,
        )
    people = [value for folded, value in configured.items() if folded in known]
    if people:
        advice = "Take it off the list: a placeholder is never treated as a person."
        yield CheckFinding(
            "placeholders",
            "warning",
            f"Configured as a placeholder, but somebody: {some(people)}.",
            advice,
        )
    known |= configured.keys() | {
        other.key for other in read.others if other.what not in _STAND_INS
    }
    nobodies = {
        folded: len(groups)
        for folded, groups in holders.groups.items()
        if folded.strip() and folded not in known
    }
    yield from _nobodies(nobodies, holders, reader)


def _others(others: Sequence[Other], holders: Holders) -> Iterator[CheckFinding]:
    """Name what groups list that is no person: it may be a machine or a service that needs its
    rights.
    """
    if others:
        named = [
            f"{holders.spelling.get(other.key, other.key.removeprefix('uid:'))} ({other.what})"
            for other in others
        ]
        text = (
            f"{count(others, 'member value')} stand for something that exists and is no person "
            "that was read"
        )
        yield CheckFinding(
            "other entries",
            "ok",
            f"{text}: {some(sorted(named))}.",
            "They are left alone.",
        )


def _nobodies(
    nobodies: dict[str, int], holders: Holders, reader: Session
) -> Iterator[CheckFinding]:
    many = sorted(
        (folded for folded in nobodies if nobodies[folded] >= MANY),
        key=lambda folded: -nobodies[folded],
    )
    for folded in many[:SUSPECTS]:
        value = holders.spelling[folded]
        there = (
            "is no person that was read" if _exists(reader, value) else "does not exist"
        )
        stands = f"{value} stands in {nobodies[folded]} groups and {there}"
        text = f"{stands}: it looks like a placeholder."
        yield CheckFinding(
            "placeholders",
            "warning",
            text,
            "If it is one, add it to the placeholders of this directory.",
        )
    few = [holders.spelling[folded] for folded in nobodies.keys() - set(many)]
    if few:
        text = f"{count(few, 'member value')} stand for nobody that was read: {some(sorted(few))}."
        yield CheckFinding(
            "leftovers",
            "warning",
            text,
            "They are left alone; look whether somebody left or moved.",
        )
    if not nobodies:
        yield CheckFinding(
            "placeholders",
            "ok",
            "Every member of every group is a person or a group that was read.",
        )


def outside_of_bases(
    read: DirectorySnapshot, reader: Session, connection: Connection, profile: Profile
) -> Iterator[CheckFinding]:
    """Look for groups that list people and stand in no base: what they give is not seen."""
    found = outside.of(reader, connection, profile, read.people)
    unknown = [place for place in found if place.why]
    if unknown:
        text = f"Whether groups outside of the bases list people is not known: {unknown[0].why}"
        yield CheckFinding("groups outside", "ok", text)
    elif found:
        named = some(f"{group.dn} ({group.people})" for group in found)
        text = (
            f"People who were read are listed by {count(found, 'group')} outside of the bases of "
            f"groups and roles: {named}."
        )
        advice = (
            "Their rights are not seen. Choose a group base above them if they matter."
        )
        yield CheckFinding("groups outside", "warning", text, advice)


def protected(reader: Session, connection: Connection) -> Iterator[CheckFinding]:
    """Look for protected accounts that do not exist: a misspelled one protects nobody."""
    missing = [dn for dn in connection.protected if not _exists(reader, dn)]
    if missing:
        text = f"Protected, but not there: {some(missing)}."
        yield CheckFinding(
            "protected accounts",
            "warning",
            text,
            "Check the spelling: nobody is protected by it.",
        )


def _exists(reader: Session, value: str) -> bool:
    try:
        return reader.at(value, NO_ATTRIBUTES) is not None
    except IncompleteRead:
        return False

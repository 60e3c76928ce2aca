"""How an entry stands against a change, as the server itself compares values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ldap_sync.adapter import family, filters, roles
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import BASE, NO_ATTRIBUTES, Search
from ldap_sync.dn import fold_or_self
from ldap_sync.merging import packets_of
from ldap_sync.values import (
    DirectoryChange,
    MemberPresence,
    Profile,
    holds_names,
    stands_at_member,
)


def of(
    session: Session, profile: Profile, base: str, change: DirectoryChange
) -> MemberPresence:
    """Compare the entry, live, with what ``change`` would make of it.

    Big groups are asked, never read.
    """
    dn = locate(session, profile, base, change.key, change.dn)
    return MemberPresence.GONE if dn is None else at(session, profile, dn, change)


def of_all(
    session: Session, profile: Profile, base: str, changes: Sequence[DirectoryChange]
) -> list[MemberPresence]:
    """Compare with many changes: one question a group where none of it is in place, as is usual.

    Where the answer is another one, each change is looked at by itself.
    """
    found = [MemberPresence.BEFORE] * len(changes)
    packets = [*packets_of(changes)]
    before = all_before(session, profile, [packet.change for packet in packets])
    for packet, is_before in zip(packets, before, strict=True):
        if not is_before:
            for place in packet.places:
                found[place] = of(session, profile, base, changes[place])
    return found


def all_before(
    session: Session, profile: Profile, changes: Sequence[DirectoryChange]
) -> list[bool]:
    """Tell of changes of different groups whether nothing of each is in place, all asked at once;
    not to be told is no.
    """
    held = session.together([_search(one, _before(profile, one)) for one in changes])
    return [
        bool(found) and _at_members(session, change, MemberPresence.BEFORE)
        for change, found in zip(changes, held, strict=True)
    ]


def all_after(
    session: Session, profile: Profile, changes: Sequence[DirectoryChange]
) -> list[bool]:
    """Tell of changes of different groups whether everything that each makes is in place, all asked
    at once; not to be told is no.
    """
    held = session.together([_search(one, _after(profile, one)) for one in changes])
    return [
        bool(found)
        and _at_members(session, change, MemberPresence.AFTER)
        and _surely_after(session, profile, change) is MemberPresence.AFTER
        for change, found in zip(changes, held, strict=True)
    ]


def all_stand(
    session: Session, profile: Profile, changes: Sequence[DirectoryChange]
) -> list[bool]:
    """Tell of changes whether the entry of each stands under its very DN now, all asked at once."""
    same = [family.has_key(profile, change.key) for change in changes]
    held = session.together([_search(*one) for one in zip(changes, same, strict=True)])
    return [
        bool(found)
        if found is not None
        else stands(session, profile, change.key, change.dn)
        for change, found in zip(changes, held, strict=True)
    ]


def _search(change: DirectoryChange, condition: str) -> Search:
    return Search(change.dn, BASE, condition, NO_ATTRIBUTES)


def _before(profile: Profile, change: DirectoryChange) -> str:
    """Return the condition that the group is this one and nothing of a change is in place, as far
    as that stands in the group.
    """
    same = family.has_key(profile, change.key)
    if stands_at_member(change.attribute):
        return same
    added, deleted = _conditions(change)
    return filters.all_of(same, *map(filters.absent, added), *deleted)


def _after(profile: Profile, change: DirectoryChange) -> str:
    """Return the condition that the group is this one and all of a change is in place, as far as
    that stands in the group.
    """
    same = family.has_key(profile, change.key)
    if stands_at_member(change.attribute):
        return same
    added, deleted = _conditions(change)
    return filters.all_of(same, *added, *map(filters.absent, deleted))


def _at_members(
    session: Session, change: DirectoryChange, wanted: MemberPresence
) -> bool:
    """Tell, for a membership that stands at the member, whether it stands there as ``wanted``."""
    if not stands_at_member(change.attribute):
        return True
    return roles.state(session, change) is wanted


def _conditions(change: DirectoryChange) -> tuple[list[str], list[str]]:
    """Return that each value to add is there, and each value to delete."""
    added, deleted = (
        [filters.equals(change.attribute, value) for value in values]
        for values in (change.add, change.delete)
    )
    return added, deleted


def locate(
    session: Session, profile: Profile, base: str, key: str, dn: str
) -> str | None:
    """Return where the entry with this identity stands now, looked for first where it last
    stood.
    """
    if stands(session, profile, key, dn):
        return dn
    elsewhere = list(session.below(base, family.has_key(profile, key), NO_ATTRIBUTES))
    return elsewhere[0].dn if elsewhere else None


def stands(session: Session, profile: Profile, key: str, dn: str) -> bool:
    """Tell whether the entry with this identity stands under this very DN now."""
    return session.at(dn, NO_ATTRIBUTES, family.has_key(profile, key)) is not None


def at(
    session: Session, profile: Profile, dn: str, change: DirectoryChange
) -> MemberPresence:
    """Compare the entry at ``dn`` with the change: one question per state, each answered in one
    piece.
    """
    change = replace(change, dn=dn)
    if stands_at_member(change.attribute):
        return roles.state(session, change)
    if session.at(dn, NO_ATTRIBUTES, _before(profile, change)):
        return MemberPresence.BEFORE
    if session.at(dn, NO_ATTRIBUTES, _after(profile, change)):
        return _surely_after(session, profile, change)
    return _neither(session, dn, *_conditions(change))


def _surely_after(
    session: Session, profile: Profile, change: DirectoryChange
) -> MemberPresence:
    """Doubt what Active Directory says of a moved person: by the old DN no member is found, yet it
    still is one.
    """
    if profile.family != family.AD or holds_names(change.attribute):
        return MemberPresence.AFTER
    return (
        MemberPresence.AFTER
        if all(session.at(value, NO_ATTRIBUTES) for value in change.delete)
        else MemberPresence.MIXED
    )


def _neither(
    session: Session, dn: str, added: list[str], deleted: list[str]
) -> MemberPresence:
    """Ask value by value: one that the server cannot even compare, such as a malformed DN, is not
    there.
    """
    before = not any(session.at(dn, NO_ATTRIBUTES, value) for value in added)
    return (
        MemberPresence.BEFORE
        if before and all(session.at(dn, NO_ATTRIBUTES, value) for value in deleted)
        else MemberPresence.MIXED
    )


def distinct(attribute: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return values without second spellings of the same DN; account names differ by every
    letter.
    """
    by_meaning: dict[str, str] = {}
    for value in values:
        by_meaning.setdefault(
            value if holds_names(attribute) else fold_or_self(value), value
        )
    return tuple(by_meaning.values())

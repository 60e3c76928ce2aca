"""How an entry stands against a change, as the server itself compares values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ldap_sync.adapter import family, filters, roles
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
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
    for packet in packets_of(changes):
        if not _all_before(session, profile, packet.change):
            for place in packet.places:
                found[place] = of(session, profile, base, changes[place])
    return found


def all_after(session: Session, profile: Profile, change: DirectoryChange) -> bool:
    """Tell by one question whether everything that ``change`` makes is in place."""
    if stands_at_member(change.attribute):
        there = stands(session, profile, change.key, change.dn)
        return there and roles.state(session, change) is MemberPresence.AFTER
    added, deleted = _conditions(change)
    same = family.has_key(profile, change.key)
    after = filters.all_of(same, *added, *map(filters.absent, deleted))
    if not session.at(change.dn, NO_ATTRIBUTES, after):
        return False
    return _surely_after(session, profile, change) is MemberPresence.AFTER


def _all_before(session: Session, profile: Profile, change: DirectoryChange) -> bool:
    if stands_at_member(change.attribute):
        there = stands(session, profile, change.key, change.dn)
        return there and roles.state(session, change) is MemberPresence.BEFORE
    added, deleted = _conditions(change)
    same = family.has_key(profile, change.key)
    before = filters.all_of(same, *map(filters.absent, added), *deleted)
    return session.at(change.dn, NO_ATTRIBUTES, before) is not None


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
    if _all_before(session, profile, change):
        return MemberPresence.BEFORE
    added, deleted = _conditions(change)
    same = family.has_key(profile, change.key)
    if session.at(
        dn, NO_ATTRIBUTES, filters.all_of(same, *added, *map(filters.absent, deleted))
    ):
        return _surely_after(session, profile, change)
    return _neither(session, dn, added, deleted)


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

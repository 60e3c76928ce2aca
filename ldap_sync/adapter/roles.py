"""Managed roles of 389 Directory Server, live: who names a role is asked, and written, at the
holder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ldap_sync.adapter import family, filters
from ldap_sync.adapter.session import NotThere, Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.managed import ATTRIBUTE, RoleHolders, is_managed
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    MemberPresence,
    Profile,
)


def filled(
    session: Session, base: str, groups: Sequence[DirectoryGroup]
) -> list[DirectoryGroup]:
    """Return groups, managed roles with everybody below ``base`` who names them."""
    managed = [group for group in groups if is_managed(group)]
    if not managed:
        return list(groups)
    wanted = f"({ATTRIBUTE}=*)"
    if len(managed) == 1:
        wanted = filters.equals(ATTRIBUTE, managed[0].dn)
    holders = RoleHolders()
    for entry in session.below(base, wanted, [ATTRIBUTE]):
        holders.note(entry.attributes, entry.dn)
    return list(holders.filled(groups))


def named_by(
    session: Session, profile: Profile, person: DirectoryPerson
) -> Iterator[str]:
    """Yield the DNs of the roles that a person names now."""
    if profile.family == family.DS389:
        same = family.has_key(profile, person.key)
        entry = session.at(person.dn, [ATTRIBUTE], same)
        yield from entry.attributes.get(ATTRIBUTE.lower(), []) if entry else ()


def state(session: Session, change: DirectoryChange) -> MemberPresence:
    """Compare the holders, live, with what a change of a managed role would make of them."""
    added = [_names(session, dn, change.dn) for dn in change.add]
    deleted = [_names(session, dn, change.dn) for dn in change.delete]
    if not any(added) and all(deleted):
        return MemberPresence.BEFORE
    if all(added) and not any(deleted):
        return MemberPresence.AFTER
    return MemberPresence.MIXED


def _names(session: Session, dn: str, role: str) -> bool:
    """Tell whether the entry at ``dn`` names the role; what is no DN, or is gone, names none."""
    try:
        found = session.at(dn, NO_ATTRIBUTES, filters.equals(ATTRIBUTE, role))
    except NotThere:
        return False
    return found is not None

"""Groups outside of the bases that list people who were read: their rights are nobody's here, so
they are counted and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ldap_sync import debris, mapping
from ldap_sync.adapter import family, roles, snapshot
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.dn import fold_or_self, is_under
from ldap_sync.port import IncompleteRead
from ldap_sync.values import (
    Connection,
    DirectoryGroup,
    DirectoryPerson,
    OutsideGroup,
    Profile,
    holds_names,
)


def of(
    session: Session,
    connection: Connection,
    profile: Profile,
    people: Sequence[DirectoryPerson],
) -> tuple[OutsideGroup, ...]:
    """Return the groups below the base, but in no base of groups or roles, that list people.

    A base that cannot be looked through as a whole is said, and harms no reading: it is often the
    reason why narrower bases were chosen.
    """
    if not connection.group_base:
        return ()
    try:
        names = list(_elsewhere(session, connection, profile))
        found = _groups(session, connection.base, profile, names)
        return tuple(_that_list(_Read(people), found))
    except IncompleteRead as error:
        return (OutsideGroup(connection.base, 0, str(error)),)


def _elsewhere(
    session: Session, connection: Connection, profile: Profile
) -> Iterator[str]:
    """Yield where groups stand that were not read; members are not asked for yet, as those of most
    groups are known.
    """
    known = connection
    places = snapshot.bases(known.base, known.group_base, known.role_base)
    for entry in session.below(known.base, family.groups(profile), NO_ATTRIBUTES):
        if not any(is_under(entry.dn, place) for place in places):
            yield entry.dn


def _groups(
    session: Session, base: str, profile: Profile, names: Sequence[str]
) -> list[DirectoryGroup]:
    found = (session.at(dn, mapping.GROUP_ATTRIBUTES) for dn in names)
    groups = [
        mapping.group_from(entry.attributes, entry.dn)
        for entry in found
        if entry is not None
        and mapping.may_be_group(entry.attributes)
        and not debris.why_left_out(entry.attributes, entry.dn)
    ]
    return roles.filled(session, base, groups)


class _Read:
    """The people of a reading by what groups list; most values need no folding."""

    def __init__(self, people: Sequence[DirectoryPerson]) -> None:
        self._dns = {person.dn for person in people}
        self._folded = {fold_or_self(dn) for dn in self._dns}
        self._names = {name for person in people for name in person.uids}

    def has(self, attribute: str, value: str) -> bool:
        """Tell whether a value stands for somebody who was read."""
        if holds_names(attribute):
            return value in self._names
        return value in self._dns or fold_or_self(value) in self._folded


def _that_list(read: _Read, groups: Sequence[DirectoryGroup]) -> Iterator[OutsideGroup]:
    for group in groups:
        number = sum(read.has(*listing) for listing in group.listed)
        if number:
            yield OutsideGroup(group.dn, number)

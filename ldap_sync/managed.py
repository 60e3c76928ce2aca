"""Managed roles of 389 Directory Server: an entry without members, whose holders each name it in
their own ``nsRoleDN``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ldap_sync.dn import fold_or_self
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    stands_at_member,
)

KIND, ATTRIBUTE = "nsManagedRoleDefinition", "nsRoleDN"

SWITCHES = frozenset({"nsmanageddisabledrole"})
"""Roles by which the server itself switches accounts off: no rights of anybody."""


def is_managed(group: DirectoryGroup) -> bool:
    """Tell whether a group is a managed role."""
    return stands_at_member(group.attribute)


@dataclass(slots=True)
class RoleHolders:
    """Who names which role, by the folded DN of the role."""

    _named: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, attributes: Mapping[str, Sequence[str]], dn: str) -> None:
        """Take the roles that the entry at ``dn`` names."""
        for role in attributes.get(ATTRIBUTE.lower(), ()):
            self._named[fold_or_self(role)].append(dn)

    def filled(self, groups: Iterable[DirectoryGroup]) -> Iterator[DirectoryGroup]:
        """Yield the groups, managed roles with their holders as members."""
        for group in groups:
            if is_managed(group):
                held = self._named.get(fold_or_self(group.dn), ())
                yield replace(group, members=tuple(held))
            else:
                yield group


@dataclass(frozen=True, slots=True)
class AtMember:
    """What a change of a managed role is at one holder: the role's DN comes or goes there."""

    dn: str
    add: tuple[str, ...]
    delete: tuple[str, ...]


def at_members(change: DirectoryChange) -> list[AtMember]:
    """Return what is to be written at whom so that a managed role has other holders."""
    role = (change.dn,)
    gone = [AtMember(dn, (), role) for dn in change.delete]
    return [*gone, *(AtMember(dn, role, ()) for dn in change.add)]

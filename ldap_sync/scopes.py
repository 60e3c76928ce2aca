"""Which groups Active Directory takes into which, by their scopes.

See "Group scope" in Microsoft's documentation of Active Directory security groups.
"""

from __future__ import annotations

from typing import NamedTuple

from ldap_sync.dn import MalformedDn, fold

GLOBAL = "global"

_TAKES = {
    GLOBAL: frozenset({GLOBAL}),
    "universal": frozenset({GLOBAL, "universal"}),
    "domain local": frozenset({GLOBAL, "universal", "domain local"}),
}
_ONE_DOMAIN = frozenset(
    {(GLOBAL, ""), (GLOBAL, GLOBAL), ("domain local", "domain local")}
)
"""Pairs of group and member that must be of the same domain; a person has no scope."""


class Scoped(NamedTuple):
    """A group with its scope, or a person, who has none."""

    dn: str
    scope: str = ""


def objection(group: Scoped, member: Scoped) -> str:
    """Say why Active Directory does not take a member into this group, or nothing; groups of other
    servers have no scope and take everybody.
    """
    inner, outer = member.scope, group.scope
    if not outer:
        return ""
    if inner and inner not in _TAKES[outer]:
        return (
            f"{member.dn} is a {inner} group, which Active Directory does not take into the "
            f"{outer} group {group.dn}."
        )
    if (outer, inner) in _ONE_DOMAIN and _domain(member.dn) != _domain(group.dn):
        return (
            f"{member.dn} is of another domain, which Active Directory does not take into the "
            f"{outer} group {group.dn}."
        )
    return ""


def _domain(dn: str) -> str:
    try:
        return ",".join(part for part in fold(dn).split(",") if part.startswith("dc="))
    except MalformedDn:
        return ""

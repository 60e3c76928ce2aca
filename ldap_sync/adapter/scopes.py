"""Which groups Active Directory takes into which, by their scopes: asked before writing, because
Samba takes them all.

See "Group scope" in Microsoft's documentation of Active Directory security groups.
"""

from __future__ import annotations

from ldap_sync import mapping
from ldap_sync.adapter.session import Session
from ldap_sync.dn import MalformedDn, fold
from ldap_sync.values import DirectoryChange

_TAKES = {
    "global": frozenset({"global"}),
    "universal": frozenset({"global", "universal"}),
    "domain local": frozenset({"global", "universal", "domain local"}),
}
_ONE_DOMAIN = frozenset(
    {("global", ""), ("global", "global"), ("domain local", "domain local")}
)
"""Pairs of group and member that must be of the same domain; a person has no scope."""


def objection(session: Session, change: DirectoryChange) -> str:
    """Say why Active Directory does not take a member of this change into this group, or
    nothing.
    """
    outer = _scope(session, change.dn)
    if not change.add or not outer:
        return ""
    found = (
        _against(change.dn, outer, value, _scope(session, value))
        for value in change.add
    )
    return next(filter(None, found), "")


def _against(group: str, outer: str, value: str, inner: str) -> str:
    if inner and inner not in _TAKES[outer]:
        return (
            f"{value} is a {inner} group, which Active Directory does not take into the {outer} "
            f"group {group}."
        )
    if (outer, inner) in _ONE_DOMAIN and _domain(value) != _domain(group):
        return (
            f"{value} is of another domain, which Active Directory does not take into the {outer} "
            f"group {group}."
        )
    return ""


def _scope(session: Session, dn: str) -> str:
    """Return the scope of the group at ``dn``; nothing for a person, or where nothing is."""
    entry = session.at(dn, ["objectClass", "groupType"])
    return mapping.group_from(entry.attributes, entry.dn).scope if entry else ""


def _domain(dn: str) -> str:
    try:
        return ",".join(part for part in fold(dn).split(",") if part.startswith("dc="))
    except MalformedDn:
        return ""

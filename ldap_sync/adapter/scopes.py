"""The scopes of groups, asked right before writing, because Samba takes all groups into all."""

from __future__ import annotations

from ldap_sync import mapping
from ldap_sync.adapter.session import Session
from ldap_sync.scopes import Scoped
from ldap_sync.scopes import objection as against
from ldap_sync.values import DirectoryChange


def objection(session: Session, change: DirectoryChange) -> str:
    """Say why Active Directory does not take a member of this change into this group, or
    nothing.
    """
    outer = _scoped(session, change.dn) if change.add else None
    if outer is None or not outer.scope:
        return ""
    found = (against(outer, _scoped(session, value)) for value in change.add)
    return next(filter(None, found), "")


def _scoped(session: Session, dn: str) -> Scoped:
    """Return the scope of the group at ``dn``; none for a person, or where nothing is."""
    entry = session.at(dn, ["objectClass", "groupType"])
    if entry is None:
        return Scoped(dn)
    return Scoped(dn, mapping.group_from(entry.attributes, entry.dn).scope)

"""What a server's own schema derives: a company's class of groups is asked about once for all
entries of its sort.
"""

from __future__ import annotations

from ldap_sync import mapping
from ldap_sync.adapter import filters
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.managed import is_managed
from ldap_sync.values import DirectoryGroup


def widened(session: Session, group: DirectoryGroup) -> DirectoryGroup:
    """Return a group as the server understands its classes, where none of them is known by name."""
    classes = frozenset(map(str.lower, group.object_classes))
    if is_managed(group) or not classes.isdisjoint(mapping.MEMBER_ATTRIBUTES):
        return group
    if classes not in session.inherited:
        session.inherited[classes] = frozenset(
            kind for kind in mapping.MEMBER_ATTRIBUTES if _is(session, group, kind)
        )
    return mapping.with_inherited(group, session.inherited[classes])


def _is(session: Session, group: DirectoryGroup, kind: str) -> bool:
    return (
        session.at(group.dn, NO_ATTRIBUTES, filters.equals("objectClass", kind))
        is not None
    )

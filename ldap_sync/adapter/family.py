"""What differs between kinds of servers: how to tell them apart, what identifies an entry, what a
group may be.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace

from ldap_sync import managed, mapping
from ldap_sync.adapter import filters
from ldap_sync.adapter.requests import PAGED
from ldap_sync.values import DirectoryGroup, Profile

OPENLDAP, DS389, AD, DEMO, GENERIC = "openldap", "389", "ad", "demo", "generic"
KEY_ATTRIBUTES = {DS389: "nsUniqueId", AD: "objectGUID"}
ROOT_ATTRIBUTES = (
    *["objectClass", "vendorName", "vendorVersion", "namingContexts"],
    *["supportedControl", "supportedExtension", "supportedCapabilities"],
)
DIGITS = 16
RAISING_LIMITS = {
    OPENLDAP: "In slapd: limits dn.exact=… size=unlimited time=unlimited, for the read account.",
    DS389: "In 389: nsSizeLimit, nsPagedSizeLimit, nsLookThroughLimit and nsTimeLimit of the read "
    "account's entry, "
    "each -1; or nsslapd-sizelimit and its like for everybody.",
    AD: "In Active Directory: MaxQueryDuration and MaxResultSetSize of the LDAP query policy.",
}
"""Where the limits that cut a reading are raised, by family."""

_ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
_EMPTY_GROUPS = frozenset({DS389, AD})

_PEOPLE = filters.any_of(
    filters.equals("objectClass", kind)
    for kind in sorted(mapping.PERSON_CLASSES | mapping.ACCOUNT_CLASSES)
)
_USERS = filters.all_of(
    filters.equals("objectCategory", "person"), filters.equals("objectClass", "user")
)
_MANAGED_ROLES = filters.all_of(
    filters.equals("objectClass", "ldapSubEntry"),  # else the server keeps them back
    filters.equals("objectClass", managed.KIND),
)
_MEMBER_DNS = tuple(
    dict.fromkeys(
        name for name in mapping.MEMBER_ATTRIBUTES.values() if name != "memberUid"
    )
)


def people(profile: Profile) -> str:
    """Return the condition for people; computers and contacts of Active Directory are none."""
    return _USERS if profile.family == AD else _PEOPLE


def groups(profile: Profile) -> str:
    """Return the condition for groups."""
    kinds = (
        ("group", "groupOfNames") if profile.family == AD else mapping.MEMBER_ATTRIBUTES
    )
    known = [filters.equals("objectClass", kind) for kind in kinds]
    if profile.family == DS389:
        known.append(_MANAGED_ROLES)
    return filters.any_of(known)


def filled_elsewhere(profile: Profile) -> tuple[str, ...]:
    """Return the condition for groups whose own entry does not change with their members."""
    return (_MANAGED_ROLES,) if profile.family == DS389 else ()


def member_dns(profile: Profile) -> tuple[str, ...]:
    """Return the attributes in which groups list DNs; a search for another would go through a whole
    domain.
    """
    return ("member",) if profile.family == AD else _MEMBER_DNS


def lists_account_names(profile: Profile) -> bool:
    """Tell whether groups may list account names instead of DNs."""
    return profile.family != AD


def recognise(root: mapping.Attributes) -> Profile:
    """Guess from the root DSE what a server is; what it can do is believed only after ``check``."""
    family = _family(root)
    vendor = " ".join(
        [*root.get("vendorname", ()), *root.get("vendorversion", ())]
    ) or _NAMES.get(family, "")
    return Profile(
        vendor,
        family,
        KEY_ATTRIBUTES.get(family, "entryUUID"),
        paging=PAGED in root.get("supportedcontrol", ()),
        server=_digest(root),
    )


def is_as_checked(known: Profile, root: mapping.Attributes) -> bool:
    """Tell whether a server says of itself what it said when ``known`` was found out.

    Profiles of a time before that was kept cannot tell.
    """
    return not (known.tested and known.server) or known.server == _digest(root)


def _digest(root: mapping.Attributes) -> str:
    names = map(str.lower, ROOT_ATTRIBUTES)
    told = [f"{name}: {each}" for name in names for each in sorted(root.get(name, ()))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:DIGITS]


_NAMES = {OPENLDAP: "OpenLDAP", AD: "Active Directory"}


def _family(root: mapping.Attributes) -> str:
    vendor = " ".join(root.get("vendorname", ())).lower()
    if _ACTIVE_DIRECTORY in root.get("supportedcapabilities", ()):
        return AD
    if "389 project" in vendor or "red hat" in vendor:
        return DS389
    if "demo" in vendor:
        return DEMO
    return OPENLDAP if "OpenLDAProotDSE" in root.get("objectclass", ()) else GENERIC


def has_key(profile: Profile, key: str) -> str:
    """Return the condition that an entry has this identity; a GUID is sought by its bytes."""
    if profile.family != AD:
        return filters.equals(profile.key_attribute, key)
    try:
        return filters.equals(profile.key_attribute, uuid.UUID(key).bytes_le)
    except ValueError:
        return filters.equals(profile.key_attribute, key)


def still_behind(profile: Profile, key: str, dn: str) -> str:
    """Return the condition that guards a write: the entry under ``dn`` has this identity; others
    are left alone.

    OpenLDAP's memberof overlay changes the people named in a group under the same assertion as the
    group itself. A condition on the identity alone is false for them, and their memberOf would stay
    as it was without a word.
    """
    other_entry = filters.absent(filters.equals("entryDN", dn))
    return filters.any_of([has_key(profile, key), other_entry])


def target(profile: Profile, key: str, dn: str) -> str:
    """Return what to call an entry in a write: Active Directory takes the identity itself, which
    survives renames.
    """
    return f"<GUID={key}>" if profile.family == AD else dn


def fitted(profile: Profile, group: DirectoryGroup) -> DirectoryGroup:
    """Correct what the object class says about empty groups: some servers allow what the schema
    forbids.
    """
    return (
        replace(group, needs_member=False)
        if group.needs_member and profile.family in _EMPTY_GROUPS
        else group
    )

"""How directory attributes become people and groups: one place for every server and for LDIF
files.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ldap_sync import accounts, debris, managed
from ldap_sync.accounts import Judge
from ldap_sync.dn import MalformedDn, rdn_value
from ldap_sync.values import DirectoryGroup, DirectoryPerson, holds_names

Attributes = Mapping[str, Sequence[str]]
"""Values by attribute name in lower case, as ``plain`` returns them."""

PERSON_CLASSES = frozenset({"inetorgperson", "organizationalperson", "person", "user"})
ACCOUNT_CLASSES = frozenset({"account", "posixaccount"})
MEMBER_ATTRIBUTES = {
    "groupofnames": "member",
    "groupofmembers": "member",
    "groupofentries": "member",
    "group": "member",
    "groupofuniquenames": "uniqueMember",
    "univentiongroup": "uniqueMember",
    "posixgroup": "memberUid",
    "organizationalrole": "roleOccupant",
}
"""Where each kind of group keeps its members. Entries of several kinds have several places."""

_MANAGED_ROLE = managed.KIND.lower()
_GROUP_CLASSES = frozenset({*MEMBER_ATTRIBUTES, _MANAGED_ROLE})

PERSON_ATTRIBUTES = (
    "objectClass",
    "uid",
    "sAMAccountName",
    "userPrincipalName",
    "msDS-PrincipalName",
    "displayName",
    "cn",
    "mail",
    "department",
    "departmentNumber",
    "ou",
    "title",
    "l",
    "physicalDeliveryOfficeName",
    "manager",
    "telephoneNumber",
    "ipPhone",
    "mobile",
    "primaryGroupID",
    "objectSid",
    "gidNumber",
    "isCriticalSystemObject",
    "adminCount",
    *debris.ATTRIBUTES,
    *accounts.ATTRIBUTES,
)
"""What a read of people must ask for, beside the identity and what house rules look at."""

GROUP_ATTRIBUTES = (
    "objectClass",
    "cn",
    "description",
    "owner",
    "managedBy",
    "groupType",
    "adminCount",
    "objectSid",
    *debris.ATTRIBUTES,
    *dict.fromkeys(MEMBER_ATTRIBUTES.values()),
)
"""What a read of groups must ask for, beside the identity."""

IDENTITY_ATTRIBUTES = ("entryUUID", "nsUniqueId", "objectGUID")
"""Operational attributes that stay with an entry for life, in the order they are believed."""

_IDENTITIES = tuple(map(str.lower, IDENTITY_ATTRIBUTES))

_NO_PEOPLE = frozenset({"computer", "contact"})
"""Kinds of Active Directory that count among its persons, but are machines or addresses without an
account.
"""

_BESIDE = frozenset(
    {
        *(
            "person",
            "organizationalperson",
            "posixaccount",
            "shadowaccount",
            "sambasamaccount",
            "inetuser",
        ),
        *("simplesecurityobject", "extensibleobject", "ldapsubentry", "nsmemberof"),
    }
)
"""Classes that stand beside the one that says what an entry is: general ones, and mere
additions.
"""

_MACHINE = re.compile(r"\[[^\]]*[WSI]")
"""A workstation, server or domain trust of Samba: the letters of its account flags."""

_NEEDS_MEMBER = frozenset({"groupofnames", "groupofuniquenames"})
_SCOPES = {0x2: "global", 0x4: "domain local", 0x8: "universal"}
_PRIVILEGED_IN_DOMAIN = frozenset({498, 512, 516, 517, 518, 519, 520, 521, 526, 527})
_PRIVILEGED_BUILT_IN = frozenset({544, 548, 549, 550, 551, 552})
"""Relative identifiers of groups that rule over a domain ([MS-DTYP] 2.4.2.4, [MS-ADTS]
3.1.1.6.1.2).
"""

_SERVICE_UID = re.compile(r"(svc|sa|service)[-_.]", re.IGNORECASE)


def plain(raw: Mapping[str, Iterable[str | bytes]]) -> dict[str, list[str]]:
    """Return attributes as text under lower-case names: GUID bytes as UUID text, without what is
    not UTF-8.
    """
    return {name.lower(): _texts(name.lower(), values) for name, values in raw.items()}


def identity(attributes: Attributes) -> str:
    """Return the entry's lasting identity in lower case, or nothing where the server showed
    none.
    """
    return _first(attributes, *_IDENTITIES).lower()


def may_be_person(attributes: Attributes) -> bool:
    """Tell whether an entry that the server found among people is none after all: a machine, or a
    mere address.
    """
    flags = _first(attributes, "sambaacctflags")
    return _classes(attributes).isdisjoint(_NO_PEOPLE) and not _MACHINE.match(flags)


def is_account(attributes: Attributes, dn: str) -> bool:
    """Tell whether an entry that the server found among people is one, and nothing the server left
    lying about.
    """
    return may_be_person(attributes) and not debris.why_left_out(attributes, dn)


def may_be_group(attributes: Attributes) -> bool:
    """Tell whether an entry that the server found among groups is none: a role with a password is a
    sign-in account, and there is one that switches accounts off.
    """
    names = {name.lower() for name in attributes.get("cn", ())}
    return "simplesecurityobject" not in _classes(
        attributes
    ) and managed.SWITCHES.isdisjoint(names)


def is_person(attributes: Attributes) -> bool:
    """Tell, where no server can be asked, whether an entry is a person or a service account that
    can hold rights.

    A class nobody knows here, such as a company's own, is a person's where the entry has what every
    person must have.
    """
    classes = _classes(attributes)
    if not may_be_person(attributes):
        return False
    has_account = not classes.isdisjoint(ACCOUNT_CLASSES) and "uid" in attributes
    return (
        not classes.isdisjoint(PERSON_CLASSES)
        or has_account
        or {"sn", "cn"} <= attributes.keys()
    )


def is_group(attributes: Attributes) -> bool:
    """Tell, where no server can be asked, whether an entry holds members."""
    holds_any = any(attributes.get(name.lower()) for name in MEMBER_ATTRIBUTES.values())
    return may_be_group(attributes) and (
        holds_any or not _classes(attributes).isdisjoint(_GROUP_CLASSES)
    )


def what_is(attributes: Attributes) -> str:
    """Return the class that says most of what an entry is: the structural one where the server
    tells it.
    """
    told = [*attributes.get("structuralobjectclass", ())] or [
        *attributes.get("objectclass", ())
    ]
    classes = [name for name in told if name.lower() != "top"]
    telling = [name for name in classes if name.lower() not in _BESIDE]
    return next(reversed(telling or classes), "unknown")


def person_from(attributes: Attributes, dn: str, judge: Judge) -> DirectoryPerson:
    """Build a person; ``key`` is empty where the server showed no identity, ``judge`` tells whether
    it is off.

    ``primary_group`` is what the server keeps: in Active Directory the SID of the group, elsewhere
    its number.
    """
    uid, *further_uids = _uids(attributes, dn)
    return DirectoryPerson(
        key=identity(attributes),
        dn=dn,
        uid=uid,
        name=_first(attributes, "displayname", "cn") or uid,
        mail=_first(attributes, "mail"),
        department=_first(attributes, "department", "departmentnumber", "ou"),
        title=_first(attributes, "title"),
        site=_first(attributes, "l", "physicaldeliveryofficename"),
        manager=_first(attributes, "manager"),
        phone=_first(attributes, "telephonenumber", "ipphone"),
        mobile=_first(attributes, "mobile"),
        guarded=_counts_as_admin(attributes),
        disabled=judge.is_off(attributes),
        service=_is_service(attributes, uid),
        primary_group=_primary_group(attributes),
        further_uids=tuple(further_uids),
        principal=_first(attributes, "userprincipalname"),
        domain_login=_first(attributes, "msds-principalname"),
    )


def with_primary_groups(
    people: Iterable[DirectoryPerson], keys: Mapping[str, str]
) -> Iterator[DirectoryPerson]:
    """Yield people whose primary group is named by its key, where the group of that SID is
    known.
    """
    for person in people:
        key = keys.get(person.primary_group)
        yield replace(person, primary_group=key) if key else person


def group_from(attributes: Attributes, dn: str) -> DirectoryGroup:
    """Build a group; ``needs_member`` follows the object class, which some servers do not
    enforce.
    """
    classes = _classes(attributes)
    attribute, *further = member_attributes(classes, attributes)
    return DirectoryGroup(
        key=identity(attributes),
        dn=dn,
        cn=_first(attributes, "cn") or _name_in(dn),
        attribute=attribute,
        members=tuple(attributes.get(attribute.lower(), ())),
        further=tuple((name, tuple(attributes[name.lower()])) for name in further),
        description=_first(attributes, "description"),
        owners=(*attributes.get("owner", ()), *attributes.get("managedby", ())),
        object_classes=tuple(attributes.get("objectclass", ())),
        needs_member=not classes.isdisjoint(_NEEDS_MEMBER),
        scope=_scope(attributes),
        privileged=_counts_as_admin(attributes)
        or _rules_over_others(_first(attributes, "objectsid")),
    )


def with_inherited(group: DirectoryGroup, inherited: Collection[str]) -> DirectoryGroup:
    """Return a group as it is when its classes derive from others: where members stand, and that
    one must stay.
    """
    classes = {*map(str.lower, group.object_classes), *inherited}
    values = {
        name.lower(): members
        for name, members in ((group.attribute, group.members), *group.further)
    }
    attribute, *further = member_attributes(classes, values)
    return replace(
        group,
        attribute=attribute,
        members=values.get(attribute.lower(), ()),
        further=tuple((name, values[name.lower()]) for name in further),
        needs_member=not classes.isdisjoint(_NEEDS_MEMBER),
    )


def member_attributes(classes: Collection[str], attributes: Attributes) -> list[str]:
    """Return where a group of these object classes keeps its members: the main place, then others
    that hold any.

    The main place is the one that must not be empty, else one for DNs, since account names cannot
    stand for groups. In Active Directory only ``member`` makes a member; account names there are
    for other systems.
    """
    lowered = {name.lower() for name in classes}
    if "group" in lowered:
        return ["member"]
    if _MANAGED_ROLE in lowered:
        return [managed.ATTRIBUTE]
    needed = [
        name
        for kind, name in MEMBER_ATTRIBUTES.items()
        if kind in lowered & _NEEDS_MEMBER
    ]
    meant = [name for kind, name in MEMBER_ATTRIBUTES.items() if kind in lowered]
    held = [name for name in MEMBER_ATTRIBUTES.values() if attributes.get(name.lower())]
    by_dn = [name for name in (*held, *meant) if not holds_names(name)]
    main = next(iter([*needed, *by_dn, *held, *meant]), "member")
    return list(dict.fromkeys([main, *held]))


def member_attribute(classes: Collection[str]) -> str:
    """Return the attribute in which an empty group of these object classes (any case) would keep
    its members.
    """
    return member_attributes(classes, {})[0]


def _texts(name: str, values: Iterable[str | bytes]) -> list[str]:
    return [text for value in values if (text := _text(name, value)) is not None]


def _text(name: str, value: str | bytes) -> str | None:
    if isinstance(value, str):
        return value
    if name == "objectguid" and len(value) == 16:
        return str(uuid.UUID(bytes_le=value))
    if name == "objectsid":
        return _sid(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _sid(value: bytes) -> str | None:
    """Return a security identifier as text, such as S-1-5-21-…-513 ([MS-DTYP] 2.4.2), or None where
    it is none.
    """
    if len(value) < 8 or len(value) != 8 + 4 * value[1]:
        return None
    parts = (
        int.from_bytes(value[at : at + 4], "little") for at in range(8, len(value), 4)
    )
    return "-".join(
        ["S", str(value[0]), str(int.from_bytes(value[2:8], "big")), *map(str, parts)]
    )


def _first(attributes: Attributes, *names: str) -> str:
    """Return the first value of the first attribute, named in lower case, that has one that is not
    blank.
    """
    for name in names:
        for value in attributes.get(name, ()):
            if value.strip():
                return value
    return ""


def _uids(attributes: Attributes, dn: str) -> list[str]:
    """Return the account names, the one that names the entry first: servers give values in any
    order.
    """
    names = [*attributes.get("samaccountname", ()), *attributes.get("uid", ())]
    found = list(dict.fromkeys(name for name in names if name.strip()))
    if len(found) == 1:
        return found
    own = _first(attributes, "samaccountname") or _name_in(dn)
    return sorted(found, key=lambda name: name.lower() != own.lower()) or [own]


def _classes(attributes: Attributes) -> frozenset[str]:
    return frozenset(map(str.lower, attributes.get("objectclass", ())))


def _is_service(attributes: Attributes, uid: str) -> bool:
    """Tell whether the account is no person's: by its type or name, or because Active Directory
    came with it.
    """
    return (
        _first(attributes, "employeetype").strip().lower() == "service"
        or _SERVICE_UID.match(uid) is not None
        or _first(attributes, "iscriticalsystemobject").upper() == "TRUE"
    )


def _primary_group(attributes: Attributes) -> str:
    """Return the SID of the primary group, which shares the domain with the person's own, or the
    bare number.
    """
    number, own = _first(attributes, "primarygroupid"), _first(attributes, "objectsid")
    if number and own:
        return f"{own.rpartition('-')[0]}-{number}"
    return number or _first(attributes, "gidnumber")


def _counts_as_admin(attributes: Attributes) -> bool:
    """Tell whether Active Directory put the entry under AdminSDHolder, which resets its access list
    every hour.
    """
    return _number(attributes, "admincount") > 0


def _rules_over_others(sid: str) -> bool:
    authority, _, last = sid.rpartition("-")
    if not last.isdecimal():
        return False
    if authority == "S-1-5-32":
        return int(last) in _PRIVILEGED_BUILT_IN
    return authority.startswith("S-1-5-21-") and int(last) in _PRIVILEGED_IN_DOMAIN


def _scope(attributes: Attributes) -> str:
    bits = _number(attributes, "grouptype")
    return next((name for bit, name in _SCOPES.items() if bits & bit), "")


def _number(attributes: Attributes, name: str) -> int:
    try:
        return int(_first(attributes, name) or 0)
    except ValueError:
        return 0


def _name_in(dn: str) -> str:
    try:
        return rdn_value(dn)
    except MalformedDn:
        return dn

"""Whether the write account may write where it must, found out without changing anything.

Servers look at rights before they look at values, so a Modify that can only fail tells who may and
who may not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

from ldap_sync.adapter import family, filters
from ldap_sync.adapter.abilities import DENIED, harmless
from ldap_sync.adapter.answers import FoundEntry
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import BASE
from ldap_sync.adapter.words import some
from ldap_sync.dn import MalformedDn, fold, parent
from ldap_sync.managed import is_managed
from ldap_sync.values import (
    CheckFinding,
    Connection,
    DirectoryGroup,
    DirectorySnapshot,
    Profile,
)

NO_OP = ("1.3.6.1.4.1.4203.666.5.2", True, None)
NO_OPERATION = 16654
EFFECTIVE_RIGHTS = "1.3.6.1.4.1.42.2.27.9.5.2"


def of(
    writer: Session, profile: Profile, connection: Connection, read: DirectorySnapshot
) -> Iterator[CheckFinding]:
    """Try, in every place that holds groups, to change one of them; and to create a group in the
    role base.
    """
    places = _one_per_place(read)
    denied = sorted(
        place
        for place, group in places.items()
        if not _may_change(writer, profile, group, read)
    )
    if denied:
        text = (
            f"The write account may not change groups in {len(denied)} of {len(places)} places: "
            f"{some(denied)}."
        )
        yield CheckFinding(
            "write rights",
            "warning",
            text,
            "Ask for the right to write the members of groups there.",
        )
    elif places:
        text = f"The write account may change groups wherever some are: {some(places)}."
        yield CheckFinding("write rights", "ok", text)
    yield from _creation(
        writer,
        profile,
        connection.role_base or connection.group_base or connection.base,
    )


def _one_per_place(read: DirectorySnapshot) -> dict[str, DirectoryGroup]:
    """Return one group for each entry that has groups right below it; rights are often given per
    branch.
    """
    places: dict[str, DirectoryGroup] = {}
    for group in read.groups:
        places.setdefault(_above(group.dn), group)
    return places


def _above(dn: str) -> str:
    try:
        return fold(parent(dn))
    except MalformedDn:
        return dn


def _may_change(
    writer: Session, profile: Profile, group: DirectoryGroup, read: DirectorySnapshot
) -> bool:
    if profile.family == family.AD:
        entry = writer.at(group.dn, ["allowedAttributesEffective"])
        allowed = (
            entry.attributes.get("allowedattributeseffective", []) if entry else []
        )
        return group.attribute.lower() in map(str.lower, allowed)
    newcomer = next(
        (p for p in read.people if group.value_for(p) not in group.members),
        read.people[0],
    )
    if is_managed(group):  # what is written is the holder, which may not name it yet
        role = replace(group, dn=newcomer.dn)
        return harmless(writer.wire, role, add=(group.dn,)).code not in DENIED
    return (
        harmless(writer.wire, group, add=(group.value_for(newcomer),)).code
        not in DENIED
    )


def _creation(writer: Session, profile: Profile, place: str) -> Iterator[CheckFinding]:
    """Find out whether a group may be created at ``place``, in the way of the server's kind."""
    ways = {family.OPENLDAP: _rehearsed, family.AD: _offered, family.DS389: _granted}
    may = ways[profile.family](writer, place) if profile.family in ways else None
    if may is None:
        yield CheckFinding(
            "creating groups",
            "ok",
            f"Not tested: whether the write account may create groups in {place}.",
        )
    elif may:
        yield CheckFinding(
            "creating groups", "ok", f"The write account may create groups in {place}."
        )
    else:
        text = f"The write account may not create groups in {place}."
        yield CheckFinding(
            "creating groups",
            "warning",
            text,
            "Ask for that right, or create the role groups by hand.",
        )


def _rehearsed(writer: Session, place: str) -> bool | None:
    """Rehearse it, which OpenLDAP can without doing it; None where that told nothing."""
    name = f"rung-check-{uuid.uuid4()}"
    attributes = {
        "objectClass": ["groupOfNames"],
        "cn": [name],
        "member": [f"cn={name}"],
    }
    code = writer.wire.add(f"cn={name},{place}", attributes, [NO_OP]).code
    return {NO_OPERATION: True, **dict.fromkeys(DENIED, False)}.get(code)


def _offered(writer: Session, place: str) -> bool | None:
    """Look among the kinds of entries that Active Directory says the asking account may create
    here.
    """
    entry = writer.at(place, ["allowedChildClassesEffective"])
    return (
        None
        if entry is None
        else "group" in entry.attributes.get("allowedchildclasseseffective", [])
    )


def _granted(writer: Session, place: str) -> bool | None:
    """Ask 389 for the rights to a group that is not there: it answers with a model of one."""
    asking = (EFFECTIVE_RIGHTS, True, f"dn:{writer.credential.dn}".encode())
    found = list(
        writer.wire.search(
            place,
            BASE,
            filters.absent(filters.ANYTHING),
            ["member@groupOfNames"],
            [asking],
        )
    )
    rights = [
        right
        for entry in found
        if isinstance(entry, FoundEntry)
        for right in entry.values.get("entrylevelrights", [])
    ]
    return "a" in str(rights[0]) if rights else None

"""Whether the write account may write where it must, found out without changing anything.

Servers look at rights before they look at values, so a Modify that can only fail tells who may and
who may not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from ldap_sync.adapter import allowed, family
from ldap_sync.adapter.abilities import DENIED
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import NO_ATTRIBUTES
from ldap_sync.adapter.words import some
from ldap_sync.dn import MalformedDn, fold, fold_or_self, parent
from ldap_sync.managed import is_managed
from ldap_sync.values import (
    CheckFinding,
    Connection,
    DirectoryChange,
    DirectoryGroup,
    DirectorySnapshot,
    Doubt,
    NewGroup,
    Profile,
)

NO_OP = ("1.3.6.1.4.1.4203.666.5.2", True, None)
NO_OPERATION = 16654


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
    newcomer = next(
        (p for p in read.people if group.value_for(p) not in group.members),
        read.people[0],
    )
    dn, value = group.dn, group.value_for(newcomer)
    if is_managed(group):  # what is written is the holder, which may not name it yet
        dn, value = newcomer.dn, group.dn
    change = DirectoryChange("", dn, group.attribute, add=(value,))
    may, _why = allowed.to_change(writer, profile, change)
    return may is not False


def _creation(writer: Session, profile: Profile, place: str) -> Iterator[CheckFinding]:
    """Find out whether a group may be created at ``place``, in the way of the server's kind."""
    may = _may_create(writer, profile, place)
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


def _may_create(writer: Session, profile: Profile, place: str) -> bool | None:
    ways = {
        family.OPENLDAP: _rehearsed,
        family.AD: _offered,
        family.DEMO: _offered,
        family.DS389: _granted,
    }
    way = ways.get(profile.family)
    return way(writer, place) if way else None


def doubts(
    writer: Session, profile: Profile, changes: Sequence[DirectoryChange | NewGroup]
) -> Iterator[Doubt]:
    """Yield the entries that may not be written, or of which that cannot be known, each once.

    What is still to be made is asked about at the place where it will stand.
    """
    missing = [
        each
        for each in changes
        if isinstance(each, NewGroup) and writer.at(each.dn, NO_ATTRIBUTES) is None
    ]
    for place, group in {_above(group.dn): group for group in missing}.items():
        if (may := _may_create(writer, profile, place)) is not True:
            why = _CREATING if may is None else _NOT_CREATING
            yield Doubt(group.dn, why, certain=may is False)
    new = {fold_or_self(group.dn) for group in missing}
    for change in _one_per_entry(changes):
        if fold_or_self(change.dn) not in new:
            may, why = allowed.to_change(writer, profile, change)
            if may is not True:
                yield Doubt(change.dn, why, certain=may is False)


_CREATING = "whether the write account may create groups there is not known"
_NOT_CREATING = "the write account lacks the right to create groups there"


def _one_per_entry(
    changes: Sequence[DirectoryChange | NewGroup],
) -> Iterator[DirectoryChange]:
    """Return one change for each attribute of each entry, one that adds where there is any."""
    found: dict[tuple[str, str], DirectoryChange] = {}
    for change in changes:
        if isinstance(change, NewGroup):
            continue
        about = fold_or_self(change.dn), change.attribute.lower()
        if about not in found or (change.add and not found[about].add):
            found[about] = change
    yield from found.values()


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
    """Look among the kinds of entries that the server says the asking account may create here."""
    entry = writer.at(place, ["allowedChildClassesEffective"])
    if entry is None:
        return None
    kinds = entry.attributes.get("allowedchildclasseseffective", [])
    return not {"group", "groupOfNames"}.isdisjoint(kinds)


def _granted(writer: Session, place: str) -> bool | None:
    """Ask 389 for the rights to a group that is not there: it answers with a model of one."""
    name = "member@groupOfNames"
    rights = allowed.rights_at(writer, place, name, "entrylevelrights")
    return "a" in rights[0] if rights else None

"""Entries of the demo directory, which never change: each change makes a new one, or refuses as
OpenLDAP would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ldap_sync import ldif
from ldap_sync.demo import schema
from ldap_sync.demo.errors import Code, LdapError
from ldap_sync.dn import MalformedDn, escape, fold, parse

Given = tuple[tuple[str, tuple[bytes, ...]], ...]
"""Attributes as a client gave them: name and values, in order."""


class Attribute(NamedTuple):
    """An attribute's name as spelled by the schema and its values by the key under which they
    compare.
    """

    name: str
    values: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One entry: ``key`` is its folded DN; attributes stand under their lower-case names,
    operational ones too.
    """

    dn: str
    key: str
    attributes: Mapping[str, Attribute]

    def keys(self, name: str) -> Mapping[str, bytes]:
        """Return an attribute's values by key; empty where the entry has none."""
        found = self.attributes.get(name)
        return found.values if found else {}

    def text(self, name: str) -> str:
        """Return an attribute's first value as text, empty where there is none."""
        return next((value.decode() for value in self.keys(name).values()), "")


@dataclass(frozen=True, slots=True)
class Stamp:
    """When, by whom and as which change something was written; ``csn`` starts with the time."""

    csn: str
    by: str

    @property
    def time(self) -> str:
        """The time in LDAP's generalized form, in seconds."""
        return f"{self.csn[:14]}Z"


@dataclass(frozen=True, slots=True)
class Modification:
    """One part of a Modify: ``kind`` is add, delete or replace."""

    kind: str
    name: str
    values: tuple[bytes, ...]


def folded(dn: str) -> str:
    """Fold a DN of a request. Raises ``LdapError`` 34."""
    try:
        return fold(dn)
    except MalformedDn as error:
        raise LdapError(Code.INVALID_DN, "invalid DN") from error


def entry_of(dn: str, given: Iterable[tuple[str, Iterable[bytes]]]) -> DemoEntry:
    """Build an entry from attributes, operational ones included.

    Raises ``LdapError`` for values of broken syntax.
    """
    attributes = {
        name.lower(): Attribute(schema.spelled(name), schema.keys_of(name, values))
        for name, values in given
    }
    return DemoEntry(dn, folded(dn), attributes)


def stored(entry: ldif.Entry) -> DemoEntry:
    """Build an entry as a snapshot holds it."""
    return entry_of(
        entry.dn,
        ((name, map(_octets, values)) for name, values in entry.attributes.items()),
    )


def seeded(entry: ldif.Entry, stamp: Stamp) -> DemoEntry:
    """Build an entry of a new directory; the attributes that the server keeps are filled in where
    they are missing.
    """
    fresh = stored(entry)
    kept = {
        "entryUUID": ldif.name_based_key(entry.dn),
        "creatorsName": stamp.by,
        "createTimestamp": stamp.time,
    }
    kept["structuralObjectClass"] = schema.structural_class(fresh.keys("objectclass"))
    missing = {
        name: text
        for name, text in kept.items()
        if name.lower() not in fresh.attributes
    }
    attributes = {
        name: each
        for name, each in fresh.attributes.items()
        if name not in schema.COMPUTED
    }
    return _stamped(DemoEntry(fresh.dn, fresh.key, attributes), stamp, **missing)


def new_entry(dn: str, given: Given, uuid: str, stamp: Stamp) -> DemoEntry:
    """Build the entry of an Add request. Raises ``LdapError``."""
    for name, _ in given:
        _check_writable(name)
    entry = entry_of(dn, given)
    if len(entry.attributes) < len(given):
        raise LdapError(Code.VALUE_EXISTS, "an attribute is provided more than once")
    entry = DemoEntry(entry.dn, entry.key, _with_naming_values(entry.attributes, dn))
    _check(entry)
    created = {
        "entryUUID": uuid,
        "creatorsName": stamp.by,
        "createTimestamp": stamp.time,
    }
    return _stamped(
        entry,
        stamp,
        **created,
        structuralObjectClass=schema.structural_class(entry.keys("objectclass")),
    )


def modified(
    entry: DemoEntry, modifications: Iterable[Modification], stamp: Stamp
) -> DemoEntry:
    """Return the entry with all modifications made, in order.

    Raises ``LdapError`` for the first that cannot be.
    """
    attributes = dict(entry.attributes)
    for modification in modifications:
        _check_writable(modification.name)
        _MAKE[modification.kind](attributes, modification)
    changed = DemoEntry(entry.dn, entry.key, attributes)
    _check(changed)
    return _stamped(changed, stamp)


def renamed(entry: DemoEntry, dn: str, delete_old: bool, stamp: Stamp) -> DemoEntry:
    """Return the entry under a new DN, its naming values put in and, if wished, the old ones taken
    out.
    """
    attributes = dict(entry.attributes)
    if delete_old:
        for name, value in parse(entry.dn)[0]:
            _remove(attributes, Modification("delete", name, (value.encode(),)))
    changed = DemoEntry(dn, folded(dn), _with_naming_values(attributes, dn))
    _check(changed)
    return _stamped(changed, stamp)


def moved(entry: DemoEntry, old: str, new: str) -> DemoEntry:
    """Return an entry whose ancestor ``old`` now stands at ``new``."""
    below = parse(entry.dn)[: -len(parse(old))]
    dn = ",".join(
        ["+".join(f"{name}={escape(value)}" for name, value in rdn) for rdn in below]
        + [new]
    )
    return DemoEntry(dn, fold(dn), entry.attributes)


def _with_naming_values(
    attributes: Mapping[str, Attribute], dn: str
) -> dict[str, Attribute]:
    """Return attributes that also hold what the entry is named after, as OpenLDAP sees to."""
    named = dict(attributes)
    for name, value in parse(dn)[0]:
        _check_writable(name)
        if not _holds(named, name, value):
            _add(named, Modification("add", name, (value.encode(),)))
    return named


def _stamped(entry: DemoEntry, stamp: Stamp, **more: str) -> DemoEntry:
    """Set the attributes that the server keeps."""
    stamps = {
        **more,
        "entryCSN": stamp.csn,
        "modifiersName": stamp.by,
        "modifyTimestamp": stamp.time,
    }
    own = {
        name.lower(): Attribute(name, schema.keys_of(name, [text.encode()]))
        for name, text in stamps.items()
    }
    return DemoEntry(entry.dn, entry.key, {**entry.attributes, **own})


def _check_writable(name: str) -> None:
    if not schema.is_known(name):
        raise LdapError(Code.UNDEFINED_ATTRIBUTE, f"{name}: attribute type undefined")
    if schema.is_operational(name):
        raise LdapError(
            Code.CONSTRAINT, f"{schema.spelled(name)}: no user modification allowed"
        )


def _check(entry: DemoEntry) -> None:
    """Refuse an entry that does not hold the values it is named after or that its classes do not
    allow.
    """
    for name, value in parse(entry.dn)[0]:
        if not _holds(entry.attributes, name, value):
            raise LdapError(
                Code.NAMING,
                f"value of naming attribute '{name}' is not present in entry",
            )
    counts = {
        name: len(attribute.values) for name, attribute in entry.attributes.items()
    }
    schema.check_entry(
        counts, [value.decode() for value in entry.keys("objectclass").values()]
    )


def _holds(attributes: Mapping[str, Attribute], name: str, value: str) -> bool:
    held = attributes.get(name.lower())
    return held is not None and not schema.keys_of(
        name, [value.encode()]
    ).keys().isdisjoint(held.values)


def _add(attributes: dict[str, Attribute], modification: Modification) -> None:
    name = modification.name.lower()
    if not modification.values:
        raise LdapError(Code.PROTOCOL, "modify/add operation requires values")
    held = dict(attributes[name].values) if name in attributes else {}
    for number, (key, value) in enumerate(
        schema.keys_of(modification.name, modification.values).items()
    ):
        if key in held:
            raise LdapError(
                Code.VALUE_EXISTS,
                f"modify/add: {modification.name}: value #{number} already exists",
            )
        held[key] = value
    attributes[name] = Attribute(schema.spelled(name), held)


def _remove(attributes: dict[str, Attribute], modification: Modification) -> None:
    name = modification.name.lower()
    if name not in attributes:
        raise LdapError(
            Code.NO_SUCH_ATTRIBUTE,
            f"modify/delete: {modification.name}: no such attribute",
        )
    held = dict(attributes[name].values) if modification.values else {}
    for key in schema.keys_of(modification.name, modification.values):
        if held.pop(key, None) is None:
            raise LdapError(
                Code.NO_SUCH_ATTRIBUTE,
                f"modify/delete: {modification.name}: no such value",
            )
    _put(attributes, name, held)


def _replace(attributes: dict[str, Attribute], modification: Modification) -> None:
    _put(
        attributes,
        modification.name.lower(),
        schema.keys_of(modification.name, modification.values),
    )


def _put(
    attributes: dict[str, Attribute], name: str, values: Mapping[str, bytes]
) -> None:
    if values:
        attributes[name] = Attribute(schema.spelled(name), values)
    else:
        attributes.pop(name, None)


def _octets(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


_MAKE = {"add": _add, "delete": _remove, "replace": _replace}

"""The little schema of the demo directory: its attributes and object classes, and what OpenLDAP
would refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from ldap_sync.demo.errors import Code, LdapError
from ldap_sync.dn import fold, fold_text


class Syntax(Enum):
    """How the values of an attribute are compared."""

    TEXT = "text"  # without regard to case and repeated spaces
    EXACT = "exact"
    NUMBER = "number"
    NAME = "name"  # a distinguished name
    NAME_AND_UID = "name and uid"  # a distinguished name that may end in #'0101'B


@dataclass(frozen=True, slots=True)
class ObjectClass:
    """What an entry of this class must and may hold, its superior's attributes included."""

    name: str
    chain: frozenset[str]
    must: frozenset[str]
    may: frozenset[str]
    structural: bool


_SYNTAXES = {
    Syntax.TEXT: """objectClass cn sn givenName displayName uid mail title ou o dc l st street
        postalAddress postalCode
        telephoneNumber mobile description departmentNumber employeeNumber employeeType initials
        roomNumber
        physicalDeliveryOfficeName businessCategory preferredLanguage host labeledURI
        structuralObjectClass
        namingContexts supportedControl supportedExtension supportedFeatures
        supportedLDAPVersion vendorName""",
    Syntax.EXACT: """memberUid userPassword homeDirectory loginShell gecos entryUUID entryCSN
        createTimestamp
        modifyTimestamp""",
    Syntax.NUMBER: "uidNumber gidNumber",
    Syntax.NAME: (
        "member owner manager seeAlso roleOccupant secretary memberOf creatorsName modifiersName "
        "entryDN"
    ),
    Syntax.NAME_AND_UID: "uniqueMember",
}
_NAMES = {name.lower(): name for names in _SYNTAXES.values() for name in names.split()}
_SYNTAX = {
    name.lower(): syntax
    for syntax, names in _SYNTAXES.items()
    for name in names.split()
}
_SINGLE = frozenset(
    [
        "displayname",
        "employeenumber",
        "preferredlanguage",
        "uidnumber",
        "gidnumber",
        "homedirectory",
        "loginshell",
        "dc",
    ]
)

OPERATIONAL = (
    "structuralObjectClass",
    "entryUUID",
    "creatorsName",
    "createTimestamp",
    "entryCSN",
    "modifiersName",
    "modifyTimestamp",
    "memberOf",
    "entryDN",
    "namingContexts",
    "supportedControl",
    "supportedExtension",
    "supportedFeatures",
    "supportedLDAPVersion",
    "vendorName",
)
"""Attributes the server keeps itself: shown on request only, never written by a client."""

COMPUTED = frozenset(["memberof", "entrydn"])
"""Operational attributes that are not stored."""

_OPERATIONAL = frozenset(map(str.lower, OPERATIONAL))
_UNIQUE_ID = re.compile(r"#'[01]*'B\Z")

# name | superior, or + for auxiliary | must | may
_CLASSES = """
dcObject|+|dc|
simpleSecurityObject|+|userPassword|
posixAccount|+|cn uid uidNumber gidNumber homeDirectory|userPassword loginShell gecos description
organization||o|description l st street postalAddress postalCode telephoneNumber \
businessCategory seeAlso userPassword
organizationalUnit||ou|description l st street postalAddress postalCode telephoneNumber \
businessCategory seeAlso
person||cn sn|userPassword telephoneNumber seeAlso description
organizationalPerson|person||title ou l st street postalAddress postalCode \
physicalDeliveryOfficeName telephoneNumber
inetOrgPerson|organizationalPerson||uid displayName givenName initials mail manager secretary \
mobile departmentNumber \
employeeNumber employeeType o roomNumber businessCategory preferredLanguage labeledURI
account||uid|description seeAlso l o ou host
applicationProcess||cn|seeAlso ou l description
organizationalRole||cn|roleOccupant seeAlso description ou l st street postalAddress postalCode \
telephoneNumber
groupOfNames||cn member|businessCategory seeAlso owner ou o description
groupOfMembers||cn|member businessCategory seeAlso owner ou o description
groupOfUniqueNames||cn uniqueMember|businessCategory seeAlso owner ou o description
posixGroup||cn gidNumber|memberUid userPassword description
univentionGroup|+||uniqueMember
"""


def _read_classes() -> dict[str, ObjectClass]:
    top = ObjectClass(
        "top",
        frozenset(["top"]),
        frozenset(["objectclass"]),
        frozenset(),
        structural=False,
    )
    classes = {"top": top}
    for line in _CLASSES.strip().splitlines():
        name, superior, must, may = line.split("|")
        above = classes[superior.strip("+").lower() or "top"]
        classes[name.lower()] = ObjectClass(
            name=name,
            chain=above.chain | {name.lower()},
            must=above.must | set(must.lower().split()),
            may=above.may | set(may.lower().split()),
            structural=superior != "+",
        )
    return classes


_BY_NAME = _read_classes()


def spelled(name: str) -> str:
    """Return an attribute's name as the schema spells it."""
    return _NAMES.get(name.lower(), name)


def is_known(name: str) -> bool:
    """Tell whether the schema has this attribute."""
    return name.lower() in _NAMES


def is_class(name: str) -> bool:
    """Tell whether the schema has this object class."""
    return name.lower() in _BY_NAME


def is_operational(name: str) -> bool:
    """Tell whether the server keeps this attribute itself."""
    return name.lower() in _OPERATIONAL


def given() -> tuple[str, ...]:
    """Return the attributes that clients give, not the server."""
    return tuple(each for key, each in _NAMES.items() if key not in _OPERATIONAL)


def syntax_of(name: str) -> Syntax:
    """Return how values of an attribute compare; unknown ones compare as text."""
    return _SYNTAX.get(name.lower(), Syntax.TEXT)


def _name_and_uid(text: str) -> str:
    found = _UNIQUE_ID.search(text)
    return fold(text[: found.start()]) + found[0] if found else fold(text)


_KEYS: dict[Syntax, Callable[[str], str]] = {
    Syntax.TEXT: fold_text,
    Syntax.EXACT: str,
    Syntax.NUMBER: lambda text: str(int(text)),
    Syntax.NAME: fold,
    Syntax.NAME_AND_UID: _name_and_uid,
}


def key_of(syntax: Syntax, value: bytes) -> str:
    """Return the key that equal values of a syntax share.

    Raises ``ValueError`` where the syntax is broken.
    """
    return _KEYS[syntax](value.decode("utf-8", "surrogateescape"))


def keys_of(name: str, values: Iterable[bytes]) -> dict[str, bytes]:
    """Return values by the key under which they compare.

    Raises ``LdapError`` 21 (broken) and 20 (twice).
    """
    make = _KEYS[syntax_of(name)]
    keyed: dict[str, bytes] = {}
    for number, value in enumerate(values):
        try:
            key = make(value.decode("utf-8", "surrogateescape"))
        except ValueError as error:
            raise LdapError(
                Code.INVALID_SYNTAX, f"{name}: value #{number} invalid per syntax"
            ) from error
        if key in keyed:
            raise LdapError(
                Code.VALUE_EXISTS, f"{name}: value #{number} provided more than once"
            )
        keyed[key] = value
    return keyed


def with_superiors(classes: Iterable[str]) -> frozenset[str]:
    """Return the object classes in lower case with all they inherit from."""
    return frozenset().union(
        *({name, *_chain(name)} for name in map(str.lower, classes))
    )


def structural_class(classes: Iterable[str]) -> str:
    """Return the most derived structural class, empty where there is none or it is unknown."""
    known = [_BY_NAME[name] for name in map(str.lower, classes) if name in _BY_NAME]
    return max(
        (each for each in known if each.structural),
        key=lambda each: len(each.chain),
        default=_NO_CLASS,
    ).name


def check_entry(present: dict[str, int], classes: Iterable[str]) -> None:
    """Refuse value counts by attribute that the object classes do not allow.

    Raises ``LdapError`` 65, 21, 19.
    """
    known = _known_classes(list(classes))
    allowed: frozenset[str] = frozenset().union(
        *(each.must | each.may for each in known)
    )
    for each in known:
        for name in sorted(each.must - present.keys()):
            raise LdapError(
                Code.OBJECT_CLASS,
                f"object class '{each.name}' requires attribute '{spelled(name)}'",
            )
    for name, count in present.items():
        if name not in allowed and name not in _OPERATIONAL:
            raise LdapError(
                Code.OBJECT_CLASS, f"attribute '{spelled(name)}' not allowed"
            )
        if count > 1 and name in _SINGLE:
            raise LdapError(
                Code.CONSTRAINT,
                f"attribute '{spelled(name)}' cannot have multiple values",
            )


_NO_CLASS = ObjectClass("", frozenset(), frozenset(), frozenset(), structural=False)


def _known_classes(names: list[str]) -> list[ObjectClass]:
    if not names:
        raise LdapError(Code.OBJECT_CLASS, "no objectClass attribute")
    for number, name in enumerate(names):
        if name.lower() not in _BY_NAME:
            raise LdapError(
                Code.INVALID_SYNTAX, f"objectClass: value #{number} invalid per syntax"
            )
    if not structural_class(names):
        raise LdapError(Code.OBJECT_CLASS, "no structural object class provided")
    return [_BY_NAME[name.lower()] for name in names]


def _chain(name: str) -> frozenset[str]:
    return _BY_NAME[name].chain if name in _BY_NAME else frozenset()

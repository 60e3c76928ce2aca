"""What an entry of an export is, told by its classes and attributes alone: there is no server to
ask.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ldap_sync.ldif import snapshot_from_ldif
from ldap_sync.members import Known, meant_by
from ldap_sync.values import DirectoryGroup, DirectoryPerson

SORTS = [  # object classes, further lines, the sort
    ("inetOrgPerson", "uid: x|cn: X|sn: X", "person"),
    ("acmePerson", "uid: x|cn: X|sn: X", "person"),
    ("top|acmePerson|acmeThing", "cn: X|sn: X", "person"),
    ("account|posixAccount", "uid: x", "person"),
    (
        "account|posixAccount|sambaSamAccount",
        "uid: pc7$|sambaAcctFlags: [W          ]",
        "account",
    ),
    (
        "account|posixAccount|sambaSamAccount",
        "uid: dc1$|sambaAcctFlags: [S          ]",
        "account",
    ),
    (
        "inetOrgPerson|sambaSamAccount",
        "uid: x|cn: X|sn: X|sambaAcctFlags: [UX         ]",
        "person",
    ),
    ("top|person|organizationalPerson|user", "cn: X|sAMAccountName: x", "person"),
    (
        "top|person|organizationalPerson|user|computer",
        "cn: PC7|sAMAccountName: PC7$",
        "computer",
    ),
    (
        "top|person|organizationalPerson|user|computer|msDS-GroupManagedServiceAccount",
        "cn: sql|sAMAccountName: sql$",
        "msDS-GroupManagedServiceAccount",
    ),
    ("top|person|organizationalPerson|contact", "cn: Vendor|sn: V", "contact"),
    (
        "top|foreignSecurityPrincipal",
        "cn: S-1-5-21-1-2-3-1104",
        "foreignSecurityPrincipal",
    ),
    ("organizationalRole", "cn: X", "group"),
    (
        "organizationalRole|simpleSecurityObject",
        "cn: X|userPassword: x",
        "organizationalRole",
    ),
    ("acmeGroup", "cn: X|member: uid=a,dc=x", "group"),
    ("device|top", "cn: X", "device"),
    (
        "organizationalUnit",
        "ou: X|structuralObjectClass: organizationalUnit",
        "organizationalUnit",
    ),
]


@pytest.mark.parametrize(("classes", "attributes", "sort"), SORTS)
def test_the_sort_of_an_entry(
    tmp_path: Path, classes: str, attributes: str, sort: str
) -> None:
    lines = [f"objectClass: {name}" for name in classes.split("|")] + attributes.split(
        "|"
    )
    text = "\n".join(
        [
            "dn: cn=x,dc=x",
            *lines,
            "",
            "dn: cn=lists,dc=x",
            "objectClass: groupOfNames",
            "cn: lists",
        ]
    )
    export = tmp_path / "export.ldif"
    export.write_text(f"{text}\nmember: cn=x,dc=x\nmember: cn=ghost,dc=x\n\n")
    read = snapshot_from_ldif(export)
    [lists] = [group for group in read.groups if group.cn == "lists"]
    known = Known(read.people, read.groups, read.others)
    meaning = known.meaning(lists, "member", "cn=x,dc=x")
    assert (meaning.what or meaning.kind) == sort
    assert known.meaning(lists, "member", "cn=ghost,dc=x").kind == "dangling"


NAMES = [  # account names of two people, the listed name, who is meant
    ("ada", "bob", "ada", "first"),
    ("ada ada2", "bob", "ada2", "first"),
    ("ada", "bob", "ADA", "first"),
    ("ada shared", "bob shared", "shared", "several entries"),
    ("Ada", "ada", "ada", "second"),
    ("Ada", "ada", "ADA", "several entries"),
    ("ada", "bob", "carl", "dangling"),
]


@pytest.mark.parametrize(("first", "second", "listed", "expected"), NAMES)
def test_who_is_meant_by_an_account_name(
    first: str, second: str, listed: str, expected: str
) -> None:
    people = [
        DirectoryPerson(
            key, f"cn={key},dc=x", names[0], key, further_uids=tuple(names[1:])
        )
        for key, names in (("first", first.split()), ("second", second.split()))
    ]
    group = DirectoryGroup("g", "cn=g,dc=x", "g", "memberUid", (listed,))
    meaning = Known(people, [group]).meaning(group, "memberUid", listed)
    assert (meaning.key or meaning.what or meaning.kind) == expected
    assert (
        meant_by("memberUid", listed) in Known(people, [group]).unknown([group])
    ) == (expected == "dangling")

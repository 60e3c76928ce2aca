"""LDIF exports are read, changes are written; what is neither is refused with its line."""

import base64
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldap_sync import mapping
from ldap_sync.accounts import Judge
from ldap_sync.dn import fold
from ldap_sync.ldif import (
    Entry,
    name_based_key,
    read_entries,
    render_change,
    render_changes,
    render_entry,
    snapshot_from_ldif,
)
from ldap_sync.ldif_file import MalformedLdif
from ldap_sync.port import IncompleteRead
from ldap_sync.values import DirectoryChange, DirectoryGroup, DirectoryPerson, NewGroup

NOW = datetime(2026, 5, 3, tzinfo=UTC)
GUID = uuid.UUID("8d8ac610-566d-4ef0-9c22-186b2a5ed793")
EXPORT = """\
version: 1

# people and groups
#
dn: uid=anna,ou=people,dc=x
objectClass: inetOrgPerson
uid: anna
cn: Anna Berg
displayName:: SsO8cmdlbg==
mail: anna@x.example
departmentNumber: 12
l: Bern
title: Clerk with a title that is so long that the line has to be con
 tinued
entryUUID: 8D8AC610-566D-4EF0-9C22-186B2A5ED793

dn:: Y249TWV5ZXJcLCBKci4sb3U9cGVvcGxlLGRjPXg=
objectClass: person
cn: Meyer, Jr.

dn: cn=post,ou=groups,dc=x
objectClass: groupOfNames
cn: post
member: uid=anna,ou=people,dc=x
member: cn=placeholder
owner: uid=anna,ou=people,dc=x

dn: ou=groups,dc=x
objectClass: organizationalUnit
"""

ATTRIBUTES = st.sampled_from(["cn", "description", "member"])
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def only(text: str) -> Entry:
    (entry,) = read_entries(text)
    return entry


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "export.ldif"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def person(text: str) -> DirectoryPerson:
    entry = only("dn: uid=anna,dc=x\nobjectClass: inetOrgPerson\nuid: anna\n" + text)
    return mapping.person_from(mapping.plain(entry.attributes), entry.dn, Judge(NOW))


def group(text: str) -> DirectoryGroup:
    entry = only("dn: cn=post,dc=x\ncn: post\n" + text)
    return mapping.group_from(mapping.plain(entry.attributes), entry.dn)


@given(
    st.dictionaries(
        ATTRIBUTES, st.lists(VALUES | st.binary(max_size=100), min_size=1), min_size=1
    )
)
def test_what_is_rendered_is_read_back(
    attributes: dict[str, list[str | bytes]],
) -> None:
    text = render_entry("cn=ä\\,,dc=x", attributes)
    read = {
        name: [_octets(value) for value in values]
        for name, values in only(text).attributes.items()
    }
    assert read == {
        name: [_octets(value) for value in values]
        for name, values in attributes.items()
    }
    assert all(line.isascii() and len(line) <= 76 for line in text.splitlines())


def _octets(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


@given(st.text())
def test_any_text_is_either_read_or_refused(text: str) -> None:
    try:
        list(read_entries(text))
    except MalformedLdif as error:
        assert error.line > 0


def test_an_export_becomes_people_and_groups(tmp_path: Path) -> None:
    snapshot = snapshot_from_ldif(written(tmp_path, EXPORT))
    anna, meyer = snapshot.people
    assert anna == DirectoryPerson(
        key=str(GUID),
        dn="uid=anna,ou=people,dc=x",
        uid="anna",
        name="Jürgen",
        mail="anna@x.example",
        department="12",
        site="Bern",
        title="Clerk with a title that is so long that the line has to be continued",
    )
    assert (meyer.name, meyer.uid, meyer.key) == (
        "Meyer, Jr.",
        "Meyer, Jr.",
        name_based_key(meyer.dn),
    )
    (post,) = snapshot.groups
    assert post.members == ("uid=anna,ou=people,dc=x", "cn=placeholder")
    assert (post.attribute, post.needs_member, post.owners) == (
        "member",
        True,
        ("uid=anna,ou=people,dc=x",),
    )


def test_only_entries_below_the_bases_are_taken(tmp_path: Path) -> None:
    path = written(tmp_path, EXPORT)
    assert (
        len(
            snapshot_from_ldif(
                path, people_base="OU=People, DC=x", group_base="ou=roles,dc=x"
            ).groups
        )
        == 0
    )
    assert len(snapshot_from_ldif(path, people_base="OU=People, DC=x").people) == 2
    assert len(snapshot_from_ldif(path, people_base="ou=others,dc=x").people) == 0


def test_a_derived_identity_does_not_depend_on_the_spelling() -> None:
    assert (
        name_based_key("cn=A, dc=X")
        == name_based_key("cn=a,dc=x")
        == name_based_key(fold("CN=A,DC=x"))
    )


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    snapshot = snapshot_from_ldif(
        written(tmp_path, b"\xef\xbb\xbf" + EXPORT.replace("\n", "\r\n").encode())
    )
    assert len(snapshot.people) == 2


def test_an_active_directory_guid_becomes_canonical_text() -> None:
    encoded = base64.b64encode(GUID.bytes_le).decode()
    assert person(f"objectGUID:: {encoded}\n").key == str(GUID)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("dn: dc=x\nnonsense\n", 2),
        ("cn: a\n", 1),
        (" dn: dc=x\n", 1),
        ("dn: dc=x\n\n cn: a\n", 3),
        ("\ndn: dc=x\ncn:: %%%\n", 3),
        ("dn: dc=x\ncn:< file:///etc/passwd\n", 2),
        ("dn: dc=x\nchangetype: delete\n", 2),
        ("# a\ndn: not a name\n", 2),
        ("dn:: /w==\n", 1),
    ],
)
def test_what_is_not_ldif_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(MalformedLdif) as refused:
        list(read_entries(text))
    assert refused.value.line == line


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(MalformedLdif, match="LDIF line 2: not UTF-8"):
        snapshot_from_ldif(written(tmp_path, b"dn: dc=x\ncn: J\xfcrgen\n"))


def test_an_entry_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedLdif, match=r"line 5: cn=A,dc=x comes a second time"):
        snapshot_from_ldif(
            written(
                tmp_path,
                "dn: cn=a, dc=x\nobjectClass: person\ncn: a\n\ndn: cn=A,dc=x\ncn: a\n",
            )
        )


def test_an_export_that_the_server_cut_short_is_not_taken() -> None:
    with pytest.raises(IncompleteRead, match="Size limit exceeded"):
        list(
            read_entries(
                "dn: dc=x\ndc: x\n\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n"
            )
        )


def test_a_complete_export_with_its_closing_lines_is_read() -> None:
    assert (
        only(
            "dn: dc=x\ndc: x\n\nref: ldap://other/dc=x\n\nsearch: 2\nresult: 0 Success\n"
        ).dn
        == "dc=x"
    )


def test_a_change_is_one_record_that_deletes_before_it_adds() -> None:
    change = DirectoryChange(
        "k", "cn=post,dc=x", "member", add=("cn=b", "cn=ü"), delete=("cn=a",)
    )
    assert render_change(change) == (
        "dn: cn=post,dc=x\nchangetype: modify\n"
        "delete: member\nmember: cn=a\n-\n"
        "add: member\nmember: cn=b\nmember:: Y249w7w=\n-\n\n"
    )


def test_a_new_group_is_an_add_record() -> None:
    group = NewGroup(
        "cn=r,dc=x", (("objectClass", ("groupOfNames",)), ("member", ("cn=a", "cn=b")))
    )
    assert render_change(group) == (
        "dn: cn=r,dc=x\nchangetype: add\nobjectClass: groupOfNames\nmember: cn=a\nmember: cn=b\n\n"
    )


def test_a_file_of_changes_opens_with_its_header_as_comments() -> None:
    text = render_changes(
        [DirectoryChange("k", "dc=x", "member", add=("cn=a",))],
        "Wave 1\ndn: cn=not a record " + "x" * 90,
    )
    lines = text.splitlines()
    assert lines[:2] == ["version: 1", "# Wave 1"]
    assert [line for line in lines if line.startswith("dn:")] == ["dn: dc=x"]
    assert max(map(len, lines)) <= 76


def test_service_accounts_are_told_by_type_or_name() -> None:
    assert person("employeeType: service").service
    assert person_named("svc-backup").service
    assert person_named("SA_print").service
    assert not person_named("sabine").service


def person_named(uid: str) -> DirectoryPerson:
    return mapping.person_from({"uid": [uid]}, "cn=a,dc=x", Judge(NOW))


@pytest.mark.parametrize(
    ("kind", "attribute", "needs_member"),
    [
        ("groupOfNames", "member", True),
        ("groupOfUniqueNames", "uniqueMember", True),
        ("groupOfMembers", "member", False),
        ("posixGroup", "memberUid", False),
        ("organizationalRole", "roleOccupant", False),
        ("group", "member", False),
    ],
)
def test_each_kind_of_group_keeps_members_in_its_own_attribute(
    kind: str, attribute: str, needs_member: bool
) -> None:
    found = group(f"objectClass: top\nobjectClass: {kind}\n{attribute}: someone\n")
    assert (found.attribute, found.members, found.needs_member) == (
        attribute,
        ("someone",),
        needs_member,
    )


@pytest.mark.parametrize(
    ("bits", "scope"),
    [(-2147483646, "global"), (4, "domain local"), (8, "universal"), ("?", "")],
)
def test_the_scope_of_a_group_comes_from_its_type_bits(
    bits: int | str, scope: str
) -> None:
    assert group(f"objectClass: group\ngroupType: {bits}\n").scope == scope


def test_octets_from_a_server_become_text_without_what_is_none() -> None:
    raw = {"CN": [b"J\xc3\xbcrgen", b"\xff"], "objectGUID": [GUID.bytes_le], "mail": []}
    assert mapping.plain(raw) == {
        "cn": ["Jürgen"],
        "objectguid": [str(GUID)],
        "mail": [],
    }


def test_the_primary_group_is_of_the_domain_of_the_person() -> None:
    sid = bytes.fromhex("010500000000000515000000ebf6b3a20a37375e4b75b878f5010000")
    anna = mapping.plain({"objectSid": [sid], "primaryGroupID": ["513"]})
    assert (
        mapping.person_from(anna, "cn=anna,dc=x", Judge(NOW)).primary_group
        == "S-1-5-21-2729703147-1580676874-2025354571-513"
    )
    assert (
        mapping.person_from(
            {"primarygroupid": ["513"]}, "cn=anna,dc=x", Judge(NOW)
        ).primary_group
        == "513"
    )
    assert mapping.plain({"objectSid": [sid[:-1], b"\x01\x05", b""]}) == {
        "objectsid": []
    }


def test_the_accounts_a_domain_comes_with_belong_to_no_person() -> None:
    assert mapping.person_from(
        {"uid": ["krbtgt"], "iscriticalsystemobject": ["TRUE"]}, "cn=a,dc=x", Judge(NOW)
    ).service


def test_an_entry_without_a_name_of_its_own_is_called_after_its_dn() -> None:
    assert mapping.group_from({}, "cn=a\\,b,dc=x").cn == "a,b"
    assert mapping.person_from({}, "<GUID=1>", Judge(NOW)).uid == "<GUID=1>"


def test_what_is_neither_a_person_nor_a_group_is_told_apart() -> None:
    assert not mapping.is_person({"objectclass": ["user", "computer"]})
    assert not mapping.is_person({"objectclass": ["person", "contact"]})
    assert not mapping.is_person({"objectclass": ["account"]})
    assert mapping.is_person({"objectclass": ["account"], "uid": ["a"]})
    assert not mapping.is_group(
        {"objectclass": ["organizationalRole", "simpleSecurityObject"]}
    )
    assert mapping.is_group({"objectclass": ["organizationalRole"]})


@pytest.mark.parametrize("value", [":smile", ": two", "a:b", "::"])
def test_a_value_may_hold_colons(value: str) -> None:
    assert person(f"displayName: {value}\n").name == value

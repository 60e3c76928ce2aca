"""LDIF files as tools write them: understood, or refused because they are not whole; never half
believed.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldap_sync.ldif import read_entries, snapshot_from_ldif
from ldap_sync.ldif_file import MalformedLdif
from ldap_sync.port import DirectoryError, IncompleteRead
from ldap_sync.values import DirectorySnapshot

ADA = """dn: uid=ada,ou=people,dc=x
objectClass: inetOrgPerson
uid: ada
cn: Ada
sn: S
"""
BOB = ADA.replace("ada", "bob").replace("Ada", "Bob")
TEAM = """dn: cn=team,ou=groups,dc=x
objectClass: groupOfNames
cn: team
member: uid=ada,ou=people,dc=x
"""
SEARCHED = """# extended LDIF
#
# LDAPv3
# base <dc=x> with scope subtree

"""
END = """# search result
search: 2
result: 0 Success

"""


def of_active_directory(name: str, *lines: str) -> str:
    return "\r\n".join(
        (f"dn: CN={name},DC=ad,DC=x", "changetype: add", *lines, f"cn: {name}", "", "")
    )


def read(tmp_path: Path, content: str | bytes) -> DirectorySnapshot:
    path = tmp_path / "export.ldif"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return snapshot_from_ldif(path)


def shape(snapshot: DirectorySnapshot) -> tuple[list[str], dict[str, int]]:
    """The people, and how many members each group has."""
    return [each.uid for each in snapshot.people], {
        each.cn: len(each.members) for each in snapshot.groups
    }


PLAIN = (["ada"], {"team": 1})
UNDERSTOOD: dict[str, tuple[str | bytes, tuple[list[str], dict[str, int]]]] = {
    "an entry that is added, as ldifde of Windows writes each": (
        of_active_directory("ada", "objectClass: user", "sAMAccountName: ada")
        + of_active_directory(
            "team", "objectClass: group", "member: CN=ada,DC=ad,DC=x"
        ),
        PLAIN,
    ),
    "a control before an entry that is added": (
        f"{ADA}\n"
        + TEAM.replace(
            "objectClass", "control: 1.2.3 false\nchangetype: Add\nobjectClass", 1
        ),
        PLAIN,
    ),
    "all parts of a range": (
        f"{ADA}\n{TEAM}".replace("member:", "member;range=0-0:")
        + "member;range=1-*: uid=bob,ou=people,dc=x\n",
        (["ada"], {"team": 2}),
    ),
    "a range that is the whole": (
        f"{ADA}\n{TEAM}".replace("member:", "member;range=0-*:"),
        PLAIN,
    ),
    "a range nobody needs": (
        f"{ADA}servicePrincipalName;range=0-1: a\n\n{TEAM}",
        PLAIN,
    ),
    "a name in two languages": (f"{ADA}\n{TEAM}cn;lang-de: Gruppe\n", PLAIN),
    "a member under an option": (
        f"{ADA}\n{TEAM}member;x-added: uid=bob,ou=people,dc=x\n",
        (["ada"], {"team": 2}),
    ),
    "a slash in an attribute nobody needs": (
        f"{ADA}example.io/ldap/active: FALSE\n\n{TEAM}",
        PLAIN,
    ),
    "an underscore in one": (f"{ADA}acme_unit: 3\n\n{TEAM}", PLAIN),
    "a picture in another file": (
        f"{ADA}jpegPhoto:< file:///nowhere/photo\n\n{TEAM}",
        PLAIN,
    ),
    "broken base64 nobody needs": (f"{ADA}jpegPhoto:: %%%\n\n{TEAM}", PLAIN),
    "Latin-1 nobody needs": (
        f"{ADA}gecos: J\xfcrgen\n\n{TEAM}".encode("latin-1"),
        PLAIN,
    ),
    "a sign parted by the fold": (
        f"{ADA}\n{TEAM}".encode().replace(b"cn: Ada", b"cn: J\xc3\n \xbcrgen"),
        PLAIN,
    ),
    "a separator that holds a space": (f"{ADA} \n\n \n{TEAM}", PLAIN),
    "no separator at all": (f"{ADA}{TEAM}", PLAIN),
    "UTF-16 with its mark": (f"{ADA}\n{TEAM}".encode("utf-16"), PLAIN),
    "UTF-16, the large end first": (
        b"\xfe\xff" + f"{ADA}\n{TEAM}".encode("utf-16-be"),
        PLAIN,
    ),
    "UTF-16 without a mark": (f"{ADA}\r\n{TEAM}".encode("utf-16-le"), PLAIN),
    "what ldapsearch writes, with its own count": (
        f"{SEARCHED}{ADA}\n{TEAM}\n{END}# numResponses: 3\n# numEntries: 2\n",
        PLAIN,
    ),
    "two pages of a search": (
        f"{SEARCHED}{ADA}\n{END[:-1]}control: 1.2.840.113556.1.4.319 false MAUC\n"
        f"pagedresults: cookie=AQAA\n\n# numEntries: 1\n{TEAM}\n{END[:-1]}"
        "pagedresults: cookie=\n\n# numEntries: 1\n",
        PLAIN,
    ),
}

PARTIAL: dict[str, tuple[str | bytes, str]] = {
    "the first part of a range": (
        f"{ADA}\n{TEAM}".replace("member:", "member;range=0-0:"),
        r"line 7: cn=team,ou=groups,dc=x shows only a part of its member values \(1 of them\)",
    ),
    "a later part of a range": (
        f"{ADA}\n{TEAM}".replace("member:", "member;range=1500-*:"),
        "shows only a part of its member values",
    ),
    "a range with a hole": (
        f"{ADA}\n{TEAM}".replace("member:", "member;range=0-0:")
        + "member;range=2-*: uid=bob,ou=people,dc=x\n",
        "shows only a part of its member values",
    ),
    "a file that ends within a line": (
        f"{ADA}\n{TEAM}"[:-4],
        "line 10: the file ends in the middle of a line",
    ),
    "fewer entries than ldapsearch counted": (
        f"{SEARCHED}{ADA}\n{END}# numResponses: 3\n# numEntries: 2\n",
        "ldapsearch found 2 entries, the file has 1",
    ),
    "what ldapsearch writes, without the end": (
        f"{SEARCHED}{ADA}\n{TEAM}",
        "The end of what ldapsearch wrote",
    ),
    "the first page alone": (
        f"{SEARCHED}{ADA}\n{END[:-1]}pagedresults: cookie=AQAA\n",
        "The server had more pages",
    ),
    "a search the server cut": (
        f"{ADA}\nsearch: 2\nresult: 4 Size limit exceeded\n",
        "Size limit exceeded",
    ),
}

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "a change": (
        f"{ADA}\ndn: dc=x\nchangetype: modify\n",
        r"line 8: a change record \(modify\)",
    ),
    "a removal": (
        f"{ADA}\ndn: dc=x\nchangetype: delete\n",
        r"line 8: a change record \(delete\)",
    ),
    "a new name": (
        f"{ADA}\ndn: dc=x\nchangetype: modrdn\n",
        r"line 8: a change record \(modrdn\)",
    ),
    "a member in another file": (
        f"{ADA}\n{TEAM}member:< file:///x\n",
        "line 11: the value of member is kept",
    ),
    "a member in broken base64": (
        f"{ADA}\n{TEAM}member:: %%%\n",
        "line 11: the value of member is not base64",
    ),
    "a member in Latin-1": (
        f"{ADA}\n{TEAM}member: cn=J\xfcrgen\n".encode("latin-1"),
        "line 11: not UTF-8 text",
    ),
    "a line without a colon": (
        f"{ADA}ou=people,dc=x\n",
        "line 6: no attribute and colon",
    ),
    "UTF-16 cut within a sign": (f"{ADA}\n{TEAM}".encode("utf-16")[:-1], "breaks off"),
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_tools_write_is_understood(tmp_path: Path, name: str) -> None:
    content, expected = UNDERSTOOD[name]
    assert shape(read(tmp_path, content)) == expected


@pytest.mark.parametrize("name", PARTIAL)
def test_a_file_that_is_not_whole_is_never_believed(tmp_path: Path, name: str) -> None:
    content, said = PARTIAL[name]
    with pytest.raises(IncompleteRead, match=said):
        read(tmp_path, content)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_understood_is_refused_with_its_line(
    tmp_path: Path, name: str
) -> None:
    content, said = REFUSED[name]
    with pytest.raises(MalformedLdif, match=said):
        read(tmp_path, content)


@given(st.integers(1, len(SEARCHED + ADA + "\n" + TEAM + "\n" + END)))
def test_an_export_of_ldapsearch_cut_anywhere_is_refused_or_whole(size: int) -> None:
    whole = f"{SEARCHED}{ADA}\n{TEAM}\n{END}"
    try:
        found = [
            entry.dn for entry in read_entries(whole[:size].splitlines(keepends=True))
        ]
    except DirectoryError:
        return
    assert found == [] or len(found) == 2


@given(st.binary(max_size=400))
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("ldif") / "any.ldif"
    path.write_bytes(content)
    try:
        snapshot_from_ldif(path)
    except DirectoryError as error:
        assert str(error)


def test_the_primary_group_of_an_export_is_known_by_its_sid(tmp_path: Path) -> None:
    def sid(number: int) -> str:
        domain = (21, 1, 2, 3, number)
        parts = b"".join(part.to_bytes(4, "little") for part in domain)
        return base64.b64encode(bytes([1, 5, 0, 0, 0, 0, 0, 5]) + parts).decode()

    export = tmp_path / "ad.ldif"
    export.write_text(
        f"dn: CN=Ada,DC=x\nobjectClass: user\ncn: Ada\nsAMAccountName: ada\n"
        f"primaryGroupID: 513\nobjectSid:: {sid(1104)}\n\n"
        f"dn: CN=Users,DC=x\nobjectClass: group\ncn: Users\nobjectSid:: {sid(513)}\n\n"
    )
    read = snapshot_from_ldif(export)
    assert [one.primary_group for one in read.people] == [read.groups[0].key]

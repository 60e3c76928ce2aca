"""What servers leave lying about is no account: it is left out of an export, counted and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ldap_sync.debris import CONFLICT, DELETED
from ldap_sync.ldif import snapshot_from_ldif

PERSON = "objectClass: inetOrgPerson|cn: X|sn: X|uid: x"
DEBRIS = [  # DN, lines, why it is left out; nothing: it counts
    ("uid=x,dc=x", PERSON, ""),
    ("nsuniqueid=aa-0,uid=x,dc=x", f"{PERSON}|objectClass: nsTombstone", DELETED),
    (
        "nsuniqueid=aa-0+uid=x,dc=x",
        f"{PERSON}|nsds5ReplConflict: namingConflict (ADD) uid=x,dc=x",
        CONFLICT,
    ),
    ("CN=X\\0ACNF:1f2e,OU=Staff,DC=x", PERSON, CONFLICT),
    ("cn=x\\0acnf:1f2e,ou=staff,dc=x", PERSON, CONFLICT),
    ("CN=Miller\\, X\\0ACNF:1f2e,OU=Staff,DC=x", PERSON, CONFLICT),
    ("CN=X\\0ADEL:1f2e,CN=Deleted Objects,DC=x", f"{PERSON}|isDeleted: TRUE", DELETED),
    ("CN=X\\0ADEL:1f2e,CN=Deleted Objects,DC=x", PERSON, DELETED),
    ("CN=X,CN=Deleted Objects,DC=x", f"{PERSON}|isDeleted: TRUE", DELETED),
    ("CN=X,OU=Old\\0ACNF:1f2e,DC=x", PERSON, ""),
    ("CN=CNF: a name,DC=x", PERSON, ""),
    ("CN=X,DC=x", f"{PERSON}|isDeleted: FALSE", ""),
    (
        "CN=G\\0ACNF:1f2e,DC=x",
        "objectClass: groupOfNames|cn: G|member: uid=ada,dc=x",
        CONFLICT,
    ),
]


@pytest.mark.parametrize(("dn", "lines", "why"), DEBRIS)
def test_what_is_left_out(tmp_path: Path, dn: str, lines: str, why: str) -> None:
    export = tmp_path / "export.ldif"
    entry = "\n".join([f"dn: {dn}", *lines.split("|")])
    export.write_text(
        f"dn: uid=ada,dc=x\nobjectClass: inetOrgPerson\nuid: ada\n\n{entry}\n\n",
        encoding="utf-8",
    )
    read = snapshot_from_ldif(export)
    assert [(left.dn, left.why) for left in read.left_out] == (
        [(dn, why)] if why else []
    )
    assert len(read.people) + len(read.groups) == (1 if why else 2)

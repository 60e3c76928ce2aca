"""The demo directory answers as a real slapd does: every request here goes to both and must end
alike on both.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import ldap3
import pytest
from ldap3.operation.search import compile_filter, parse_filter
from ldap3.utils.asn1 import encode

from ldap_sync import ber
from ldap_sync.demo import DemoDirectory
from ldap_sync.demo.accounts import ROOT_PASSWORD
from ldap_sync.dn import fold
from ldap_sync.ldif import read_entries
from tests.ldap_sync.servers import (
    ADMIN,
    GROUPS,
    PASSWORD,
    PEOPLE,
    SUFFIX,
    TREE,
    Slapd,
    group_ldif,
    person_ldif,
)

ANNA, MEYER, GHOST = (
    f"uid=anna,{PEOPLE}",
    f"cn=Meyer\\, Jr.,{PEOPLE}",
    f"uid=ghost,{PEOPLE}",
)
NAMES = ("anna", "Beat  Frei", "Jürgen", "山田")
DATA = (
    "".join(person_ldif(name) for name in NAMES)
    + person_ldif("meyer", MEYER, cn="Meyer, Jr.", title="Clerk")
    + group_ldif("team", [ANNA, MEYER])
    + group_ldif("unix", ["anna", "Anna2"], kind="posixGroup")
    + group_ldif("unique", [f"{ANNA}#'0101'B"], kind="groupOfUniqueNames")
)
ADD, DELETE, REPLACE = ldap3.MODIFY_ADD, ldap3.MODIFY_DELETE, ldap3.MODIFY_REPLACE
UUID = "00000000-0000-0000-0000-000000000000"
_numbers = itertools.count(1)


class Pair:
    """The same connection to both servers."""

    def __init__(self, *both: ldap3.Connection) -> None:
        self.both = both

    def group(self, *members: str) -> str:
        """Create the same new group on both and return its DN."""
        dn = f"cn=g{next(_numbers)},{GROUPS}"
        for connection in self.both:
            assert connection.add(
                dn, "groupOfNames", {"member": list(members or (ANNA, MEYER))}
            ), connection.result
        return dn

    def code(self, ask: Callable[[ldap3.Connection], object]) -> int:
        """Ask both the same and return the result code that they agree upon."""
        codes = []
        for connection in self.both:
            ask(connection)
            codes.append(int(connection.result["result"]))
        assert codes[0] == codes[1], (
            f"slapd says {self.both[0].result}, the demo {self.both[1].result}"
        )
        return codes[0]

    def modify(
        self, dn: str, *changes: tuple[str, str, list[str]], **options: Any
    ) -> int:
        """Send both the same Modify."""
        return self.code(
            lambda connection: connection.modify(dn, _ordered(changes), **options)
        )

    def found(
        self, text: str, base: str = SUFFIX, **options: Any
    ) -> list[dict[str, list[bytes]]]:
        """Search both alike and return the attributes by DN that they agree upon."""
        answers = []
        for connection in self.both:
            connection.search(base, text, **options)
            found = (
                each for each in connection.response if each["type"] == "searchResEntry"
            )
            answers.append(
                sorted(
                    (fold(each["dn"]), _comparable(each["raw_attributes"]))
                    for each in found
                )
            )
        assert answers[0] == answers[1]
        return [dict(attributes) for _, attributes in answers[0]]

    def members(self, dn: str) -> list[bytes]:
        """Return the members that both list."""
        return self.found(
            "(objectClass=*)", dn, search_scope=ldap3.BASE, attributes=["member"]
        )[0]["member"]


def _comparable(attributes: dict[str, list[bytes]]) -> list[tuple[str, list[bytes]]]:
    """Fold DNs, which slapd spells its own way."""
    folded = {
        "member": [
            fold(value.decode()).encode() for value in attributes.get("member", [])
        ]
    }
    return sorted(
        ({**attributes, **folded} if "member" in attributes else attributes).items()
    )


def _ordered(
    changes: tuple[tuple[str, str, list[str]], ...],
) -> dict[str, list[tuple[str, list[str]]]]:
    attributes: dict[str, list[tuple[str, list[str]]]] = {}
    for kind, name, values in changes:
        attributes.setdefault(name, []).append((kind, values))
    return attributes


@contextlib.contextmanager
def connected(
    url: str, dn: str | None = ADMIN, password: str | None = PASSWORD
) -> Iterator[ldap3.Connection]:
    server = ldap3.Server(url, get_info=ldap3.NONE)
    connection = ldap3.Connection(
        server,
        dn,
        password,
        check_names=False,
        receive_timeout=10,
        raise_exceptions=False,
    )
    try:
        connection.bind()
        yield connection
    finally:
        connection.unbind()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    entries = list(read_entries(f"{TREE}\n{DATA}"))
    demo = DemoDirectory(
        tmp_path_factory.mktemp("demo"), seed=lambda: entries, durable=False
    )
    with Slapd(ldif=DATA) as slapd, demo:
        yield slapd.url, demo.url()


@pytest.fixture(scope="module")
def pair(servers: tuple[str, str]) -> Iterator[Pair]:
    with (
        connected(servers[0]) as slapd,
        connected(servers[1], password=ROOT_PASSWORD) as demo,
    ):
        yield Pair(slapd, demo)


def asserted(text: str, critical: bool = True) -> list[tuple[str, bool, bytes]]:
    parsed = parse_filter(
        text,
        None,
        auto_escape=False,
        auto_encode=False,
        validator=None,
        check_names=False,
    )
    return [("1.3.6.1.1.12", critical, encode(compile_filter(parsed.elements[0])))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([(ADD, "member", [GHOST])], 0),
        ([(ADD, "member", [ANNA])], 20),
        ([(ADD, "member", [f"UID=Anna ,  {PEOPLE}"])], 20),
        ([(ADD, "member", [f"cn=Meyer\\2c Jr.,{PEOPLE}"])], 20),
        ([(ADD, "member", [GHOST, GHOST.upper()])], 20),
        ([(ADD, "member", ["nonsense"])], 21),
        ([(DELETE, "member", ["nonsense"])], 21),
        ([(DELETE, "member", [GHOST])], 16),
        ([(DELETE, "owner", [GHOST])], 16),
        ([(DELETE, "owner", [])], 16),
        ([(DELETE, "member", [ANNA])], 0),
        ([(DELETE, "member", [ANNA, MEYER])], 65),
        ([(DELETE, "member", [])], 65),
        ([(DELETE, "member", [ANNA, MEYER]), (ADD, "member", [GHOST])], 0),
        ([(DELETE, "member", [ANNA]), (ADD, "member", [ANNA])], 0),
        ([(ADD, "member", [ANNA]), (DELETE, "member", [ANNA])], 20),
        ([(ADD, "member", [GHOST]), (DELETE, "member", [f"{GHOST},dc=y"])], 16),
        ([(REPLACE, "member", [GHOST])], 0),
        ([(REPLACE, "member", [])], 65),
        ([(REPLACE, "owner", [])], 0),
        ([(ADD, "member", [])], 2),
        ([(ADD, "nosuch", ["a"])], 17),
        ([(ADD, "mail", ["a"])], 65),
        ([(ADD, "entryUUID", [UUID])], 19),
        ([(DELETE, "cn", [])], 64),
        ([(REPLACE, "cn", ["other"])], 64),
        ([(REPLACE, "objectClass", ["groupOfNames", "nosuch"])], 21),
        ([(DELETE, "objectClass", [])], 65),
        ([(ADD, "description", ["a", "A "])], 20),
    ],
)
def test_a_modify_ends_as_on_slapd(
    pair: Pair, changes: list[tuple[str, str, list[str]]], code: int
) -> None:
    dn = pair.group()
    before = pair.members(dn)
    assert pair.modify(dn, *changes) == code
    assert (
        pair.members(dn) == before
    ) or code == 0  # the same on both, and untouched where it was refused


@pytest.mark.parametrize(
    ("dn", "code"),
    [
        (f"cn=nobody,{GROUPS}", 32),
        ("nonsense", 34),
        (f"cn=team,ou=nowhere,{SUFFIX}", 32),
    ],
)
def test_a_modify_of_no_entry_ends_as_on_slapd(pair: Pair, dn: str, code: int) -> None:
    assert pair.modify(dn, (ADD, "member", [ANNA])) == code


def test_a_single_value_is_kept_single(pair: Pair) -> None:
    assert pair.modify(ANNA, (ADD, "displayName", ["a", "b"])) == 19


@pytest.mark.parametrize(
    ("text", "critical", "code"),
    [
        (f"(member={ANNA})", True, 0),
        (f"(!(member={ANNA}))", True, 122),
        (f"(!(member={ANNA}))", False, 122),
        (f"(entryUUID={UUID})", True, 122),
        ("(nosuch=a)", True, 122),
        ("(!(nosuch=a))", True, 122),
    ],
)
def test_an_assertion_is_held(pair: Pair, text: str, critical: bool, code: int) -> None:
    dn = pair.group()
    assert (
        pair.modify(dn, (ADD, "member", [GHOST]), controls=asserted(text, critical))
        == code
    )
    assert len(pair.members(dn)) == (3 if code == 0 else 2)


def test_a_control_that_nobody_knows_stops_a_request_only_if_critical(
    pair: Pair,
) -> None:
    dn = pair.group()
    assert (
        pair.modify(dn, (ADD, "member", [GHOST]), controls=[("1.2.3", True, None)])
        == 12
    )
    assert len(pair.members(dn)) == 2
    assert (
        pair.modify(dn, (ADD, "member", [GHOST]), controls=[("1.2.3", False, None)])
        == 0
    )


def selection(oid: str, critical: bool, name: str) -> list[tuple[str, bool, bytes]]:
    return [(oid, critical, ber.sequence([ber.octets(name)]))]


@pytest.mark.parametrize(
    ("oid", "critical", "name", "code"),
    [
        ("1.3.6.1.1.13.2", True, "cn", 0),
        ("1.3.6.1.1.13.2", True, "nosuch", 17),
        ("1.3.6.1.1.13.1", True, "nosuch", 17),
        ("1.3.6.1.1.13.1", False, "nosuch", 0),
    ],
)
def test_reading_along_with_a_write_ends_as_on_slapd(
    pair: Pair, oid: str, critical: bool, name: str, code: int
) -> None:
    dn = pair.group()
    assert (
        pair.modify(
            dn, (ADD, "member", [GHOST]), controls=selection(oid, critical, name)
        )
        == code
    )
    read = [
        connection.result.get("controls", {}).get(oid, {}).get("value")
        for connection in pair.both
    ]
    assert read[0] == read[1]
    assert len(pair.members(dn)) == (3 if code == 0 else 2)


@pytest.mark.parametrize(
    ("dn", "classes", "attributes", "code"),
    [
        (f"cn=new,{GROUPS}", ["groupOfNames"], {"member": [ANNA]}, 0),
        (f"cn=team,{GROUPS}", ["groupOfNames"], {"member": [ANNA]}, 68),
        (f"cn=n,ou=nowhere,{SUFFIX}", ["groupOfNames"], {"member": [ANNA]}, 32),
        (f"cn=n,{GROUPS}", ["groupOfNames"], {}, 65),
        (f"cn=n,{GROUPS}", ["groupOfNames"], {"member": ["nonsense"]}, 21),
        (f"cn=new2,{GROUPS}", ["groupOfNames"], {"cn": "other", "member": [ANNA]}, 0),
        (f"cn=n,{GROUPS}", ["nosuch"], {"member": [ANNA]}, 21),
        (f"cn=n,{GROUPS}", ["simpleSecurityObject"], {"userPassword": "a"}, 65),
        (f"cn=n,{GROUPS}", ["groupOfNames"], {"member": [ANNA], "nosuch": "a"}, 17),
        (f"cn=n,{GROUPS}", ["groupOfNames"], {"member": [ANNA], "entryUUID": UUID}, 19),
        ("nonsense", ["groupOfNames"], {"member": [ANNA]}, 34),
    ],
)
def test_an_add_ends_as_on_slapd(
    pair: Pair, dn: str, classes: list[str], attributes: dict[str, Any], code: int
) -> None:
    given = (
        attributes
        if "cn" in attributes or not dn.startswith("cn=")
        else {"cn": dn[3:].partition(",")[0]} | attributes
    )
    assert pair.code(lambda connection: connection.add(dn, classes, given)) == code


def test_a_delete_ends_as_on_slapd(pair: Pair) -> None:
    dn = pair.group()
    assert pair.code(lambda connection: connection.delete(GROUPS)) == 66
    assert (
        pair.code(
            lambda connection: connection.delete(dn, controls=asserted("(cn=other)"))
        )
        == 122
    )
    assert pair.code(lambda connection: connection.delete(dn)) == 0
    assert pair.code(lambda connection: connection.delete(dn)) == 32


def test_a_rename_ends_as_on_slapd(pair: Pair) -> None:
    dn, other = pair.group(), pair.group()
    taken = other.partition(",")[0]
    assert pair.code(lambda connection: connection.modify_dn(dn, taken)) == 68
    assert (
        pair.code(
            lambda connection: connection.modify_dn(
                dn, "cn=x", new_superior=f"ou=no,{SUFFIX}"
            )
        )
        == 32
    )
    assert pair.code(
        lambda connection: connection.modify_dn(GROUPS, "ou=groups", new_superior=dn)
    ) in (53, 80)
    assert pair.code(lambda connection: connection.modify_dn(dn, "nonsense")) == 34
    assert (
        pair.code(
            lambda connection: connection.modify_dn(
                dn, "cn=R\\, D", new_superior=PEOPLE
            )
        )
        == 0
    )
    assert len(pair.found("(cn=r, d)", PEOPLE, attributes=["cn", "member"])) == 1
    assert (
        pair.code(
            lambda connection: connection.modify_dn(
                f"cn=R\\2C D,{PEOPLE}", "cn=s", delete_old_dn=False
            )
        )
        == 0
    )
    assert pair.found("(cn=s)", PEOPLE, attributes=["cn"])[0]["cn"] == [b"R, D", b"s"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("member", ANNA.upper(), 6),
        ("member", GHOST, 5),
        ("owner", ANNA, 16),
        ("nosuch", "a", 17),
        ("member", "no", 21),
    ],
)
def test_a_compare_ends_as_on_slapd(
    pair: Pair, name: str, value: str, code: int
) -> None:
    assert (
        pair.code(
            lambda connection: connection.compare(f"cn=team,{GROUPS}", name, value)
        )
        == code
    )


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("(objectClass=person)", 5),
        ("(objectClass=nosuch)", 0),
        ("(!(objectClass=nosuch))", 0),
        ("(uid=ANNA)", 1),
        ("(cn=beat frei)", 1),
        ("(cn=Beat*)", 1),
        ("(cn=*a*n*)", 1),
        ("(cn=*RGEN)", 1),
        ("(cn=山*)", 1),
        ("(cn=Meyer, Jr.)", 1),
        ("(&(title=clerk)(uid=meyer))", 1),
        ("(&(title=clerk)(uid=anna))", 0),
        ("(|(title=clerk)(uid=anna))", 2),
        ("(!(title=clerk))", 9),
        ("(title=*)", 1),
        ("(nosuch=*)", 0),
        ("(!(nosuch=*))", 0),
        ("(|(nosuch=a)(uid=anna))", 1),
        ("(!(|(nosuch=a)(uid=anna)))", 0),
        (f"(member={ANNA})", 1),
        (f"(member=uid=ANNA , {PEOPLE})", 1),
        ("(member=nonsense)", 0),
        ("(!(member=nonsense))", 0),
        ("(member=*anna*)", 0),
        (f"(uniqueMember={ANNA}#'0101'B)", 1),
        ("(memberUid=anna)", 1),
        ("(memberUid=ANNA2)", 0),
        ("(memberUid=An*)", 1),
        ("(gidNumber>=4711)", 1),
        ("(gidNumber>=47110)", 0),
        ("(gidNumber<=4711)", 1),
        ("(modifyTimestamp>=20000101000000Z)", 10),
        ("(uid~=anna)", 1),
        ("(member:1.2.840.113556.1.4.1941:=x)", 0),
    ],
)
def test_a_filter_finds_what_slapd_finds(pair: Pair, text: str, hits: int) -> None:
    only = f"(&{text}(!(cn=g*))(!(cn=new*))(!(cn=s)))"  # without what other tests have made
    assert len(pair.found(only, PEOPLE) + pair.found(only, GROUPS)) == hits


@pytest.mark.parametrize(
    "names", [[], ["*"], ["cn"], ["CN", "nosuch"], ["1.1"], ["title", "*"]]
)
def test_the_attributes_asked_for_come_back(pair: Pair, names: list[str]) -> None:
    assert pair.found("(uid=meyer)", attributes=names or None)


def test_only_the_names_of_attributes_come_if_so_wished(pair: Pair) -> None:
    assert pair.found("(uid=meyer)", attributes=["cn", "title"], types_only=True) == [
        {"cn": None, "title": None}
    ]


def test_operational_attributes_come_on_request_only(pair: Pair) -> None:
    for connection in pair.both:
        connection.search(ANNA, "(uid=anna)", ldap3.BASE, attributes=["+"])
        read = connection.response[0]["raw_attributes"]
        assert {
            "entryUUID",
            "entryCSN",
            "createTimestamp",
            "modifyTimestamp",
            "structuralObjectClass",
        } <= read.keys()
        assert "cn" not in read


@pytest.mark.parametrize(
    ("base", "code"), [(f"ou=nowhere,{SUFFIX}", 32), ("nonsense", 34), ("", 32)]
)
def test_a_search_from_nowhere_ends_as_on_slapd(
    pair: Pair, base: str, code: int
) -> None:
    assert (
        pair.code(lambda connection: connection.search(base, "(cn=a)", ldap3.SUBTREE))
        == code
    )


def test_a_size_limit_gives_some_entries_and_code_4(pair: Pair) -> None:
    assert (
        pair.code(
            lambda connection: connection.search(
                SUFFIX, "(objectClass=*)", size_limit=3
            )
        )
        == 4
    )
    assert [len(connection.response) for connection in pair.both] == [3, 3]


def test_the_scopes_see_the_same_entries(pair: Pair) -> None:
    for scope in (ldap3.BASE, ldap3.LEVEL, ldap3.SUBTREE):
        pair.found(
            "(|(objectClass=organization)(objectClass=organizationalUnit))",
            search_scope=scope,
        )


@pytest.mark.parametrize(
    ("dn", "password", "code"),
    [
        (ADMIN, "wrong", 49),
        (GHOST, "a", 49),
        ("nonsense", "a", 34),
        (ANNA, "a", 49),
        (f"cn=reader,{SUFFIX}", PASSWORD, 0),
    ],
)
def test_a_sign_in_ends_as_on_slapd(
    servers: tuple[str, str], dn: str, password: str, code: int
) -> None:
    with (
        connected(servers[0], None, None) as slapd,
        connected(servers[1], None, None) as demo,
    ):
        assert (
            Pair(slapd, demo).code(
                lambda connection: connection.rebind(user=dn, password=password)
            )
            == code
        )


def test_pages_of_a_search_add_up(pair: Pair) -> None:
    seen = []
    for connection in pair.both:
        found = connection.extend.standard.paged_search(
            SUFFIX, "(objectClass=person)", paged_size=2, attributes=["cn"]
        )
        seen.append(sorted(fold(each["dn"]) for each in found))
    assert seen[0] == seen[1]
    assert len(seen[0]) == 5


def test_whoever_asks_is_told_who_they_are(pair: Pair) -> None:
    assert [connection.extend.standard.who_am_i() for connection in pair.both] == [
        f"dn:{ADMIN}"
    ] * 2
    assert pair.code(lambda connection: connection.extended("1.2.3.4")) == 2

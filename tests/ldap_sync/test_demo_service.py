"""The demo directory lets each account do only its part and withstands whatever comes over the
wire.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import ldap3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ldap_sync import ber
from ldap_sync.demo import DemoDirectory
from ldap_sync.demo.accounts import (
    GROUPS,
    PEOPLE,
    READ_DN,
    READ_PASSWORD,
    ROLES,
    ROOT_DN,
    SUFFIX,
    WRITE_DN,
    WRITE_PASSWORD,
    demo_connection,
)
from ldap_sync.ldif import render_changes
from ldap_sync.values import DirectoryChange, NewGroup, inverse
from tests.ldap_sync.demo_clients import ANNA, GROUP, change, client, members


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoDirectory]:
    with DemoDirectory(tmp_path / "demo", durable=False) as running:
        yield running


@pytest.mark.parametrize(
    ("dn", "target", "code"),
    [
        (WRITE_DN, GROUP, 0),
        (ROOT_DN, GROUP, 0),
        (READ_DN, GROUP, 50),
        (None, GROUP, 8),
        (WRITE_DN, ANNA, 50),
        (WRITE_DN, GROUPS, 50),
        (WRITE_DN, f"cn=rung-read,ou=services,{SUFFIX}", 50),
    ],
)
def test_each_account_writes_only_where_it_may(
    demo: DemoDirectory, dn: str | None, target: str, code: int
) -> None:
    with client(demo, dn) as connection:
        connection.modify(target, {"description": [(ldap3.MODIFY_REPLACE, ["x"])]})
        assert connection.result["result"] == code


def test_the_writer_creates_and_moves_only_inside_its_branches(
    demo: DemoDirectory,
) -> None:
    with client(demo) as connection:
        assert connection.add(f"cn=clerk,{ROLES}", "groupOfNames", {"member": [ANNA]})
        assert connection.modify_dn(
            f"cn=clerk,{ROLES}", "cn=clerk", new_superior=GROUPS
        )
        assert not connection.modify_dn(
            f"cn=clerk,{GROUPS}", "cn=clerk", new_superior=PEOPLE
        )
        assert connection.result["result"] == 50
        assert not connection.add(
            f"cn=clerk,{PEOPLE}", "groupOfNames", {"member": [ANNA]}
        )
        assert connection.result["result"] == 50
        assert not connection.delete(ANNA)
        assert connection.result["result"] == 50


def test_who_has_not_signed_in_sees_the_root_entry_only(demo: DemoDirectory) -> None:
    with client(demo, None) as connection:
        assert connection.search("", "(objectClass=*)", ldap3.BASE, attributes=["+"])
        assert connection.response[0]["attributes"]["vendorName"] == [
            "Rung demo directory"
        ]
        assert not connection.search(SUFFIX, "(objectClass=*)")
        assert connection.result["result"] == 50


def test_passwords_are_shown_to_nobody_but_the_administrator(
    demo: DemoDirectory,
) -> None:
    for dn, shown in ((READ_DN, 0), (ROOT_DN, 2)):
        with client(demo, dn) as connection:
            connection.search(SUFFIX, "(userPassword=*)", attributes=["userPassword"])
            assert len(connection.response) == shown


def test_memberof_lists_direct_groups_and_follows_every_change(
    demo: DemoDirectory,
) -> None:
    def memberof() -> list[str]:
        connection.search(SUFFIX, "(uid=anna.berg)", attributes=["memberOf"])
        return list(connection.response[0]["attributes"]["memberOf"])

    with client(demo, ROOT_DN) as connection:
        before = memberof()
        assert f"cn=list-bern,{GROUPS}" in before
        assert f"cn=list-all,{GROUPS}" not in before  # through list-bern
        change(connection, ANNA)
        assert set(memberof()) - set(before) == {GROUP}
        assert connection.search(SUFFIX, f"(&(memberOf={GROUP})(uid=anna*))")
        connection.modify_dn(GROUP, "cn=Renamed, too")
        assert f"cn=Renamed\\2C too,{GROUPS}" not in before
        renamed = (set(memberof()) - set(before)).pop()
        connection.delete(renamed)
        assert memberof() == before


def test_memberof_knows_nothing_of_groups_that_use_another_attribute(
    demo: DemoDirectory,
) -> None:
    with client(demo, READ_DN) as connection:
        connection.search(SUFFIX, "(uid=elise.roux)", attributes=["memberOf"])
        shown = connection.response[0]["attributes"]["memberOf"]
        connection.search(
            GROUPS, "(uniqueMember=uid=elise.roux,ou=people,dc=demo,dc=example)"
        )
        (listing,) = connection.response
    assert listing["dn"] == f"cn=printer-lyon,{GROUPS}"
    assert listing["dn"] not in shown
    assert f"cn=list-lyon,{GROUPS}" in shown


def test_a_person_who_moved_stays_behind_in_groups(demo: DemoDirectory) -> None:
    with client(demo, ROOT_DN) as connection:
        change(connection, ANNA)
        connection.modify_dn(ANNA, "uid=anna.new")
        assert ANNA in members(demo)
        connection.search(SUFFIX, "(uid=anna.new)", attributes=["memberOf", "uid"])
        assert connection.response[0]["attributes"]["memberOf"] == []
        assert connection.response[0]["attributes"]["uid"] == ["anna.new"]


def test_writers_racing_for_one_value_have_one_winner(demo: DemoDirectory) -> None:
    server = ldap3.Server(demo.url(), get_info=ldap3.NONE)
    racers = [
        ldap3.Connection(server, WRITE_DN, WRITE_PASSWORD, client_strategy=ldap3.ASYNC)
        for _ in range(4)
    ]
    for racer in racers:
        racer.bind()
    asked = [
        racer.modify(GROUP, {"member": [(ldap3.MODIFY_ADD, [ANNA])]})
        for racer in racers
    ]
    codes = [
        racer.get_response(message)[1]["result"]
        for racer, message in zip(racers, asked, strict=True)
    ]
    for racer in racers:
        racer.unbind()
    assert sorted(codes) == [0, 20, 20, 20]


def test_an_entry_csn_never_comes_twice(demo: DemoDirectory) -> None:
    seen = set()
    with client(demo) as connection:
        for number in range(20):
            change(connection, f"uid=n{number},{PEOPLE}")
            connection.search(GROUP, "(cn=*)", ldap3.BASE, attributes=["entryCSN"])
            seen.add(connection.response[0]["attributes"]["entryCSN"][0])
    assert len(seen) == 20


def test_ldapmodify_runs_our_change_files_forward_and_back(demo: DemoDirectory) -> None:
    before = members(demo)
    changes: list[DirectoryChange | NewGroup] = [
        NewGroup(
            f"cn=R\\+D,{ROLES}",
            (("objectClass", ("groupOfNames",)), ("cn", ("R+D",)), ("member", (ANNA,))),
        ),
        DirectoryChange(
            "",
            GROUP,
            "member",
            add=(ANNA, f"cn=Jürgen Köhler,{PEOPLE}"),
            delete=tuple(before),
        ),
    ]
    back = [inverse(each) for each in changes if isinstance(each, DirectoryChange)]
    for file, expected in (
        (changes, {ANNA, f"cn=Jürgen Köhler,{PEOPLE}"}),
        (back, set(before)),
    ):
        _ldapmodify(demo, render_changes(file, "Wave 1, Jürgen"))
        assert set(members(demo)) == expected
    assert members(demo, f"cn=R\\+D,{ROLES}") == [ANNA]


def _ldapmodify(demo: DemoDirectory, text: str) -> None:
    command = [
        "ldapmodify",
        "-x",
        "-H",
        demo.url(),
        "-D",
        WRITE_DN,
        "-w",
        WRITE_PASSWORD,
    ]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr


def test_ldapsearch_reads_all_pages(demo: DemoDirectory) -> None:
    command = [
        "ldapsearch",
        "-LLL",
        "-x",
        "-H",
        demo.url(),
        "-D",
        READ_DN,
        "-w",
        READ_PASSWORD,
        "-b",
        SUFFIX,
    ]
    done = subprocess.run(
        [*command, "-E", "pr=7/noprompt", "1.1"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout.count("dn:") == 114


def _exchange(demo: DemoDirectory, data: bytes) -> bytes:
    port = int(demo.url().rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def _code(answer: bytes) -> int:
    """Return the result code of a short answer: header 2, number 3, tag and length 2,
    enumerated 3.
    """
    return answer[9]


@pytest.mark.parametrize(
    ("version", "name", "method", "code"),
    [
        (3, "", ber.octets("", 0x80), 0),
        (2, "", ber.octets("", 0x80), 2),
        (3, ANNA, ber.octets("", 0x80), 53),
        (3, "", ber.sequence([ber.octets("EXTERNAL")], 0xA3), 7),
    ],
)
def test_only_simple_binds_with_a_password_sign_in(
    demo: DemoDirectory, version: int, name: str, method: bytes, code: int
) -> None:
    bind = ber.sequence([ber.integer(version), ber.octets(name), method], 0x60)
    assert (
        _code(_exchange(demo, _message(bind) + _message(ber.encode(0x42, b"")))) == code
    )


def test_an_abandoned_request_is_not_answered(demo: DemoDirectory) -> None:
    assert (
        _exchange(
            demo, _message(ber.integer(1, 0x50)) + _message(ber.encode(0x42, b""))
        )
        == b""
    )


def test_a_filter_nested_without_end_is_refused(demo: DemoDirectory) -> None:
    wanted = ber.octets("cn", 0x87)
    for _ in range(5000):
        wanted = ber.encode(0xA2, wanted)
    limits = [
        ber.octets(""),
        ber.enumerated(0),
        ber.enumerated(0),
        ber.integer(0),
        ber.integer(0),
        ber.boolean(False),
    ]
    search = ber.sequence([*limits, wanted, ber.sequence([])], 0x63)
    assert b"nested too deeply" in _exchange(demo, _message(search))
    assert members(demo)


def test_a_search_can_be_given_up_between_pages(demo: DemoDirectory) -> None:
    with client(demo) as connection:
        connection.search(SUFFIX, "(objectClass=person)", paged_size=10)
        cookie = connection.result["controls"]["1.2.840.113556.1.4.319"]["value"][
            "cookie"
        ]
        value = ber.sequence([ber.integer(0), ber.octets(cookie)])
        page = ("1.2.840.113556.1.4.319", True, value)
        connection.search(SUFFIX, "(objectClass=person)", controls=[page])
        assert (connection.response, connection.result["result"]) == ([], 0)
        connection.search(
            SUFFIX, "(objectClass=person)", paged_size=10, paged_cookie=cookie
        )
        assert connection.result["result"] == 53


def _message(*parts: bytes) -> bytes:
    return ber.sequence([ber.integer(1), *parts])


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.0\r\n\r\n" + b" " * 80,
        b"\x30\x84\x7f\xff\xff\xff",
        b"\x30\x03\x02\x01\x01",
        _message(ber.encode(0x63, b"\x04\x00")),
        _message(ber.encode(0x66, ber.octets("dc=x") + b"\x04\x00")),
        _message(ber.encode(0x5F, b"")),
        _message(ber.encode(0x4A, b"\xff")),
    ],
)
def test_broken_octets_are_answered_with_a_notice_and_hurt_nobody_else(
    demo: DemoDirectory, data: bytes
) -> None:
    assert b"1.3.6.1.4.1.1466.20036" in _exchange(demo, data)
    assert members(demo)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from([0x60, 0x63, 0x66, 0x68, 0x4A, 0x6C, 0x6E, 0x77]),
    st.binary(max_size=60),
)
def test_no_rubbish_takes_the_directory_down(
    demo: DemoDirectory, tag: int, rubbish: bytes
) -> None:
    _exchange(
        demo, _message(ber.encode(tag, rubbish)) + _message(ber.encode(0x42, b""))
    )
    assert members(demo)


def test_the_connection_of_the_demo_names_accounts_that_can_sign_in(
    demo: DemoDirectory,
) -> None:
    connection = demo_connection(demo.url())
    server = ldap3.Server(connection.url, get_info=ldap3.NONE)
    accounts: Iterable[tuple[str, str]] = (
        (connection.bind_dn, connection.bind_password),
        (connection.write_dn, connection.write_password),
    )
    for dn, password in accounts:
        with ldap3.Connection(server, dn, password) as signed_in:
            assert signed_in.bound

"""The demo directory plays a nasty server exactly as scripted, and is a good one again
afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import ldap3
import pytest
from ldap3.core.exceptions import LDAPCommunicationError

from ldap_sync.demo import DemoDirectory
from ldap_sync.demo.accounts import GROUPS, PEOPLE, READ_DN, SUFFIX, WRITE_DN
from tests.ldap_sync.demo_clients import ANNA, client

GROUP = f"cn=app-finance-posting,{GROUPS}"
GHOST = f"uid=ghost,{PEOPLE}"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoDirectory]:
    with DemoDirectory(tmp_path, durable=False) as running:
        yield running


def put(connection: ldap3.Connection) -> int:
    connection.modify(GROUP, {"member": [(ldap3.MODIFY_ADD, [GHOST])]})
    return int(connection.result["result"])


def has_ghost(demo: DemoDirectory) -> bool:
    with client(demo) as connection:
        return bool(connection.compare(GROUP, "member", GHOST))


def test_a_lost_answer_belongs_to_a_change_that_was_made(demo: DemoDirectory) -> None:
    demo.faults.drop_answer()
    with client(demo) as connection, pytest.raises(LDAPCommunicationError):
        put(connection)
    assert has_ghost(demo)


def test_a_lost_request_was_never_made(demo: DemoDirectory) -> None:
    demo.faults.drop_request()
    with client(demo) as connection, pytest.raises(LDAPCommunicationError):
        put(connection)
    assert not has_ghost(demo)


def test_the_nth_modify_is_answered_as_scripted_and_not_made(
    demo: DemoDirectory,
) -> None:
    demo.faults.answer(53, "server is read-only", nth=2)
    with client(demo) as connection:
        assert put(connection) == 0
        connection.modify(GROUP, {"member": [(ldap3.MODIFY_DELETE, [GHOST])]})
        assert (connection.result["result"], connection.result["message"]) == (
            53,
            "server is read-only",
        )
        assert has_ghost(demo)
        connection.modify(GROUP, {"member": [(ldap3.MODIFY_DELETE, [GHOST])]})
        assert connection.result["result"] == 0
    assert demo.faults.seen["modify"] == 3


def test_a_later_page_can_fail(demo: DemoDirectory) -> None:
    demo.faults.answer(51, "busy", operation="search", nth=2)
    with client(demo) as connection:
        connection.search(SUFFIX, "(objectClass=person)", paged_size=10)
        assert connection.result["result"] == 0
        connection.search(
            SUFFIX,
            "(objectClass=person)",
            paged_size=10,
            paged_cookie=cookie(connection),
        )
        assert connection.result["result"] == 51


def cookie(connection: ldap3.Connection) -> bytes:
    return bytes(
        connection.result["controls"]["1.2.840.113556.1.4.319"]["value"]["cookie"]
    )


def test_a_connection_breaks_in_the_middle_of_an_answer(demo: DemoDirectory) -> None:
    demo.faults.cut_search_after = 3
    with client(demo) as connection, pytest.raises(LDAPCommunicationError):
        connection.search(SUFFIX, "(objectClass=person)")
    demo.faults.clear()
    with client(demo) as connection:
        assert connection.search(SUFFIX, "(objectClass=person)")


def test_a_size_limit_counts_over_all_pages(demo: DemoDirectory) -> None:
    demo.faults.size_limit = 12
    with client(demo) as connection:
        connection.search(SUFFIX, "(objectClass=person)", paged_size=10)
        assert (len(connection.response), connection.result["result"]) == (10, 0)
        connection.search(
            SUFFIX,
            "(objectClass=person)",
            paged_size=10,
            paged_cookie=cookie(connection),
        )
        assert (len(connection.response), connection.result["result"]) == (2, 4)


def test_a_page_that_was_never_promised_is_refused(demo: DemoDirectory) -> None:
    with client(demo) as connection:
        connection.search(
            SUFFIX, "(objectClass=person)", paged_size=10, paged_cookie=b"99"
        )
        assert connection.result["result"] == 53


def test_values_are_hidden_from_one_reader_without_a_word(demo: DemoDirectory) -> None:
    demo.faults.hide(GROUP, (ANNA.upper(),), READ_DN)
    with client(demo, READ_DN) as reader, client(demo) as writer:
        for connection, seen in ((reader, False), (writer, True)):
            assert connection.search(GROUP, "(cn=*)", ldap3.BASE, attributes=["member"])
            assert (ANNA in connection.response[0]["attributes"]["member"]) is seen
            assert (
                connection.search(SUFFIX, f"(&(cn=app-finance-posting)(member={ANNA}))")
                is seen
            )
            assert connection.compare(GROUP, "member", ANNA) is seen
        writer.modify(GROUP, {"member": [(ldap3.MODIFY_ADD, [ANNA])]})
        assert writer.result["result"] == 20


def test_a_slow_server_is_slow(demo: DemoDirectory) -> None:
    with client(demo) as connection:
        demo.faults.delay = 0.05
        before = time.monotonic()
        assert put(connection) == 0
        assert time.monotonic() - before >= 0.05


def test_a_cleared_script_does_nothing_more(demo: DemoDirectory) -> None:
    demo.faults.drop_answer()
    demo.faults.hide(GROUP, (ANNA,), WRITE_DN)
    demo.faults.clear()
    with client(demo) as connection:
        assert put(connection) == 0
        assert connection.compare(GROUP, "member", ANNA)


def test_stopping_hangs_up_on_clients_in_the_middle_of_their_work(
    tmp_path: Path,
) -> None:
    demo = DemoDirectory(tmp_path, durable=False).start()
    with client(demo) as connection:
        demo.stop()
        with pytest.raises(LDAPCommunicationError):
            put(connection)

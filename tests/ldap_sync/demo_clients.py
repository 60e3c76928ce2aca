"""Clients of the demo directory for tests: one line to sign in, to change a group and to look at
it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import ldap3
from ldap3.core.exceptions import LDAPCommunicationError

from ldap_sync.demo import DemoDirectory
from ldap_sync.demo.accounts import (
    GROUPS,
    PEOPLE,
    READ_DN,
    READ_PASSWORD,
    ROOT_DN,
    ROOT_PASSWORD,
    WRITE_DN,
    WRITE_PASSWORD,
)

GROUP = f"cn=vpn-admins,{GROUPS}"
ANNA, BEAT = f"uid=anna.berg,{PEOPLE}", f"uid=beat.frei,{PEOPLE}"
PASSWORDS = {
    ROOT_DN: ROOT_PASSWORD,
    READ_DN: READ_PASSWORD,
    WRITE_DN: WRITE_PASSWORD,
    None: None,
}


@contextlib.contextmanager
def client(
    demo: DemoDirectory, dn: str | None = WRITE_DN
) -> Iterator[ldap3.Connection]:
    server = ldap3.Server(demo.url(), get_info=ldap3.NONE)
    connection = ldap3.Connection(
        server, dn, PASSWORDS[dn], check_names=False, receive_timeout=10
    )
    assert connection.bind(), connection.result
    try:
        yield connection
    finally:
        with contextlib.suppress(
            LDAPCommunicationError
        ):  # the server may be gone, as the test wished
            connection.unbind()


def change(
    connection: ldap3.Connection,
    *members: str,
    kind: str = ldap3.MODIFY_ADD,
    dn: str = GROUP,
) -> int:
    connection.modify(dn, {"member": [(kind, list(members))]})
    return int(connection.result["result"])


def members(demo: DemoDirectory, dn: str = GROUP) -> list[str]:
    with client(demo, READ_DN) as connection:
        connection.search(dn, "(objectClass=*)", ldap3.BASE, attributes=["member"])
        return list(connection.response[0]["attributes"]["member"])

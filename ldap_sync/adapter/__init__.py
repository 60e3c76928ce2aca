"""The ldap3 adapter: how Rung talks to a real directory."""

from __future__ import annotations

from ldap_sync.adapter import servers
from ldap_sync.adapter.connection import Timeouts
from ldap_sync.adapter.reading import Reader
from ldap_sync.adapter.writing import Writer
from ldap_sync.port import ReadDirectory, WriteDirectory
from ldap_sync.values import Connection

__all__ = ["Timeouts", "open_reader", "open_writer"]

USUAL = Timeouts()


def open_reader(connection: Connection, timeouts: Timeouts = USUAL) -> ReadDirectory:
    """Return a directory to read. It connects when first asked, and again after it was cut off.

    Of several servers one is chosen now, and no other is asked. Raises ``Unavailable`` where
    none can be.
    """
    return Reader(servers.pinned(connection, timeouts), timeouts)


def open_writer(connection: Connection, timeouts: Timeouts = USUAL) -> WriteDirectory:
    """Return a directory to read and write.

    Of several servers one is chosen now, and no other is asked. Raises ``Unavailable`` where
    none can be, or no write account is set.
    """
    return Writer(servers.pinned(connection, timeouts, writing=True), timeouts)

"""Self-test."""

from ldap_sync.adapter.connection import Timeouts
from ldap_sync.values import CheckReport, Connection


def check(connection: Connection, timeouts: Timeouts) -> CheckReport:
    raise NotImplementedError

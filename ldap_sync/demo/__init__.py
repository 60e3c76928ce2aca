"""The demo directory: a small LDAP server on loopback with a believable company, which can also
play a nasty server.
"""

from ldap_sync.demo.accounts import READ_PASSWORD, WRITE_PASSWORD, demo_connection
from ldap_sync.demo.company import company_entries, write_company_ldif
from ldap_sync.demo.disk import reset
from ldap_sync.demo.errors import DamagedFolder, FolderInUse
from ldap_sync.demo.faults import Faults
from ldap_sync.demo.server import DemoDirectory

__all__ = [
    "READ_PASSWORD",
    "WRITE_PASSWORD",
    "DamagedFolder",
    "DemoDirectory",
    "Faults",
    "FolderInUse",
    "company_entries",
    "demo_connection",
    "reset",
    "write_company_ldif",
]

"""Who may do what in the demo directory."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from ldap_sync.demo.entries import folded
from ldap_sync.demo.errors import Code, LdapError
from ldap_sync.demo.store import Store
from ldap_sync.dn import fold


@dataclass(frozen=True, slots=True)
class Access:
    """One account that may do everything, and for each writer the branches below which it may
    write.

    Everybody who signed in may read all but passwords; anybody else reads the root entry only.
    """

    root_dn: str
    root_password: bytes
    writers: Mapping[str, tuple[str, ...]]

    def sign_in(self, store: Store, dn: str, password: bytes) -> str:
        """Return the folded DN of who signed in, empty for nobody.

        Raises ``LdapError`` 34, 49, 53.
        """
        if not dn:
            return ""
        if not password:
            raise LdapError(
                Code.UNWILLING, "unauthenticated bind (DN with no password) disallowed"
            )
        key = folded(dn)
        entry = store.get(key)
        known = [self.root_password] if key == fold(self.root_dn) else []
        known += entry.keys("userpassword").values() if entry else []
        if not any(hmac.compare_digest(password, each) for each in known):
            raise LdapError(Code.INVALID_CREDENTIALS)
        return key

    def is_root(self, bound: str) -> bool:
        """Tell whether this is the account that may do everything."""
        return bound == fold(self.root_dn)

    def check_read(self, bound: str) -> None:
        """Refuse whoever has not signed in. Raises ``LdapError`` 50."""
        if not bound:
            raise LdapError(
                Code.INSUFFICIENT_ACCESS, "sign in to read more than the root entry"
            )

    def check_write(self, bound: str, *keys: str) -> None:
        """Refuse a change of entries (by folded DN) that are not all below a branch of this writer.

        Raises 8 or 50.
        """
        if not bound:
            raise LdapError(Code.STRONG_AUTH, "modifications require authentication")
        if not all(self.may_write(bound, key) for key in keys):
            raise LdapError(Code.INSUFFICIENT_ACCESS)

    def may_write(self, bound: str, key: str) -> bool:
        """Tell whether this account may change the entry with this folded DN."""
        branches = tuple(
            "," + fold(branch)
            for writer, each in self.writers.items()
            if fold(writer) == bound
            for branch in each
        )
        return self.is_root(bound) or key.endswith(branches)

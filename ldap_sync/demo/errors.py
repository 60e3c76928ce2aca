"""The result codes of LDAP that the demo directory answers with, and the exceptions that carry
them.
"""

from __future__ import annotations

from enum import IntEnum

from ldap_sync.port import DirectoryError


class Code(IntEnum):
    """Result codes (RFC 4511 appendix A.2; 122 from RFC 4528), named for what they mean here."""

    SUCCESS = 0
    PROTOCOL = 2
    SIZE_LIMIT = 4
    COMPARE_FALSE = 5
    COMPARE_TRUE = 6
    AUTH_METHOD = 7
    STRONG_AUTH = 8
    UNAVAILABLE_CRITICAL = 12
    NO_SUCH_ATTRIBUTE = 16
    UNDEFINED_ATTRIBUTE = 17
    CONSTRAINT = 19
    VALUE_EXISTS = 20
    INVALID_SYNTAX = 21
    NO_SUCH_OBJECT = 32
    INVALID_DN = 34
    INVALID_CREDENTIALS = 49
    INSUFFICIENT_ACCESS = 50
    UNWILLING = 53
    NAMING = 64
    OBJECT_CLASS = 65
    NOT_ON_NON_LEAF = 66
    NOT_ON_RDN = 67
    ALREADY_EXISTS = 68
    OTHER = 80
    ASSERTION_FAILED = 122


class LdapError(Exception):
    """A request that is answered with a result code; nothing was written."""

    def __init__(self, code: int, text: str = "", matched: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.matched = matched


class FolderInUse(DirectoryError):
    """Another process has opened this demo directory."""


class DamagedFolder(DirectoryError):
    """The files of a demo directory do not hold together."""

"""Distinguished names after RFC 4514, read leniently (also the RFC 2253 forms) and folded for
comparing.

Folding keeps apart what some server keeps apart: accents are not composed, a sharp s stays a sharp
s, because two DNs taken for one would hand one person the rights of another (ldap-notes section 4).
Identity is a UUID, never a folded DN.
"""

from __future__ import annotations

import re
from functools import lru_cache

Ava = tuple[str, str]
"""One attribute name and its unescaped value."""

Rdn = tuple[Ava, ...]
"""The one or several pairs that name an entry below its parent."""

_AVA = re.compile(
    r"""[ ]*(?P<type>[A-Za-z][\w-]*+|(?:OID\.)?+[0-9]++(?:\.[0-9]++)*+)[ ]*+=[ ]*+
        (?:"(?P<quoted>(?:[^"\\]++|\\[ "\#+,;<=>\\]|\\[0-9a-f]{2})*+)"[ ]*+
          |(?P<hex>\#(?:[0-9a-f]{2})++)[ ]*+
          |(?!\#)(?P<plain>(?:[^\x00"+,;<>\\]++|\\[ "\#+,;<=>\\]|\\[0-9a-f]{2})*+))
        (?P<end>[,;+]|\Z)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_ESCAPED = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)
_SPECIAL = re.compile(r'^[ #]|[",+;<>\\\x00-\x1f\x7f]| \Z')
_TO_ESCAPE = re.compile(rf"{_SPECIAL.pattern}|=")
_SPACES = re.compile(r" {2,}")
_PLAIN_VALUE = r'[^\x00-\x20"#+,;<>\\\x7f]++(?: [^\x00-\x20"#+,;<>\\\x7f]++)*+'
_ALREADY_FOLDED = re.compile(
    rf"[a-z][a-z0-9_-]*+={_PLAIN_VALUE}(?:,[a-z][a-z0-9_-]*+={_PLAIN_VALUE})*+"
)
_BER_STRINGS = frozenset({0x04, 0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A})


class MalformedDn(ValueError):
    """A text that is not a distinguished name."""


def parse(dn: str) -> tuple[Rdn, ...]:
    """Split a DN into RDNs of (attribute, unescaped value) pairs, the entry's own first.

    Raises ``MalformedDn``.
    """
    return tuple(rdn for rdn, _ in _scan(dn))


@lru_cache(maxsize=1 << 16)
def fold(dn: str) -> str:
    """Return the key under which equal spellings of a DN compare equal inside one server.

    Raises ``MalformedDn``.

    A comma in the key is always a separator: commas of values are written ``\\2c``.
    """
    lowered = _lower(dn)
    if _ALREADY_FOLDED.fullmatch(lowered):
        return dn if dn == lowered else lowered  # not held twice
    return ",".join("+".join(sorted(map(_folded_pair, rdn))) for rdn in parse(dn))


def fold_or_self(text: str) -> str:
    """Fold a DN; any other text (a memberUid, a ``<GUID=…>``) comes back in lower case with single
    spaces.
    """
    try:
        return fold(text)
    except MalformedDn:
        return fold_text(text)


def fold_text(text: str) -> str:
    """Return the key under which values that differ in case and spaces only compare equal."""
    return _SPACES.sub(" ", _lower(text)).strip(" ")


def escape(value: str) -> str:
    """Escape a value for use in a DN (RFC 4514 section 2.4); Active Directory wants its equals
    signs escaped too.
    """
    return _TO_ESCAPE.sub(_escape_one, value)


def rdn_value(dn: str) -> str:
    """Return the unescaped value that names the entry below its parent; empty for the root."""
    rdns = parse(dn)
    return rdns[0][0][1] if rdns else ""


def parent(dn: str) -> str:
    """Return the DN above, spelled as it was; empty above a top entry. Raises ``MalformedDn``."""
    scanned = _scan(dn)
    return dn[scanned[0][1] :].lstrip(" ") if scanned else ""


def is_under(dn: str, base: str) -> bool:
    """Tell whether ``dn`` is ``base`` or stands below it. Raises ``MalformedDn``."""
    entry, above = fold(dn), fold(base)
    return not above or entry == above or entry.endswith("," + above)


def _scan(dn: str) -> list[tuple[Rdn, int]]:
    """Return each RDN with the offset behind its separator."""
    rdns: list[tuple[Rdn, int]] = []
    if not dn.strip(" "):
        return rdns
    pairs: list[Ava] = []
    position, end = 0, ","
    while end:
        found = _AVA.match(dn, position)
        if found is None:
            raise MalformedDn(
                f"not a distinguished name: {dn!r}, at character {position + 1}"
            )
        pairs.append((found["type"], _value(dn, found)))
        position, end = found.end(), found["end"]
        if end != "+":
            rdns.append((tuple(pairs), position))
            pairs = []
    return rdns


def _value(dn: str, found: re.Match[str]) -> str:
    """Return the unescaped value of one matched pair."""
    try:
        if found["hex"] is not None:
            return _from_ber(bytes.fromhex(found["hex"][1:])) or found["hex"].lower()
        if found["quoted"] is not None:
            return _unescape(found["quoted"])
        return _unescape(_without_padding(found["plain"]))
    except UnicodeDecodeError as error:
        raise MalformedDn(f"a value in {dn!r} is not UTF-8") from error


def _from_ber(encoded: bytes) -> str:
    """Return the text of a ``#hex`` value that is a BER string in short form, else nothing."""
    if (
        len(encoded) > 2
        and encoded[0] in _BER_STRINGS
        and encoded[1] == len(encoded) - 2 < 0x80
    ):
        return encoded[2:].decode()
    return ""


def _without_padding(raw: str) -> str:
    """Drop trailing spaces, but not one that is escaped."""
    stripped = raw.rstrip(" ")
    backslashes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if backslashes % 2 and stripped != raw else stripped


def _unescape(raw: str) -> str:
    return _ESCAPED.sub(_unescape_one, raw) if "\\" in raw else raw


def _unescape_one(found: re.Match[str]) -> str:
    return bytes.fromhex(found[1].replace("\\", "")).decode() if found[1] else found[2]


def _escape_one(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found[0] >= " " and found[0] != "\x7f" else _hex(found)


def _hex(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):02x}"


def _folded_pair(pair: Ava) -> str:
    attribute, value = pair
    return f"{attribute.lower().removeprefix('oid.')}={_SPECIAL.sub(_hex, fold_text(value))}"


def _lower(text: str) -> str:
    """Lower each character by itself: Python's own rule for a final sigma would tell equal names
    apart.
    """
    return text.lower() if text.isascii() else "".join(map(str.lower, text))

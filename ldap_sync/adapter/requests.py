"""The two LDAP requests that are sent by the thousand, as they go over the wire (RFC 4511).

ldap3 encodes any request by rules of ASN.1 and takes a millisecond for it; a person who is moved
costs dozens. What is sent now and then is left to ldap3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ldap_sync import ber

Control = tuple[str, bool, bytes | None]
"""Object identifier, whether the server must honour it, and the value."""

PAGED = "1.2.840.113556.1.4.319"

_MODIFY, _SEARCH, _CONTROLS, _SET = 0x66, 0x63, 0xA0, 0x31
_ADD, _DELETE = 0, 1
_AND, _OR, _NOT, _EQUAL = 0xA0, 0xA1, 0xA2, 0xA3
_SUBSTRINGS, _AT_LEAST, _PRESENT = 0xA4, 0xA5, 0x87
_INITIAL, _ANY, _FINAL = 0x80, 0x81, 0x82
_JOINED = {"&": _AND, "|": _OR}
_ESCAPED = re.compile(rb"\\([0-9a-fA-F]{2})")


def message(number: int, operation: bytes, controls: Sequence[Control]) -> bytes:
    """Return one LDAP message."""
    parts = [ber.integer(number), operation]
    if controls:
        parts.append(ber.sequence(map(_control, controls), _CONTROLS))
    return ber.sequence(parts)


def next_page(size: int, cookie: bytes) -> Control:
    """Return the control that asks for the next page of a search (RFC 2696)."""
    value = ber.sequence([ber.integer(size), ber.octets(cookie)])
    return (PAGED, False, value)


def search(
    base: str,
    scope: int,
    wanted: str,
    attributes: Iterable[str],
    limits: tuple[int, int] = (0, 0),
) -> bytes:
    """Return a search: ``wanted`` is a filter as text; no alias is followed; ``limits`` are so many
    entries and seconds, 0 is no limit.
    """
    return ber.sequence(
        [
            ber.octets(base),
            *map(ber.enumerated, (scope, 0)),
            *map(ber.integer, limits),
            ber.boolean(False),
            condition(wanted),
            ber.sequence(map(ber.octets, attributes)),
        ],
        _SEARCH,
    )


def modify(dn: str, attribute: str, delete: Sequence[str], add: Sequence[str]) -> bytes:
    """Return a Modify: exact values deleted, then exact values added.

    Raises ``ValueError`` where there is none: a Modify without a value would clear the attribute.
    """
    changes = [
        ber.sequence([ber.enumerated(kind), _values(attribute, values)])
        for kind, values in ((_DELETE, delete), (_ADD, add))
        if values
    ]
    if not changes:
        raise ValueError("a Modify without a value would clear the attribute")
    return ber.sequence([ber.octets(dn), ber.sequence(changes)], _MODIFY)


@lru_cache(maxsize=256)
def condition(text: str) -> bytes:
    """Return a filter (RFC 4515) made of and, or, not, equality, at least, presence and
    beginnings.

    Raises ``ValueError`` where it is none of these.
    """
    encoded, end = _condition(text, 0)
    if end != len(text):
        raise ValueError(f"no filter: {text}")
    return encoded


def _condition(text: str, at: int) -> tuple[bytes, int]:
    """Return the encoded condition that begins at a bracket, and where it ends."""
    if text[at : at + 1] != "(":
        raise ValueError(f"no filter: {text}")
    sign = text[at + 1 : at + 2]
    if sign in _JOINED:
        parts, end = _conditions(text, at + 2)
        return ber.sequence(parts, _JOINED[sign]), end
    if sign == "!":
        part, end = _condition(text, at + 2)
        return ber.encode(_NOT, part), _closed(text, end)
    end = text.find(")", at)
    if end < 0:
        raise ValueError(f"no filter: {text}")
    return _comparison(text[at + 1 : end]), end + 1


def _conditions(text: str, at: int) -> tuple[list[bytes], int]:
    parts = []
    while text[at : at + 1] == "(":
        part, at = _condition(text, at)
        parts.append(part)
    return parts, _closed(text, at)


def _closed(text: str, at: int) -> int:
    if text[at : at + 1] != ")":
        raise ValueError(f"no filter: {text}")
    return at + 1


def _comparison(text: str) -> bytes:
    attribute, sign, value = text.partition("=")
    if not sign or attribute[-1:] in ("", "<", "~", ":"):
        raise ValueError(f"no filter: {text}")
    if attribute[-1] == ">":
        pair = [ber.octets(attribute[:-1]), ber.octets(_raw(value))]
        return ber.sequence(pair, _AT_LEAST)
    if value == "*":
        return ber.octets(attribute, _PRESENT)
    if "*" in value:
        pieces = ber.sequence(_pieces(value))
        return ber.sequence([ber.octets(attribute), pieces], _SUBSTRINGS)
    return ber.sequence([ber.octets(attribute), ber.octets(_raw(value))], _EQUAL)


def _pieces(value: str) -> Iterator[bytes]:
    first, *middle, last = value.split("*")
    tagged = [(_INITIAL, first), *((_ANY, one) for one in middle), (_FINAL, last)]
    return (ber.octets(_raw(piece), tag) for tag, piece in tagged if piece)


def _raw(value: str) -> bytes:
    """Return a value as it was before it was escaped."""
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), value.encode())


def _values(attribute: str, values: Iterable[str]) -> bytes:
    return ber.sequence(
        [ber.octets(attribute), ber.sequence(map(ber.octets, values), _SET)]
    )


def _control(control: Control) -> bytes:
    identifier, critical, value = control
    parts = [ber.octets(identifier)]
    if critical:
        parts.append(ber.boolean(True))
    if value is not None:
        parts.append(ber.octets(value))
    return ber.sequence(parts)

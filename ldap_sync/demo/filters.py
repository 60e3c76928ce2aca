"""Search filters as they come over the wire (RFC 4511 section 4.5.1.7), with the three truth values
of X.511.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ldap_sync import ber
from ldap_sync.demo import schema
from ldap_sync.demo.schema import Syntax
from ldap_sync.dn import fold_text

Values = Callable[[str], Mapping[str, bytes]]
"""Returns an entry's values by key for a lower-case attribute name."""

Filter = Callable[[Values], bool | None]
"""Tells whether an entry matches; none means undefined, which is not a match but not its opposite
either.
"""

(
    _AND,
    _OR,
    _NOT,
    _EQUAL,
    _SUBSTRINGS,
    _GREATER,
    _LESS,
    _PRESENT,
    _APPROXIMATE,
    _EXTENSIBLE,
) = (
    0xA0,
    0xA1,
    0xA2,
    0xA3,
    0xA4,
    0xA5,
    0xA6,
    0x87,
    0xA8,
    0xA9,
)
_DEEPEST = 100


def read_filter(data: bytes, found: ber.Element, depth: int = 0) -> Filter:
    """Return the filter that an element encodes. Raises ``MalformedBer``."""
    tag, start, end = found
    if depth > _DEEPEST:
        raise ber.MalformedBer("a filter nested too deeply")
    if tag in (_AND, _OR):
        parts = [
            read_filter(data, child, depth + 1)
            for child in ber.children(data, start, end)
        ]
        return _all(parts) if tag == _AND else _any(parts)
    if tag == _NOT:
        return _negated(read_filter(data, ber.element(data, start, end), depth + 1))
    if tag == _PRESENT:
        return _present(_name(data[start:end]))
    if tag == _SUBSTRINGS:
        return _read_substrings(data, start, end)
    if tag in (_EQUAL, _APPROXIMATE, _GREATER, _LESS):
        name, value = (
            ber.read_octets(data, child) for child in ber.children(data, start, end)
        )
        return _compared(tag, _name(name), value)
    if tag == _EXTENSIBLE:
        # as OpenLDAP answers for a matching rule it does not have: no hits, no error
        return _undefined
    raise ber.MalformedBer(f"no filter has tag {tag:#x}")


def _read_substrings(data: bytes, start: int, end: int) -> Filter:
    name, pieces = ber.children(data, start, end)
    attribute = _name(ber.read_octets(data, name))
    if schema.syntax_of(attribute) in (
        Syntax.NAME,
        Syntax.NAME_AND_UID,
    ) or not schema.is_known(attribute):
        return _undefined
    exact = schema.syntax_of(attribute) is Syntax.EXACT
    pattern = ""
    for tag, begin, behind in ber.children(data, *ber.expect(pieces, ber.SEQUENCE)):
        text = data[begin:behind].decode("utf-8", "surrogateescape")
        piece = re.escape(text if exact else fold_text(text))
        pattern += {0x80: piece, 0x81: f".*{piece}", 0x82: f".*{piece}\\Z"}.get(tag, "")
    matches = re.compile(pattern, re.DOTALL).match
    return lambda values: any(matches(key) for key in values(attribute))


def _compared(tag: int, name: str, value: bytes) -> Filter:
    syntax = schema.syntax_of(name)
    try:
        key = schema.key_of(syntax, value)
    except ValueError:
        return _undefined
    if not schema.is_known(name):
        return _undefined
    if tag in (_EQUAL, _APPROXIMATE):
        return (
            _of_class(key)
            if name == "objectclass"
            else (lambda values: key in values(name))
        )
    rank, bound = _rank(syntax), _rank(syntax)(key)
    if tag == _GREATER:
        return lambda values: any(rank(other) >= bound for other in values(name))
    return lambda values: any(rank(other) <= bound for other in values(name))


def _rank(syntax: Syntax) -> Callable[[str], tuple[int, str]]:
    """Return how keys of a syntax are put in order."""
    return (
        (lambda key: (int(key), ""))
        if syntax is Syntax.NUMBER
        else (lambda key: (0, key))
    )


def _of_class(key: str) -> Filter:
    """Match entries of a class or of one derived from it."""
    if not schema.is_class(key):
        return _undefined
    return lambda values: key in schema.with_superiors(values("objectclass"))


def _present(name: str) -> Filter:
    return lambda values: bool(values(name)) if schema.is_known(name) else None


def _all(parts: list[Filter]) -> Filter:
    def matches(values: Values) -> bool | None:
        result: bool | None = True
        for part in parts:
            found = part(values)
            if found is False:
                return False
            result = None if found is None else result
        return result

    return matches


def _any(parts: list[Filter]) -> Filter:
    def matches(values: Values) -> bool | None:
        result: bool | None = False
        for part in parts:
            found = part(values)
            if found:
                return True
            result = None if found is None else result
        return result

    return matches


def _negated(part: Filter) -> Filter:
    def matches(values: Values) -> bool | None:
        found = part(values)
        return None if found is None else not found

    return matches


def _undefined(values: Values) -> None:
    """Match nothing, negated or not."""


def _name(octets: bytes) -> str:
    return octets.decode("utf-8", "replace").lower()

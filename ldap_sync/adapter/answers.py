"""LDAP answers as they come off a socket (RFC 4511): framed, taken apart by position, handed on as
a stream.

ldap3 needs 1.6 s to decode a directory of 20,000 people and stumbles over result codes it does not
know (ldap-notes sections 5 and 6). This reads the same bytes in a sixth of the time, and there is
no code it could stumble over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, cast

from ldap_sync import ber, mapping

ENTRY, REFERENCE, INTERMEDIATE = 0x64, 0x73, 0x79
UNFINISHED = (ENTRY, REFERENCE, INTERMEDIATE)
"""Tags of messages after which more of the same answer comes."""

Values = dict[str, list[str | bytes]]
"""Values by attribute name in lower case, as text where they are; a range option stays in the
name.
"""

_ALWAYS_BYTES = frozenset(
    {"objectguid", "objectsid"}
)  # sixteen bytes at random may happen to be UTF-8
_SPECIAL = set(_ALWAYS_BYTES)
"""Names that need a second look: those, and each name with an option that was met so far."""


class LdapMessage(NamedTuple):
    """One framed message in ``data``: the operation's content from ``start`` to ``end``, controls
    up to ``last``.
    """

    number: int
    tag: int
    data: bytes
    start: int
    end: int
    last: int

    @property
    def content(self) -> bytes:
        """Return what the operation holds."""
        return self.data[self.start : self.end]


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """One entry of a search; ``content`` is how it came, empty where parts of it came apart."""

    dn: str
    values: Values
    is_text: bool = False
    content: bytes = b""

    @property
    def attributes(self) -> mapping.Attributes:
        """Return the values as text, the way people and groups are built from them."""
        return (
            cast("mapping.Attributes", self.values)
            if self.is_text
            else mapping.plain(self.values)
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The end of an operation: the server's code and its own words."""

    code: int
    text: str = ""
    controls: dict[str, bytes] = field(default_factory=dict)


def messages(receive: Callable[[], bytes]) -> Iterator[LdapMessage]:
    """Yield messages for as long as ``receive`` brings bytes.

    Raises ``MalformedBer`` when they are no messages.
    """
    pending = b""
    while data := receive():
        pending = pending + data if pending else data
        start, size = 0, len(pending)
        while (found := ber.peek(pending, start)) is not None:
            tag, at, last = found
            if tag != ber.SEQUENCE:
                raise ber.MalformedBer("not an LDAP message")
            if last > size:
                break
            yield _message(pending, at, last)
            start = last
        pending = pending[start:]


def _message(data: bytes, at: int, last: int) -> LdapMessage:
    after = at + 2 + data[at + 1]
    if data[at] != ber.INTEGER or after >= last:
        raise ber.MalformedBer("a message without a number")
    tag, start, end = ber.element(data, after, last)
    return LdapMessage(
        int.from_bytes(data[at + 2 : after]), tag, data, start, end, last
    )


def entry(data: bytes) -> FoundEntry:
    """Take the content of a search result entry apart.

    The loops are written out: a big read spends its time there.
    """
    name = ber.element(data, 0, len(data))
    at, end = ber.expect(ber.element(data, name[2], len(data)), ber.SEQUENCE)
    found: Values = {}
    is_text, has_options = True, False
    while at < end:
        at += 2 if data[at + 1] < 0x80 else 2 + (data[at + 1] & 0x7F)
        if data[at + 1] > 0x7F:
            raise ber.MalformedBer("an attribute name of 128 octets or more")
        start = at + 2
        at = start + data[at + 1]
        attribute = _name(data[start:at])
        first = at + 2
        size = data[at + 1]
        if size > 0x7F:
            first += size & 0x7F
            size = int.from_bytes(data[at + 2 : first])
        at = first
        last = at + size
        values: list[str | bytes] = []
        take = values.append
        try:
            while at < last:
                start = at + 2
                size = data[at + 1]
                if size > 0x7F:
                    start += size & 0x7F
                    size = int.from_bytes(data[at + 2 : start])
                at = start + size
                take(data[start:at].decode())
        except UnicodeDecodeError:
            values = [_text_if_it_is(each) for each in _octets(data, first, last)]
            is_text, at = False, last
        if attribute in _SPECIAL:
            if attribute in _ALWAYS_BYTES:
                values, is_text = list(_octets(data, first, last)), False
            else:
                has_options = True
        found[attribute] = values
    if at != end:
        raise ber.MalformedBer("attributes reach beyond their entry")
    values_by_name = _without_options(found) if has_options else found
    dn = ber.read_octets(data, name).decode()
    return FoundEntry(dn, values_by_name, is_text, data)


def _octets(data: bytes, start: int, end: int) -> Iterator[bytes]:
    return (data[at:to] for _, at, to in ber.children(data, start, end))


def _text_if_it_is(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


@lru_cache(maxsize=1024)
def _name(raw: bytes) -> str:
    name = raw.decode().lower()
    if ";" in name and ";range=" not in name:
        _SPECIAL.add(name)
    return name


def _without_options(found: Values) -> Values:
    """Put values with an option, such as a language, behind those without, as in files."""
    plain = {name: list(found[name]) for name in found if not _has_option(name)}
    for name in filter(_has_option, found):
        plain.setdefault(name.partition(";")[0], []).extend(found[name])
    return plain


def _has_option(name: str) -> bool:
    return name in _SPECIAL and name not in _ALWAYS_BYTES


def result(message: LdapMessage) -> Result:
    """Take the end of an operation apart, whatever its code."""
    data = message.data
    code, _, text, *_ = ber.children(data, message.start, message.end)
    return Result(
        ber.read_integer(data, *ber.expect(code, ber.ENUMERATED)),
        _one_line(ber.read_octets(data, text)),
        _controls(data, message.end, message.last),
    )


def addresses(message: LdapMessage) -> list[str]:
    """Return the other servers a search result reference names."""
    found = ber.children(message.data, message.start, message.end)
    return [
        ber.read_octets(message.data, address).decode(errors="replace")
        for address in found
    ]


def _one_line(text: bytes) -> str:
    """Return the diagnostic message as one line; Active Directory ends it with a NUL."""
    return " ".join(text.decode(errors="replace").replace("\x00", " ").split())


def _controls(data: bytes, start: int, last: int) -> dict[str, bytes]:
    found = {}
    for _, block, behind in ber.children(data, start, last):
        for _, control, end in ber.children(data, block, behind):
            oid, *rest = ber.children(data, control, end)
            value = next(
                (data[at:to] for tag, at, to in rest if tag == ber.OCTETS), b""
            )
            found[ber.read_octets(data, oid).decode()] = value
    return found

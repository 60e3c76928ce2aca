"""LDAP messages (RFC 4511 section 4) between octets and values, as far as the demo directory speaks
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ldap_sync import ber
from ldap_sync.demo.entries import Given, Modification
from ldap_sync.demo.errors import LdapError
from ldap_sync.demo.filters import Filter, read_filter

BIND, UNBIND, SEARCH, MODIFY, ADD, DELETE, RENAME, COMPARE, ABANDON, EXTENDED = (
    0x60,
    0x42,
    0x63,
    0x66,
    0x68,
    0x4A,
    0x6C,
    0x6E,
    0x50,
    0x77,
)
ENTRY = 0x64
ANSWER_TO = {
    BIND: 0x61,
    SEARCH: 0x65,
    MODIFY: 0x67,
    ADD: 0x69,
    DELETE: 0x6B,
    RENAME: 0x6D,
    COMPARE: 0x6F,
    EXTENDED: 0x78,
}
"""The tag of the answer to each request that has one."""

_CONTROLS = 0xA0
_KINDS = {0: "add", 1: "delete", 2: "replace"}


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a request; ``value`` is none where the client sent none."""

    oid: str
    critical: bool
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request still encoded: its operation is ``data[start:end]``."""

    number: int
    tag: int
    data: bytes
    start: int
    end: int
    controls: tuple[Control, ...]

    def parts(self) -> Iterator[ber.Element]:
        """Yield the elements of the operation."""
        return ber.children(self.data, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Search:
    """A search request; ``size_limit`` 0 means none."""

    base: str
    scope: int
    size_limit: int
    types_only: bool
    wanted: Filter
    attributes: tuple[str, ...]


def read_request(data: bytes) -> Request:
    """Return one whole message as a request.

    All reading here raises ``ValueError`` where the octets are broken.
    """
    start, end = ber.expect(ber.element(data, 0, len(data)), ber.SEQUENCE)
    number, operation, *rest = ber.children(data, start, end)
    identifier = ber.read_integer(data, *ber.expect(number, ber.INTEGER))
    controls = (
        tuple(_read_controls(data, *rest[0][1:]))
        if rest and rest[0][0] == _CONTROLS
        else ()
    )
    return Request(identifier, operation[0], data, operation[1], operation[2], controls)


def read_bind(request: Request) -> tuple[int, str, bytes | None]:
    """Return version, name and password; no password where another method than simple is asked
    for.
    """
    version, name, method = request.parts()
    password = request.data[method[1] : method[2]] if method[0] == 0x80 else None
    return ber.read_integer(request.data, *version[1:]), _text(request, name), password


def read_search(request: Request) -> Search:
    """Return the search a request asks for."""
    base, scope, _, size_limit, _, types_only, wanted, attributes = request.parts()
    return Search(
        base=_text(request, base),
        scope=ber.read_integer(request.data, *scope[1:]),
        size_limit=ber.read_integer(request.data, *size_limit[1:]),
        types_only=_truth(request, types_only),
        wanted=read_filter(request.data, wanted),
        attributes=read_selection(request.data, attributes),
    )


def read_selection(data: bytes, found: ber.Element) -> tuple[str, ...]:
    """Return the attribute names of an AttributeSelection."""
    return tuple(
        ber.read_octets(data, name).decode()
        for name in ber.children(data, *ber.expect(found, ber.SEQUENCE))
    )


def read_modify(request: Request) -> tuple[str, tuple[Modification, ...]]:
    """Return the DN and the modifications in order."""
    dn, changes = request.parts()
    return _text(request, dn), tuple(
        _read_modification(request, *ber.expect(change, ber.SEQUENCE))
        for change in ber.children(request.data, *ber.expect(changes, ber.SEQUENCE))
    )


def read_add(request: Request) -> tuple[str, Given]:
    """Return the DN and the attributes of a new entry."""
    dn, attributes = request.parts()
    start, end = ber.expect(attributes, ber.SEQUENCE)
    return _text(request, dn), tuple(
        _attribute(request, each) for each in ber.children(request.data, start, end)
    )


def read_rename(request: Request) -> tuple[str, str, bool, str | None]:
    """Return DN, new RDN, whether to delete the old one, and the new parent if there is one."""
    dn, rdn, delete_old, *above = request.parts()
    parent = ber.read_octets(request.data, above[0], 0x80).decode() if above else None
    return _text(request, dn), _text(request, rdn), _truth(request, delete_old), parent


def read_compare(request: Request) -> tuple[str, str, bytes]:
    """Return DN, attribute and value."""
    dn, assertion = request.parts()
    start, end = ber.expect(assertion, ber.SEQUENCE)
    name, value = (
        ber.read_octets(request.data, child)
        for child in ber.children(request.data, start, end)
    )
    return _text(request, dn), name.decode(), value


def read_extended(request: Request) -> str:
    """Return the OID of an extended request."""
    return ber.read_octets(request.data, next(request.parts(), None), 0x80).decode()


def read_assertion(value: bytes) -> Filter:
    """Return the filter in an assertion control (RFC 4528)."""
    return read_filter(value, ber.element(value, 0, len(value)))


def read_page(value: bytes) -> tuple[int, bytes]:
    """Return size and cookie of a paged results control (RFC 2696)."""
    size, cookie = ber.children(
        value, *ber.expect(ber.element(value, 0, len(value)), ber.SEQUENCE)
    )
    return ber.read_integer(value, *size[1:]), ber.read_octets(value, cookie)


def result(
    request: Request,
    outcome: LdapError,
    controls: Iterable[Control] = (),
    extra: bytes = b"",
) -> bytes:
    """Return the message that ends a request."""
    parts = (
        ber.enumerated(outcome.code),
        ber.octets(outcome.matched),
        ber.octets(outcome.text),
        extra,
    )
    return _message(
        request.number, ber.sequence(parts, ANSWER_TO[request.tag]), controls
    )


def entry_message(number: int, dn: str, attributes: Given) -> bytes:
    """Return one entry of a search's answer."""
    return _message(number, encoded_entry(dn, attributes, ENTRY))


def encoded_entry(dn: str, attributes: Given, tag: int = ber.SEQUENCE) -> bytes:
    """Return an entry as search results and the read controls (RFC 4527) carry it."""
    listed = (
        ber.sequence((ber.octets(name), ber.sequence(map(ber.octets, values), ber.SET)))
        for name, values in attributes
    )
    return ber.sequence((ber.octets(dn), ber.sequence(listed)), tag)


def page_control(size: int, cookie: bytes) -> bytes:
    """Return the value of a paged results control."""
    return ber.sequence((ber.integer(size), ber.octets(cookie)))


def disconnection(text: str) -> bytes:
    """Return the notice that the server hangs up because of broken octets (RFC 4511 section
    4.4.1).
    """
    parts = (
        ber.enumerated(2),
        ber.octets(""),
        ber.octets(text),
        ber.octets("1.3.6.1.4.1.1466.20036", 0x8A),
    )
    return _message(0, ber.sequence(parts, ANSWER_TO[EXTENDED]))


def _message(number: int, operation: bytes, controls: Iterable[Control] = ()) -> bytes:
    encoded = b"".join(
        ber.sequence(
            (
                ber.octets(each.oid),
                b"" if each.value is None else ber.octets(each.value),
            )
        )
        for each in controls
    )
    return ber.sequence(
        (
            ber.integer(number),
            operation,
            ber.encode(_CONTROLS, encoded) if encoded else b"",
        )
    )


def _read_controls(data: bytes, start: int, end: int) -> Iterator[Control]:
    for control in ber.children(data, start, end):
        oid, *rest = ber.children(data, *ber.expect(control, ber.SEQUENCE))
        critical, value = False, None
        for tag, begin, behind in rest:
            if tag == ber.BOOLEAN:
                critical = any(data[begin:behind])
            else:
                value = data[begin:behind]
        yield Control(ber.read_octets(data, oid).decode(), critical, value)


def _read_modification(request: Request, start: int, end: int) -> Modification:
    kind, attribute = ber.children(request.data, start, end)
    number = ber.read_integer(request.data, *kind[1:])
    if number not in _KINDS:
        raise ber.MalformedBer(f"no modification is called {number}")
    return Modification(_KINDS[number], *_attribute(request, attribute))


def _attribute(request: Request, found: ber.Element) -> tuple[str, tuple[bytes, ...]]:
    name, values = ber.children(request.data, *ber.expect(found, ber.SEQUENCE))
    start, end = ber.expect(values, ber.SET)
    octets = (
        ber.read_octets(request.data, value)
        for value in ber.children(request.data, start, end)
    )
    return _text(request, name), tuple(octets)


def _truth(request: Request, found: ber.Element) -> bool:
    return any(request.data[slice(*ber.expect(found, ber.BOOLEAN))])


def _text(request: Request, found: ber.Element) -> str:
    return ber.read_octets(request.data, found).decode()

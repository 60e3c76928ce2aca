"""The part of BER that LDAP uses (RFC 4511 section 5.1): one-byte tags, definite lengths, read in
place by offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BOOLEAN, INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET = 0x01, 0x02, 0x04, 0x0A, 0x30, 0x31

Element = tuple[int, int, int]
"""Tag, offset of the content, offset behind it."""

_LONGEST_LENGTH = 4


class MalformedBer(ValueError):
    """Octets that are not the BER that LDAP allows, or not the element that must stand there."""


def peek(data: bytes | bytearray, start: int = 0) -> Element | None:
    """Return the element that starts at ``start``, or nothing while its header is incomplete; its
    content may be, too.

    Raises ``MalformedBer`` for multi-byte tags, indefinite lengths and lengths over four octets.
    """
    if len(data) < start + 2:
        return None
    tag, length = data[start], data[start + 1]
    if tag & 0x1F == 0x1F:
        raise MalformedBer(f"tag {tag:#x} has more than one octet")
    if length < 0x80:
        return tag, start + 2, start + 2 + length
    count = length & 0x7F
    if not 0 < count <= _LONGEST_LENGTH:
        raise MalformedBer(f"length of {count} octets")
    content = start + 2 + count
    if len(data) < content:
        return None
    return tag, content, content + int.from_bytes(data[start + 2 : content], "big")


def element(data: bytes | bytearray, start: int, end: int) -> Element:
    """Return the element at ``start``, which must end by ``end``. Raises ``MalformedBer``."""
    found = peek(data, start)
    if found is None or found[2] > end:
        raise MalformedBer("an element reaches beyond its container")
    return found


def children(data: bytes | bytearray, start: int, end: int) -> Iterator[Element]:
    """Yield the elements between two offsets. Raises ``MalformedBer``."""
    while start < end:
        tag, content, behind = element(data, start, end)
        yield tag, content, behind
        start = behind


def expect(found: Element | None, tag: int) -> tuple[int, int]:
    """Return the offsets of an element that must be there and carry ``tag``.

    Raises ``MalformedBer``.
    """
    if found is None or found[0] != tag:
        raise MalformedBer(
            f"expected tag {tag:#x}, found {'nothing' if found is None else hex(found[0])}"
        )
    return found[1], found[2]


def read_integer(data: bytes | bytearray, start: int, end: int) -> int:
    """Return the signed integer (or enumerated value) of some content. Raises ``MalformedBer``."""
    if not 0 < end - start <= 8:
        raise MalformedBer(f"an integer of {end - start} octets")
    return int.from_bytes(data[start:end], "big", signed=True)


def read_octets(
    data: bytes | bytearray, found: Element | None, tag: int = OCTETS
) -> bytes:
    """Return the content of an element that must carry ``tag``. Raises ``MalformedBer``."""
    start, end = expect(found, tag)
    return bytes(data[start:end])


def encode(tag: int, content: bytes) -> bytes:
    """Return one element."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def sequence(parts: Iterable[bytes], tag: int = SEQUENCE) -> bytes:
    """Return an element made of encoded elements."""
    return encode(tag, b"".join(parts))


def octets(value: str | bytes, tag: int = OCTETS) -> bytes:
    """Return an octet string; text goes as UTF-8."""
    return encode(tag, value.encode() if isinstance(value, str) else value)


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return an integer in the fewest octets."""
    return encode(
        tag,
        value.to_bytes(
            ((value if value >= 0 else ~value).bit_length() // 8) + 1,
            "big",
            signed=True,
        ),
    )


def enumerated(value: int) -> bytes:
    """Return an enumerated value, such as a result code."""
    return integer(value, ENUMERATED)


def boolean(value: bool, tag: int = BOOLEAN) -> bytes:
    """Return a truth value; true is 0xFF (RFC 4511 section 5.1)."""
    return encode(tag, b"\xff" if value else b"\x00")

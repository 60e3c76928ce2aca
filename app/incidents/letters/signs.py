"""Headers of a mail as readable text: bounded, decoded, without signs that deceive."""

from __future__ import annotations

import base64
import binascii
import hashlib
import quopri
import re
import unicodedata
from email.utils import getaddresses, parseaddr

from app.core.texts import readable

LONGEST_HEADER = 8000
LONGEST_ID = 200
LONGEST_ADDRESS = 254
LONGEST_SENDERS = 1000
MOST_IDS = 50
JOINERS = "\u200c\u200d"
"""They join or part letters and emoji; all other signs of format are invisible or turn the
direction of reading.
"""

WORD = re.compile(
    rb"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bq])\?([^?]*)\?=", re.IGNORECASE
)
BETWEEN_WORDS = re.compile(rb"\?=[ \t\r\n]+=\?")
IDS = re.compile(r"<[^<>\s]{1,1000}>")
ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")


def header_text(value: bytes) -> str:
    """Return a header as a reader sees it: one line, encoded words decoded, raw bytes in whatever
    charset.
    """
    found = BETWEEN_WORDS.sub(b"?==?", value[:LONGEST_HEADER])
    pieces: list[tuple[bytes, str]] = []
    place = 0
    for word in WORD.finditer(found):
        _append(pieces, found[place : word.start()], "")
        _append(pieces, _content(word), word[1].decode("ascii"))
        place = word.end()
    _append(pieces, found[place:], "")
    return one_line("".join(readable(content, charset) for content, charset in pieces))


def one_line(text: str) -> str:
    """Return a text on one line, with only the signs that are seen and those that join letters."""
    return " ".join(shown(text).split())


def shown(text: str) -> str:
    """Return a text without controls but line ends and tabs, without halves of letters and turns of
    direction.
    """
    return "".join(
        sign for sign in text if sign in "\n\t" or sign in JOINERS or _is_shown(sign)
    )


def address_and_name(value: str) -> tuple[str, str]:
    """Return address and name of the first sender of a header that is read but not decoded yet."""
    value = value[:LONGEST_SENDERS]
    try:
        name, address = parseaddr(value)
    except Exception:  # noqa: BLE001 (brackets in brackets exhaust the standard library)
        name, address = "", ""
    if "@" not in address:
        address = address_in(value)
    decoded = header_text(name.encode("utf-8", "surrogateescape"))
    return _address(address), decoded


def _address(text: str) -> str:
    return header_text(text.encode("utf-8", "replace")).lower()[:LONGEST_ADDRESS]


def addresses_and_names(value: str) -> list[tuple[str, str]]:
    """Return address and name of everybody in a header that is read but not decoded yet."""
    try:
        found = getaddresses([value[:LONGEST_HEADER]])
    except Exception:  # noqa: BLE001 (brackets in brackets exhaust the standard library)
        found = []
    return [
        (_address(address), header_text(name.encode("utf-8", "surrogateescape")))
        for name, address in found
        if address
    ]


def address_in(value: str) -> str:
    """Return the first thing in a text that looks like a mail address, or nothing."""
    found = ADDRESS.search(value[:LONGEST_SENDERS])
    return found[0] if found else ""


def known_as(message_id: str) -> str:
    """Return under which name a Message-ID is kept: as it is, or its digest when it is too long for
    one.
    """
    if len(message_id) <= LONGEST_ID:
        return message_id
    return f"<{hashlib.sha256(message_id.encode('utf-8', 'replace')).hexdigest()}@too.long>"


def ids_in(value: str) -> tuple[str, ...]:
    """Return every ``<id>`` of a header, whatever stands between them; the newest last."""
    return tuple(known_as(found) for found in IDS.findall(value)[-MOST_IDS:])


def _append(pieces: list[tuple[bytes, str]], content: bytes, charset: str) -> None:
    """Add bytes to the last piece when that is of the same charset: a sign may be cut between two
    words.
    """
    if not content:
        return
    if pieces and pieces[-1][1].lower() == charset.lower():
        content = pieces.pop()[0] + content
    pieces.append((content, charset))


def _content(word: re.Match[bytes]) -> bytes:
    if word[2] in b"qQ":
        return quopri.decodestring(word[3], header=True)
    try:
        return base64.b64decode(word[3] + b"==")
    except binascii.Error:
        return word[0]


def _is_shown(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] != "C" or category in ("Co", "Cn")

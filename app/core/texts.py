"""Texts of other programs: bytes in, readable text out.

The one decoder for files, tables and mails.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from app.core.errors import Invalid
from app.core.said import said

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What a text may begin with, and the encoding that this says; a longer mark stands before its
beginning.
"""

NO_TEXTS = (
    (b"PK\x03\x04", "a spreadsheet or another ZIP file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a spreadsheet or document of an old Office"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a compressed file"),
)
UNSAFE = frozenset(
    ("utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined")
)
"""Codecs of Python that are no charset of a text: they run escapes, or yield halves of letters."""

SUPERSETS = {
    "ascii": "",
    "iso8859-1": "cp1252",
    "iso8859-8": "cp1255",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What browsers read where a smaller charset is declared: programs of Windows declare one and write
the other.

ASCII is what is declared by who declares nothing, so it says nothing about signs that are not
ASCII.
"""

OF_BROWSERS = {
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "iso-8859-8-i": "cp1255",
    "x-mac-cyrillic": "mac_cyrillic",
    "unicode-1-1-utf-8": "utf-8",
}
"""Labels that browsers know and Python does not."""

GUESSED = (
    *("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "gb18030"),
    *("cp932", "euc_jp", "big5", "cp949", "cp874"),
)
SAMPLE = 20_000
FEWEST_SIGNS = 8
LAST = "cp1252"

LARGEST_NUMBER = 2**31 - 1
"""What the integer columns of PostgreSQL hold; SQLite is kept to the same."""

LONGEST_NUMBER = 12
LONGEST_QUOTED = 60
UNKEPT = re.compile("[\x00\ud800-\udfff]")
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""What no text of a person holds and PostgreSQL or UTF-8 cannot keep; tab and the ends of lines are
texts.
"""


class NotText(Invalid, ValueError):
    """A file that is no text at all, with the sentence that says what it is."""


def decoded(raw: bytes, declared: str = "") -> str:
    """Return the text of a file.

    Raises ``NotText`` for a spreadsheet, an archive, or what holds zero bytes.
    """
    return decoded_with_name(raw, declared)[0]


def decoded_with_name(raw: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text of a file and the encoding it was read in. Raises ``NotText``."""
    if reason := why_no_text(raw):
        raise NotText(
            said(
                "This is no text but %(reason)s. Save it as CSV or plain text, "
                "in UTF-8.",
                reason=reason,
            ),
            field="file",
        )
    return _read(raw, declared)


def readable(raw: bytes, declared: str = "") -> str:
    """Return the text of any bytes, without zero bytes; never raises. For what strangers send."""
    return _read(raw, declared)[0].replace("\0", "")


def why_no_text(raw: bytes) -> str:
    """Say what these bytes are when they are no text; nothing when they may be one."""
    for start, kind in NO_TEXTS:
        if raw.startswith(start):
            return kind
    text, encoding = _marked(raw) or (None, _unmarked_utf16(raw))
    binary = "\0" in text if text is not None else not encoding and b"\0" in raw
    return "binary data (it holds zero bytes)" if binary else ""


def _read(raw: bytes, declared: str) -> tuple[str, str]:
    if marked := _marked(raw):
        return marked
    name = charset(declared)
    for candidate in (name, _unmarked_utf16(raw), "utf-8"):
        if candidate and (text := _strictly(raw, candidate)) is not None:
            return text, candidate
    for candidate in (name, "utf-8"):
        if candidate and (text := _mostly(raw, candidate)) is not None:
            return text, candidate
    guess = _guess(raw)
    return raw.decode(guess, "replace"), guess


def charset(label: str) -> str:
    """Return the codec to read a declared charset with, as browsers do; empty when it is unknown or
    unsafe.
    """
    label = label.strip(" \t\"'").lower()
    try:
        found = codecs.lookup(OF_BROWSERS.get(label, label))
    except (LookupError, ValueError):
        return ""
    if not found._is_text_encoding or found.name.replace("_", "-") in UNSAFE:
        return ""
    return SUPERSETS.get(found.name, found.name)


def _marked(raw: bytes) -> tuple[str, str] | None:
    for mark, name in MARKS:
        if raw.startswith(mark):
            text = raw.decode(name, "replace")
            return text.removeprefix("\ufeff"), name
    return None


def _unmarked_utf16(raw: bytes) -> str:
    """Tell UTF-16 without its mark: in Latin scripts every second byte is zero."""
    sample = raw[:SAMPLE]
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if half < 2 or len(raw) % 2:
        return ""
    if odd * 10 > half * 7 and even * 20 < half:
        return "utf-16-le"
    if even * 10 > half * 7 and odd * 20 < half:
        return "utf-16-be"
    return ""


def _strictly(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (UnicodeError, ValueError):
        return None


def _mostly(raw: bytes, name: str) -> str | None:
    """Return the text when only few of its signs are broken: cut in the middle, or one wrong
    byte.
    """
    try:
        text = raw.decode(name, "replace")
    except (UnicodeError, ValueError):
        return None
    broken = text.count("\ufffd")
    foreign = sum(sign > "\x7f" for sign in text)
    return text if broken * 3 <= foreign else None


def _guess(raw: bytes) -> str:
    """Guess scripts other than Latin, where most signs are no ASCII; anything else is as Windows
    writes it.
    """
    sample = raw[:SAMPLE]
    signs = sum(byte > 0x20 for byte in sample)
    foreign = sum(byte > 0x7F for byte in sample)
    if foreign < FEWEST_SIGNS or foreign * 10 < signs * 4:
        return LAST
    best = from_bytes(sample, cp_isolation=list(GUESSED)).best()
    return best.encoding if best is not None else LAST


def quoted(text: str) -> str:
    """Return what somebody wrote, in quotes, as a sentence about it can hold it: in one line, its
    beginning alone.
    """
    line = " ".join(text[: 2 * LONGEST_QUOTED].split())
    return (
        f"“{line if len(line) <= LONGEST_QUOTED else line[: LONGEST_QUOTED - 1] + '…'}”"
    )


def row_number(text: str) -> int | None:
    """Return the number of a row that a text is, or nothing: no digits alone, or more than a column
    holds.
    """
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        return None
    number = int(text)
    return number if number <= LARGEST_NUMBER else None


def can_be_kept(text: str) -> bool:
    """Tell whether every database keeps this text: no zero bytes, no halves of letters."""
    return not UNKEPT.search(text)


def without_controls(text: str) -> str:
    """Return a text without control characters and halves of letters, which nobody can type or
    see.
    """
    return CONTROLS.sub("", text)

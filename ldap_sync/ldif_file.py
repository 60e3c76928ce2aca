"""LDIF as files come: in which encoding, and whether they are whole."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from ldap_sync.port import DirectoryError, IncompleteRead

_BYTE_ORDERS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COUNT = re.compile(r"# numEntries: (\d+)")
_COOKIE = re.compile(r"cookie=\S")
_LAPSED = "What was read was thrown away; make the export once more."


class MalformedLdif(DirectoryError):
    """A file that is not LDIF, with the line where reading ended."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"LDIF line {line}: {what}")
        self.line = line
        self.what = what


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a file in UTF-8 or, as Windows writes them, UTF-16.

    Octets that are no UTF-8 stay hidden in the line (PEP 383), since a folded line may part a sign;
    ``text_of`` brings them back. Raises ``IncompleteRead`` when the last line has no end, and
    ``OSError``.
    """
    number, line = 0, "\n"
    # Only the line feed ends a line: a lone carriage return may stand within a value.
    with path.open(
        encoding=_encoding(path), errors="surrogateescape", newline="\n"
    ) as file:
        try:
            for number, line in enumerate(file, 1):  # noqa: B007 (both are looked at after the end)
                yield line
        except UnicodeDecodeError as error:
            raise MalformedLdif(
                number + 1, "the text breaks off, or is not UTF-16"
            ) from error
    if not line.endswith("\n"):
        raise IncompleteRead(
            f"LDIF line {number}: the file ends in the middle of a line, so it may have been cut. "
            "When it is whole, end it with an empty line."
        )


def text_of(number: int, text: str) -> str:
    """Return a value of a line as text. Raises ``MalformedLdif`` when it is not UTF-8."""
    if text.isascii():
        return text
    try:
        return text.encode(errors="surrogateescape").decode()
    except UnicodeError as error:
        raise MalformedLdif(number, "not UTF-8 text") from error


class Completeness:
    """What ``ldapsearch`` says in comments and closing lines, held against what the file has."""

    def __init__(self) -> None:
        self._entries = 0
        self._is_open = False
        self._more_follows = False

    def note_comment(self, line: str) -> None:
        """Take a comment.

        Raises ``IncompleteRead`` when it counts other entries than stand before it.
        """
        if line.rstrip() == "# extended LDIF":
            self._is_open = True
        elif found := _COUNT.fullmatch(line.rstrip()):
            counted, self._entries = self._entries, 0
            if int(found[1]) != counted:
                raise IncompleteRead(
                    f"ldapsearch found {found[1]} entries, the file has {counted}. {_LAPSED}"
                )

    def note_result(self, attribute: str, value: str) -> None:
        """Take a closing line: the search ended, and maybe another page of it follows."""
        if attribute == "result":
            self._is_open = self._more_follows = False
        elif attribute == "pagedresults":
            self._more_follows = _COOKIE.search(value) is not None

    def note_entry(self) -> None:
        """Count an entry."""
        self._entries += 1

    def demand_end(self) -> None:
        """Raise ``IncompleteRead`` when the search that was begun has no end in the file."""
        if self._is_open:
            raise IncompleteRead(
                f"The end of what ldapsearch wrote is missing. {_LAPSED}"
            )
        if self._more_follows:
            raise IncompleteRead(
                f"The server had more pages than the file holds. {_LAPSED}"
            )


def _encoding(path: Path) -> str:
    """Tell UTF-16 by its byte order mark, or by the zero octet that half of its ASCII letters
    have.
    """
    with path.open("rb") as file:
        head = file.read(2)
    if head in _BYTE_ORDERS:
        return "utf-16"
    if len(head) == 2 and 0 in head:
        return "utf-16-le" if head[1] == 0 else "utf-16-be"
    return "utf-8-sig"

"""The lines of a log, from a file that may be packed, never more of it at once than one line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

LONGEST_LINE = 64 * 1024
PACKED = b"\x1f\x8b"


class LogTooLarge(Exception):
    """More comes out of a file than may be read."""


class LogLines:
    """The lines of one log in a file one can go back in.

    ``count`` are read so far, ``overlong`` of them were passed over.

    ``cut`` tells that a packed file ended in the middle. Raises ``LogTooLarge`` after ``most``
    bytes (unpacked).
    """

    def __init__(self, stream: BinaryIO, most: int) -> None:
        start = stream.tell()
        packed = stream.read(len(PACKED)) == PACKED
        stream.seek(start)
        unpacked = gzip.GzipFile(fileobj=stream) if packed else stream
        self._lines = cast("BinaryIO", unpacked)
        self._most = most
        self.count = self.overlong = self.bytes = 0
        self.cut = False

    def __iter__(self) -> Iterator[str]:
        """Yield line after line; what is no UTF-8 is replaced."""
        skipping = False
        while line := self._next():
            whole = line.endswith(b"\n") or len(line) < LONGEST_LINE
            if not skipping and whole:
                self.count += 1
                yield line.decode("utf-8", "replace")
            elif not skipping:
                self.count += 1
                self.overlong += 1
            skipping = not whole

    def _next(self) -> bytes:
        try:
            line = self._lines.readline(LONGEST_LINE)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.cut = True
            return b""
        self.bytes += len(line)
        if self.bytes > self._most:
            raise LogTooLarge
        return line

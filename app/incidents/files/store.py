"""Where the contents of attachments lie: ``RUNG_HOME/files``, by SHA-256, never under a name
somebody gave.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.errors import Invalid
from app.core.said import said
from app.incidents.files.rules import Sniffer, place_of

PIECE = 256 * 1024
ONE_DAY = 24 * 3600.0
INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived whole and is not kept yet: where it lies meanwhile, and what it is."""

    folder: Path
    path: Path
    sha256: str
    size: int
    type: str
    cut_off: bool

    def keep(self, attachment_id: int | str) -> None:
        """Move it to where the content of this attachment lies."""
        place = place_of(self.folder, self.sha256, attachment_id)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.replace(place)


@contextmanager
def received(folder: Path, stream: BinaryIO, most: int) -> Iterator[Received]:
    """Take in a file piece by piece. Unless it is kept before the end, nothing of it remains.

    Raises ``Invalid`` when it is empty, larger than ``most`` bytes, or stops in the middle.
    """
    incoming = folder / INCOMING
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=incoming)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            digest, sniffer = _copied(stream, out, most)
        yield Received(
            folder, path, digest, sniffer.size, sniffer.type, sniffer.is_cut_off
        )
    finally:
        path.unlink(missing_ok=True)


def sweep(folder: Path, *, older_than: float = ONE_DAY) -> int:
    """Remove what a killed process left half received; returns how many."""
    limit, count = time.time() - older_than, 0
    for left in (folder / INCOMING).glob("*"):
        if left.stat().st_mtime < limit:
            left.unlink(missing_ok=True)
            count += 1
    return count


def _copied(stream: BinaryIO, out: BinaryIO, most: int) -> tuple[str, Sniffer]:
    digest, sniffer = hashlib.sha256(), Sniffer()
    while piece := _next(stream):
        digest.update(piece)
        sniffer.feed(piece)
        if sniffer.size > most:
            raise Invalid(
                said(
                    "The file is too large: at most %(value)s MB are taken.",
                    value=most // 1000000,
                ),
                field="file",
            )
        out.write(piece)
    if not sniffer.size:
        raise Invalid(said("The file is empty; nothing was kept."), field="file")
    return digest.hexdigest(), sniffer


def _next(stream: BinaryIO) -> bytes:
    try:
        return stream.read(PIECE)
    except (OSError, EOFError) as error:
        raise Invalid(
            said(
                "The file did not arrive whole; nothing of it was kept. Send it again."
            ),
            field="file",
        ) from error

"""Small files that are there whole or not at all: neither a full disk nor a power cut leaves half
of one behind.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp


def make_once(path: Path, text: str) -> None:
    """Write ASCII ``text`` to ``path`` unless it is there already. Raises ``OSError``.

    Of two processes that start together one makes the file, the other finds it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = _written(path, text)
    try:
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


def put_whole(path: Path, text: str) -> None:
    """Put ASCII ``text`` in place of what ``path`` holds.

    Raises ``OSError``; then it is as before.
    """
    _written(path, text).replace(path)


def _written(path: Path, text: str) -> Path:
    handle, name = mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)

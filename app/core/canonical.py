"""The one text that stands for some content, and its hash: what was approved or frozen can be
checked later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.core.frozen import Kept

PIECE = 1_000_000
"""Signs that are read at once: the text of a plan may be tens of megabytes."""


def canonical(content: Mapping[str, Any]) -> str:
    """Return the one text that stands for this content, whatever order it was put together in.

    Frozen values in it are taken apart one after the other: a plan of thousands never stands there
    a second time as plain data.
    """
    return json.dumps(
        content,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=_taken_apart,
    )


def _taken_apart(value: object) -> dict[str, Any]:
    if not isinstance(value, Kept):
        raise TypeError(f"{value!r} cannot be kept as JSON")
    return value.parts()


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a canonical text as 64 hex digits."""
    found = hashlib.sha256()
    for start in range(0, len(text), PIECE):
        found.update(text[start : start + PIECE].encode())
    return found.hexdigest()

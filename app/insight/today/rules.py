"""What is new since somebody looked, and how soon to look again."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

SOON, LATER = 15, 60
"""Seconds between two looks: at first, and once nothing came for a while."""
PATIENCE = 60
"""So many looks without anything new, and the page stops asking."""


@dataclass(frozen=True, slots=True)
class NewsToday:
    """How many lines came and went since the page was made."""

    came: int
    went: int

    @property
    def any(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.came or self.went)


def marks(keys: Iterable[str]) -> str:
    """Return short marks of lines, to be compared with those of a later look."""
    return ".".join(_mark(key) for key in keys)


def news(shown: str, keys: Collection[str]) -> NewsToday:
    """Tell what changed between the lines whose marks were ``shown`` and those there are now."""
    before = {mark for mark in shown.split(".") if mark}
    after = {_mark(key) for key in keys}
    return NewsToday(len(after - before), len(before - after))


def next_look(quiet: int) -> int:
    """Return in how many seconds to look again after so many looks without news; 0 for never."""
    if quiet >= PATIENCE:
        return 0
    return SOON if quiet < PATIENCE // 3 else LATER


def _mark(key: str) -> str:
    return f"{zlib.crc32(key.encode()):08x}"

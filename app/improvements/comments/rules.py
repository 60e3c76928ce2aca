"""Who is named in a comment, and for how long its words may still be changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

CHANGEABLE_FOR = timedelta(minutes=15)
LONGEST_COMMENT = 8_000


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a comment; ``name`` tells that it names somebody."""

    text: str
    name: bool = False


def pieces(text: str, names: Iterable[str]) -> tuple[Said, ...]:
    """Cut a comment into its words and the names in it, as in "@ada"; together they are the whole
    text.
    """
    pattern = _pattern(names)
    if pattern is None:
        return (Said(text),)
    found, at = [], 0
    for hit in pattern.finditer(text):
        found += [Said(text[at : hit.start()]), Said(hit.group(), name=True)]
        at = hit.end()
    found.append(Said(text[at:]))
    return tuple(piece for piece in found if piece.text)


def named(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that stand behind an @ in a text, each once, in their order."""
    known = {name.casefold(): name for name in names}
    hits = [
        known[piece.text[1:].casefold()]
        for piece in pieces(text, known.values())
        if piece.name
    ]
    return tuple(dict.fromkeys(hits))


def may_change(by: str, who: str, at: datetime, now: datetime) -> bool:
    """Tell whether somebody may still change the words: his own, for a quarter of an hour."""
    return by == who and now - at <= CHANGEABLE_FOR


def shortened(text: str, begins: Callable[[str], bool], longest: int = 90) -> str:
    """Return the part of a comment around the first word that ``begins`` as was asked for."""
    words = text.split()
    hits = (place for place, word in enumerate(words) if begins(word))
    first = max(next(hits, 0) - 4, 0)
    whole = " ".join(words[first:])
    cut = whole if len(whole) <= longest else f"{whole[:longest].rstrip()} …"
    return f"… {cut}" if first else cut


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds names, the longest first: @anna-lena is not @anna; ann@site is no name."""
    wanted = sorted(filter(None, names), key=len, reverse=True)
    if not wanted:
        return None
    either = "|".join(map(re.escape, wanted))
    return re.compile(rf"(?<![\w@.-])@(?:{either})(?![\w-])", re.IGNORECASE)

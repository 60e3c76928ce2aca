"""Rules of articles: how their plain text is laid out, and when one is due for review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

USED_UNSEEN = 3
"""An article nobody validated is due for review once it was used this often."""

MOST_OF_IT = 0.8
MARK = re.compile(r"\s*(?:([-*•])|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list (``ul`` with points, ``ol`` with numbers); texts only, never
    markup.
    """

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return a text as paragraphs and lists: a line with "-", "*" or "1." in front is a point of a
    list.
    """
    return [Block(kind, tuple(lines)) for kind, lines in _grouped(text) if kind]


def due_for_review(validated: bool, used: int, flags: int) -> bool:
    """Tell whether somebody has to look at an article: flagged, or trusted by use and never
    validated.
    """
    return flags > 0 or (not validated and used >= USED_UNSEEN)


def few_that_solve(uses: Iterable[int]) -> int:
    """Return how few articles, the most used first, carry 80 % of all uses; reuse is never even."""
    counts = sorted(uses, reverse=True)
    wanted, so_far = sum(counts) * MOST_OF_IT, 0
    for place, used in enumerate(counts, start=1):
        so_far += used
        if used and so_far >= wanted:
            return place
    return 0


def _grouped(text: str) -> Iterator[tuple[str, list[str]]]:
    for kind, lines in groupby(text.splitlines(), _kind):
        yield (
            kind,
            [MARK.sub("", line, count=1) if kind != "p" else line for line in lines],
        )


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    found = MARK.match(line)
    return "p" if found is None else "ul" if found.group(1) else "ol"

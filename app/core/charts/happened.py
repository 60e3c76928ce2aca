"""What happened while something was measured: rungs begun, decisions and notes, for the picture and
for the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.charts.table import Table


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened on a day: ``kind`` is rung (one began), decision or note; ``words`` say it
    whole, ``short`` in a word.
    """

    when: date
    kind: str
    words: str
    short: str = ""


MARKS = {"rung": "ring", "decision": "square", "note": "note"}
KEYS = {"rung": "rung begun", "decision": "decision", "note": "note"}


def placed(
    happened: Iterable[Happened], days: Sequence[date]
) -> dict[int, list[Happened]]:
    """Return what happened by the position it is marked at: the first period not before it; what
    was before the first period is left out.
    """
    found: dict[int, list[Happened]] = {}
    for one in sorted(happened, key=lambda one: one.when):
        place = next((at for at, day in enumerate(days) if day >= one.when), None)
        if place is not None and (place or one.when == days[0]):
            found.setdefault(place, []).append(one)
    return found


def with_words(table: Table, marked: Mapping[int, list[Happened]]) -> Table:
    """Return a table with a column for what happened, if anything did."""
    if not marked:
        return table
    rows = tuple(
        (*row, "; ".join(one.words for one in marked.get(at, ())) or None)
        for at, row in enumerate(table.rows)
    )
    return Table(table.caption, (*table.header, "What happened"), rows)


def key_of(marked: Mapping[int, list[Happened]]) -> list[tuple[str, str]]:
    """Return the marks that are drawn with what they mean."""
    kinds = {one.kind for some in marked.values() for one in some}
    return [(MARKS[kind], KEYS[kind]) for kind in MARKS if kind in kinds]

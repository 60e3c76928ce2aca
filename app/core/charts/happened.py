"""What happened while something was measured: rungs begun, decisions and notes, for the picture and
for the table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.core.charts.axis import LETTER
from app.core.charts.frame import Plot
from app.core.charts.svg import Place, joined, line, mark, text
from app.core.charts.table import Table
from app.core.figures import day
from app.core.said import joined as together
from app.core.said import said, spoken


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened on a day: ``kind`` is rung (one began), decision or note; ``words`` say it
    whole, ``short`` in a word.
    """

    when: date
    kind: str
    words: str
    short: str = ""


MARKS = {"rung": "begun", "decision": "flag", "note": "note"}
KEYS = {"rung": said("rung begun"), "decision": said("decision"), "note": said("note")}


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
        (*row, together([one.words for one in marked.get(at, ())], "; ") or None)
        for at, row in enumerate(table.rows)
    )
    return Table(table.caption, (*table.header, said("What happened")), rows)


def key_of(marked: Mapping[int, list[Happened]]) -> list[tuple[str, str]]:
    """Return the marks that are drawn with what they mean."""
    kinds = {one.kind for some in marked.values() for one in some}
    return [(MARKS[kind], KEYS[kind]) for kind in MARKS if kind in kinds]


def drawn(
    marked: Mapping[int, list[Happened]],
    at: Callable[[float], float],
    plot: Plot,
    down: float = 8,
) -> Markup:
    """Draw what happened: a line through the day, its sign near the top (so far ``down``), a word
    where there is room for one. ``at`` gives the pixel of a position.
    """
    places = [*marked, None]
    return joined(
        line("chart-happened", (at(place), plot.top), (at(place), plot.bottom))
        + _sign(
            some,
            (at(place), plot.top + down),
            plot.right if after is None else at(after),
        )
        for (place, some), after in zip(marked.items(), places[1:], strict=True)
    )


def _sign(some: Sequence[Happened], where: Place, end: float) -> Markup:
    x, y = where
    first = next((one for one in some if one.kind != "note"), some[0])
    tip = together([day(one.when) + ": " + one.words for one in some], "; ")
    short = spoken(first.short)
    fits = len(short) * LETTER <= end - x - 22
    word = text("chart-tick", (x + 9, y + 4), short) if fits else ""
    return mark(MARKS[first.kind], where, tip) + word

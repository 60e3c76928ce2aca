"""What all larger charts share: their two sizes, the plot with its grid, labels at the right edge,
the key below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from markupsafe import Markup

from app.core.charts.axis import (
    LETTER,
    Axis,
    day_text,
    spread,
    thinned,
    tick_texts,
    ticks,
)
from app.core.charts.svg import box, joined, line, mark, text
from app.core.said import spoken

KEY_ROW = 18
LABEL_GAP = 13


class Size(Enum):
    """Charts are drawn three times, for a wide page, for a card and for a phone; the one that fits
    best fills the room there is.
    """

    WIDE = (860, 260)
    FULL = (560, 240)
    HALF = (300, 205)

    @property
    def width(self) -> int:
        """The width in pixels."""
        return self.value[0]

    @property
    def height(self) -> int:
        """The height in pixels, without the key."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Plot:
    """The inner rectangle of a chart, in pixels; ``outer`` is the right edge of the whole
    picture.
    """

    left: float
    right: float
    top: float
    bottom: float
    outer: float

    @property
    def width(self) -> float:
        """The width in pixels."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class EdgeLabel:
    """A label at the right end of a line: where the line is, what it says, how it looks, which icon
    goes before.
    """

    at: float
    words: str
    look: str = ""
    icon: str = ""


def plot_of(size: Size, left_texts: Sequence[str], right_texts: Sequence[str]) -> Plot:
    """Leave just the room that the labels at both sides need."""
    left = max((len(words) for words in left_texts), default=0) * LETTER + 10
    right = max((len(words) for words in right_texts), default=0) * LETTER + 12
    return Plot(left, size.width - max(right, 12), 24, size.height - 24, size.width)


def rough(size: Size) -> Plot:
    """Return a plot of the right height, to work out which numbers it will show before their room
    is known.
    """
    return Plot(0, 1, 24, size.height - 24, size.width)


def tick_count(size: Size) -> int:
    """Return about how many grid lines a chart of this size has."""
    return 4 if size is Size.HALF else 5


def grid(axis: Axis, plot: Plot, size: Size) -> Markup:
    """Draw the horizontal grid with its numbers."""
    values = ticks(axis, tick_count(size))
    rows = zip(values, tick_texts(values), strict=True)
    return joined(
        line("chart-grid", (plot.left, axis.at(value)), (plot.right, axis.at(value)))
        + text("chart-tick", (plot.left - 7, axis.at(value) + 4), words, "end")
        for value, words in rows
    )


def tick_room(axis: Axis, size: Size) -> list[str]:
    """Return the numbers the grid will show, to leave room for them."""
    return [spoken(words) for words in tick_texts(ticks(axis, tick_count(size)))]


def below(
    places: Sequence[float], words: Callable[[int, int | None], str], plot: Plot
) -> Markup:
    """Draw as many labels under the plot as fit; the outer ones stay inside the picture.

    ``words`` gives the label of a place, told which place is labelled before it.
    """
    if not places:
        return Markup("")
    longest = max(len(spoken(words(at, at))) for at in range(len(places))) * LETTER + 14
    chosen = thinned(len(places), places[-1] - places[0] + longest, longest)
    return joined(
        text(
            "chart-tick",
            (_inside(places[at], longest / 2, plot), plot.bottom + 17),
            words(at, before),
            "middle",
        )
        for at, before in zip(chosen, [None, *chosen[:-1]], strict=True)
    )


def weeks_below(days: Sequence[date], plot: Plot) -> Markup:
    """Draw evenly spaced days under the plot, as many as fit."""

    def words(place: int, before: int | None) -> str:
        return day_text(days[place], None if before is None else days[before])

    return below(
        [evenly(place, len(days), plot) for place in range(len(days))], words, plot
    )


def evenly(place: float, count: int, plot: Plot) -> float:
    """Return where the place-th of ``count`` evenly spaced points lies between the edges of the
    plot.
    """
    return plot.left + place * plot.width / max(count - 1, 1)


def edge(labels: Sequence[EdgeLabel], plot: Plot) -> Markup:
    """Draw the labels at the right edge, moved apart where their lines are too close."""
    heights = spread(
        [label.at for label in labels], LABEL_GAP, plot.top + 2, plot.bottom - 4
    )
    return joined(
        _edge_label(label, plot.right + 9, height)
        for label, height in zip(labels, heights, strict=True)
    )


def _edge_label(label: EdgeLabel, x: float, y: float) -> Markup:
    look = f"chart-label {label.look}".rstrip()
    if not label.icon:
        return text(look, (x, y + 4), label.words)
    return mark(label.icon, (x + 5, y)) + text(look, (x + 14, y + 4), label.words)


def key(entries: Sequence[tuple[str, str]], size: Size) -> tuple[Markup, int]:
    """Draw what the marks mean, below the chart; returns it with the height it takes."""
    drawn, x, y = [], 8.0, size.height + 12.0
    for kind, said_words in entries:
        words = spoken(said_words)
        needed = len(words) * LETTER + 30
        if x + needed > size.width and x > 8:
            x, y = 8.0, y + KEY_ROW
        drawn.append(
            _key_mark(kind, (x + 5, y - 4)) + text("chart-key", (x + 16, y), words)
        )
        x += needed
    return joined(drawn), int(y - size.height) + 6 if entries else 0


def _key_mark(kind: str, at: tuple[float, float]) -> Markup:
    x, y = at
    if kind.startswith("chart-"):  # a kind of line
        return line(kind, (x - 6, y), (x + 7, y))
    if kind.startswith("area "):
        return box(kind.removeprefix("area "), (x - 6, y - 5), (x + 7, y + 5))
    return mark(kind, at)


def _inside(x: float, half: float, plot: Plot) -> float:
    """Return the middle of a label that stays inside the picture."""
    return min(max(x, half - 7), plot.outer - half + 7)

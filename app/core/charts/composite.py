"""What a service is made of and what is built on it: columns where there is room, a tree on a
phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.core.charts.axis import LETTER
from app.core.charts.frame import Size
from app.core.charts.svg import Place, joined, picture, tag, text
from app.core.charts.table import Table
from app.core.said import said

HIGH, STEP, INDENT, GAP, WIDEST = 30.0, 42.0, 22.0, 44.0, 190.0


@dataclass(frozen=True, slots=True)
class Node:
    """One box; ``column`` counts from the service itself at 0, those built on it stand before
    it.
    """

    name: str
    column: int
    look: str = "service"


@dataclass(frozen=True, slots=True)
class Composite:
    """The boxes by number, who needs whom, and the service it is about."""

    title: str
    nodes: Mapping[int, Node]
    edges: tuple[tuple[int, int], ...]
    start: int
    words: str = ""

    def draw(self, size: Size) -> Markup:
        """Return the picture at one of its sizes."""
        return (
            self._columns(size.width) if size is Size.WIDE else self._tree(size.width)
        )

    def table(self) -> Table:
        """Return who needs whom as a table."""
        rows = tuple((self.nodes[a].name, self.nodes[b].name) for a, b in self.edges)
        return Table(
            self.title,
            (said("Service"), said("Needs")),
            rows,
        )

    def _columns(self, width: int) -> Markup:
        columns: dict[int, list[int]] = {}
        for number, node in self.nodes.items():
            columns.setdefault(node.column, []).append(number)
        first, tallest = min(columns), max(map(len, columns.values()))
        step = width / (max(columns) - first + 1)
        wide, high = min(WIDEST, step - GAP), tallest * STEP
        places = {
            number: (
                (node.column - first) * step + 1,
                (high - len(columns[node.column]) * STEP) / 2
                + columns[node.column].index(number) * STEP
                + 6,
            )
            for number, node in self.nodes.items()
        }
        lines = (
            _curve(
                places[a],
                places[b],
                wide,
            )
            for a, b in self.edges
        )
        boxes = (
            _box(node, places[number], wide) for number, node in self.nodes.items()
        )
        return picture(
            (width, high), "chart-composite", self.title, self.words, *lines, *boxes
        )

    def _tree(self, width: int) -> Markup:
        above = [a for a, b in self.edges if b == self.start]
        rows = [(number, 0, -1) for number in above]
        rows += self._below(
            self.start, 1 if above else 0, 0 if above else -1, len(rows)
        )
        drawn = []
        for place, (number, indent, parent) in enumerate(rows):
            at = (indent * INDENT + 1, place * STEP + 6)
            if parent >= 0:
                drawn.append(
                    _elbow(
                        (rows[parent][1] * INDENT + 10, parent * STEP + 6 + HIGH), at
                    )
                )
            drawn.append(
                _box(
                    self.nodes[number],
                    at,
                    min(WIDEST, width - at[0] - 2),
                )
            )
        return picture(
            (width, len(rows) * STEP), "chart-composite", self.title, self.words, *drawn
        )

    def _below(
        self, number: int, indent: int, parent: int, place: int
    ) -> list[tuple[int, int, int]]:
        rows = [(number, indent, parent)]
        for a, b in self.edges:
            if a == number:
                rows += self._below(
                    b,
                    indent + 1,
                    place,
                    place + len(rows),
                )
        return rows


def _box(node: Node, at: Place, wide: float) -> Markup:
    x, y = at
    round_corner = 2 if "part" in node.look else 8
    outline = tag(
        "rect",
        class_=f"chart-node {node.look}",
        x=x,
        y=y,
        width=wide,
        height=HIGH,
        rx=round_corner,
    )
    letters = int((wide - 14) // LETTER)
    shown = node.name if len(node.name) <= letters else f"{node.name[: letters - 1]}…"
    words = text(
        f"chart-node-name {node.look}",
        (x + wide / 2, y + HIGH / 2 + 4),
        shown,
        "middle",
    )
    return joined([outline, words])


def _curve(start: Place, end: Place, wide: float) -> Markup:
    x1, y1, x2, y2 = start[0] + wide, start[1] + HIGH / 2, end[0], end[1] + HIGH / 2
    middle = (x1 + x2) / 2
    way = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2 - 6:.1f} {y2:.1f}"
    return tag("path", class_="chart-needs", d=way) + _head((x2, y2))


def _elbow(start: Place, end: Place) -> Markup:
    y = end[1] + HIGH / 2
    way = f"M{start[0]:.1f} {start[1]:.1f}V{y:.1f}H{end[0] - 6:.1f}"
    return tag("path", class_="chart-needs", d=way) + _head((end[0], y))


def _head(at: Place) -> Markup:
    return tag(
        "path", class_="chart-needs-head", d=f"M{at[0]:.1f} {at[1]:.1f}l-7 -4v8z"
    )


def shown_edges(
    edges: Iterable[tuple[int, int]], *groups: frozenset[int]
) -> tuple[tuple[int, int], ...]:
    """Return the edges with both ends in one of the groups: no line jumps over the service
    itself.
    """
    return tuple(
        (a, b) for a, b in edges if any(a in group and b in group for group in groups)
    )

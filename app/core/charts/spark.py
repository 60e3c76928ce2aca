"""Charts as small as a word: one line of values for cards and lists, and many of them side by
side.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.core.charts.axis import Axis, fitted
from app.core.charts.points import ChartDot
from app.core.charts.svg import broken_path, joined, line, mark, picture
from app.core.figures import figure

WIDTH, HEIGHT, EDGE = 132, 36, 8


@dataclass(frozen=True, slots=True)
class Spark:
    """A metric in small: its last values, the line to compare with, one sentence."""

    title: str
    sentence: str
    dots: tuple[ChartDot, ...]
    centre: float | None = None

    @property
    def last(self) -> str:
        """The latest measured value, or a dash."""
        return next(
            (figure(dot.value) for dot in reversed(self.dots) if dot.value is not None),
            "–",
        )

    def draw(self) -> Markup:
        """Return the line of values with its signals and its last point marked."""
        held = [dot.value for dot in self.dots if dot.value is not None]
        held += [self.centre] if self.centre is not None else []
        axis, step = (
            fitted(held or [0, 1], HEIGHT - EDGE, EDGE),
            (WIDTH - 2 * EDGE) / max(len(self.dots) - 1, 1),
        )
        places = [
            None if dot.value is None else (EDGE + at * step, axis.at(dot.value))
            for at, dot in enumerate(self.dots)
        ]
        last = next((at for at in range(len(places) - 1, -1, -1) if places[at]), None)
        marks = joined(
            mark(dot.mark or "dot", place, small=True)
            for at, (dot, place) in enumerate(zip(self.dots, places, strict=True))
            if place and (dot.mark or at == last)
        )
        values = broken_path("chart-values", places)
        return picture(
            (WIDTH, HEIGHT),
            "chart-spark",
            self.title,
            self.sentence,
            self._centre(axis),
            values,
            marks,
        )

    def _centre(self, axis: Axis) -> Markup:
        if self.centre is None:
            return Markup("")
        y = axis.at(self.centre)
        return line("chart-centre", (0, y), (WIDTH, y))

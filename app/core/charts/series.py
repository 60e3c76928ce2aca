"""Values in the order of time: XmR chart, log-XmR chart, moving ranges and run chart are all drawn
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from app.core.charts import frame
from app.core.charts.axis import LETTER, Axis, day_text, fitted
from app.core.charts.frame import EdgeLabel, Plot, Size
from app.core.charts.happened import Happened, drawn, key_of, placed, with_words
from app.core.charts.points import ChartDot, Lines
from app.core.charts.svg import (
    Place,
    box,
    broken_path,
    joined,
    line,
    mark,
    picture,
    text,
)
from app.core.charts.table import Table
from app.core.figures import compact, day, figure, most_of
from app.core.said import joined as together
from app.core.said import said, spoken

SMALL_UNDER = 7  # pixels between two points
NAMES = {
    "average": said("average"),
    "median": said("median"),
    "typical": said("typical"),
    "pilot": said("pilot"),
}
COLUMNS = {
    "average": said("Average"),
    "median": said("Median"),
    "typical": said("Typical"),
}
SHORT = {"average": said("avg"), "median": said("med"), "typical": said("typ")}
PROMISED = {
    "will meet": said("will meet"),
    "hit or miss": said("hit or miss"),
    "will miss": said("will miss"),
}
SIGNALS = {
    "better": said("better"),
    "worse": said("worse"),
    "ring": said("set aside"),
    "out": said("left out"),
}


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Everything such a chart shows.

    ``assurance`` is will meet, hit or miss, or will miss the target; ``happened`` is marked on its
    day.
    """

    title: str
    sentence: str
    unit: str
    dots: tuple[ChartDot, ...]
    lines: tuple[Lines, ...] = ()
    target: float | None = None
    assurance: str = ""
    centre_name: str = "average"
    pilot_name: str = "pilot"
    logged: bool = False
    zero: bool = False
    happened: tuple[Happened, ...] = ()

    @property
    def of_cases(self) -> bool:
        """Tell whether its values are shares or rates, made of two counts each."""
        return any(dot.of for dot in self.dots)

    @property
    def most(self) -> float | None:
        """Return the most a value can be: 100 for a share."""
        held = [dot.value for dot in self.dots if dot.value is not None]
        return most_of(self.unit, held)

    def draw(self, size: Size) -> Markup:
        """Return the chart at one of its sizes."""
        return _Drawing(self, size).whole()

    def marked(self) -> dict[int, list[Happened]]:
        """Return what happened by the position it is marked at."""
        return placed(self.happened, [dot.when for dot in self.dots])

    def latest(self, count: int) -> SeriesChart:
        """Return the chart of the latest periods alone, with the lines that were worked out from
        all of them.
        """
        cut = max(0, len(self.dots) - count)
        lines = tuple(
            replace(one, start=max(0, one.start - cut), stop=one.stop - cut)
            for one in self.lines
            if one.stop > cut
        )
        return replace(self, dots=self.dots[cut:], lines=lines)

    def table(self) -> Table:
        """Return the same values and lines as a table."""
        header = (
            said("Period"),
            self.unit or said("Value"),
            *((said("Counted"), said("Of how many")) if self.of_cases else ()),
            COLUMNS.get(self.centre_name, self.centre_name),
            said("Lower limit"),
            said("Upper limit"),
            said("Signal"),
        )
        rows = tuple(
            _row(dot, _lines_at(self.lines, place), self.of_cases)
            for place, dot in enumerate(self.dots)
        )
        return with_words(Table(self.title, header, rows), self.marked())

    @property
    def words(self) -> str:
        """What the chart shows, in words, for those who do not see it."""
        if self.target is None:
            return self.sentence
        target, promise = figure(self.target), PROMISED.get(self.assurance, "")
        if promise:
            told = said(
                "Target %(target)s: %(promise)s.", target=target, promise=promise
            )
        else:
            told = said("Target %(target)s.", target=target)
        return together([self.sentence, told])


def _row(
    dot: ChartDot, lines: Lines | None, of_cases: bool
) -> tuple[str | date | float | None, ...]:
    drawn = (lines.centre, lines.lower, lines.upper) if lines else (None, None, None)
    return (
        dot.label or dot.when,
        dot.value,
        *((dot.of or (None, None)) if of_cases else ()),
        *drawn,
        SIGNALS[dot.mark] + ": " + dot.why if dot.mark else None,
    )


def _lines_at(lines: Sequence[Lines], place: int) -> Lines | None:
    return next((one for one in lines if one.start <= place < one.stop), None)


class _Drawing:
    """One chart being drawn at one size."""

    def __init__(self, chart: SeriesChart, size: Size) -> None:
        self.chart, self.size = chart, size
        rough = self._axis(frame.rough(size))
        self.edge_words = self._edge_words()
        self.plot = frame.plot_of(size, frame.tick_room(rough, size), self._edge_room())
        self.axis = self._axis(self.plot)
        self.step = (self.plot.width - 16) / max(len(chart.dots) - 1, 1)

    def whole(self) -> Markup:
        keyed, extra = frame.key(self._key(), self.size)
        return picture(
            (self.size.width, self.size.height + extra),
            "chart-series",
            self.chart.title,
            self.chart.words,
            self._shading(),
            frame.grid(self.axis, self.plot, self.size),
            self._lines(),
            self._target(),
            drawn(self.chart.marked(), self._x, self.plot),
            self._values(),
            self._marks(),
            self._days(),
            self._edge(),
            keyed,
        )

    def _axis(self, plot: Plot) -> Axis:
        chart = self.chart
        held = [dot.value for dot in chart.dots if dot.value is not None]
        held += [
            value
            for one in chart.lines
            for value in (one.centre, one.lower, one.upper)
            if value is not None
        ]
        held += [chart.target] if chart.target is not None else []
        return fitted(
            held or [0, 1],
            plot.bottom,
            plot.top,
            logged=chart.logged,
            zero=chart.zero,
            most=chart.most,
        )

    def _x(self, place: float) -> float:
        if len(self.chart.dots) == 1:
            return (self.plot.left + self.plot.right) / 2
        return self.plot.left + 8 + place * self.step

    def _reach(self, start: int, stop: int) -> tuple[float, float]:
        """Return from where to where a stretch of positions is shaded or ruled: half a step around
        its points.
        """
        return max(self._x(start - 0.5), self.plot.left), min(
            self._x(stop - 0.5), self.plot.right
        )

    def _shading(self) -> Markup:
        """Shade before and during the pilot, each under its name."""
        dots, plot = self.chart.dots, self.plot
        first = next((place for place, dot in enumerate(dots) if dot.pilot), None)
        if first is None:
            return Markup("")
        parts = [(0, first, "before"), (first, len(dots), "pilot")]
        names = {
            "before": self._before_names(),
            "pilot": (
                NAMES.get(self.chart.pilot_name, self.chart.pilot_name),
                NAMES["pilot"],
            ),
        }
        spans = [
            (*self._reach(start, stop), kind)
            for start, stop, kind in parts
            if stop > start
        ]
        return joined(
            box(f"chart-{kind}", (left, plot.top - 18), (right, plot.bottom))
            + text(
                "chart-region",
                (left + 6, plot.top - 5),
                _fitting(names[kind], right - left - 6),
            )
            for left, right, kind in spans
        )

    def _before_names(self) -> tuple[str, ...]:
        first = self.chart.lines[0] if self.chart.lines else None
        if first is None or first.lower is None:
            return (said("before"),)
        number = first.baseline
        if first.firm:
            long = said("before · locked limits from %(number)s points", number=number)
        else:
            long = said("before · trial limits from %(number)s points", number=number)
        return (long, said("before"))

    def _lines(self) -> Markup:
        return joined(
            piece
            for one in self.chart.lines
            for piece in (*self._stretch(one), self._renewed(one))
        )

    def _renewed(self, one: Lines) -> Markup:
        """Mark where people decided that new limits hold."""
        if not one.start or one.follows:
            return Markup("")
        x = self._reach(one.start, one.stop)[0]
        ruled = line("chart-today", (x, self.plot.top), (x, self.plot.bottom))
        return ruled + text(
            "chart-tick", (x + 5, self.plot.bottom - 6), said("new limits")
        )

    def _stretch(self, one: Lines) -> list[Markup]:
        start, end = self._reach(one.start, one.stop)
        limits = "chart-limit" if one.firm else "chart-limit chart-trial"
        rows = [("chart-centre", one.centre), (limits, one.lower), (limits, one.upper)]
        return [
            line(look, (start, self.axis.at(value)), (end, self.axis.at(value)))
            for look, value in rows
            if value is not None
        ]

    def _target(self) -> Markup:
        if self.chart.target is None:
            return Markup("")
        y = self.axis.at(self.chart.target)
        return line("chart-target", (self.plot.left, y), (self.plot.right, y))

    def _places(self) -> list[Place | None]:
        return [
            None if dot.value is None else (self._x(place), self.axis.at(dot.value))
            for place, dot in enumerate(self.chart.dots)
        ]

    def _values(self) -> Markup:
        joined_up = zip(self.chart.dots, self._places(), strict=True)
        return broken_path(
            "chart-values",
            (None if dot.mark == "out" else place for dot, place in joined_up),
        )

    def _marks(self) -> Markup:
        return joined(
            mark(
                "missing",
                (self._x(number), self.plot.bottom - 5),
                said("%(name)s: not measured", name=_name(dot)),
            )
            if place is None
            else mark(
                dot.mark or "dot", place, _tip(dot), small=self.step < SMALL_UNDER
            )
            for number, (dot, place) in enumerate(
                zip(self.chart.dots, self._places(), strict=True)
            )
        )

    def _days(self) -> Markup:
        dots = self.chart.dots

        def words(place: int, before: int | None) -> str:
            return dots[place].label or day_text(
                dots[place].when, None if before is None else dots[before].when
            )

        return frame.below(
            [self._x(place) for place in range(len(dots))], words, self.plot
        )

    def _edge_words(self) -> list[tuple[float, str, str]]:
        """Return value, words and look of the labels at the right edge; short ones where there is
        little room.
        """
        full = self.size is not Size.HALF
        name = self.chart.centre_name
        centre = (NAMES if full else SHORT).get(name, name)
        limit = said("limit") if full else ""
        rows: list[tuple[float | None, str, str]] = []
        if self.chart.lines:
            last = self.chart.lines[-1]
            rows = [
                (last.upper, limit, ""),
                (last.centre, centre, "strong"),
                (last.lower, limit, ""),
            ]
        rows.append((self.chart.target, said("target"), "target"))
        return [
            (value, spoken(together([name, compact(value)])), look)
            for value, name, look in rows
            if value is not None
        ]

    def _edge_room(self) -> list[str]:
        icon = "  " if self.chart.assurance else ""
        return [
            f"{words}{icon if look == 'target' else ''}"
            for _, words, look in self.edge_words
        ]

    def _edge(self) -> Markup:
        icon = self.chart.assurance
        labels = [
            EdgeLabel(
                self.axis.at(value), words, look, icon if look == "target" else ""
            )
            for value, words, look in self.edge_words
        ]
        return frame.edge(labels, self.plot)

    def _key(self) -> list[tuple[str, str]]:
        dots = self.chart.dots
        entries = []
        if any(dot.mark == "better" for dot in dots):
            entries.append(("better", said("signal, better")))
        if any(dot.mark == "worse" for dot in dots):
            entries.append(("worse", said("signal, worse")))
        if any(dot.mark == "ring" for dot in dots):
            entries.append(("ring", said("cut by the change")))
        if any(dot.mark == "out" for dot in dots):
            entries.append(("out", said("left out")))
        if any(dot.value is None for dot in dots):
            entries.append(("missing", said("not measured")))
        return entries + key_of(self.chart.marked())


def _fitting(names: Sequence[str], room: float) -> str:
    """Return the first name that fits into so many pixels, or nothing."""
    spoken_names = map(spoken, names)
    return next((name for name in spoken_names if len(name) * LETTER <= room), "")


def _name(dot: ChartDot) -> str:
    return dot.label or day(dot.when)


def _tip(dot: ChartDot) -> str:
    value = figure(dot.value) if dot.value is not None else ""
    if dot.of:
        value += f" ({figure(dot.of[0])}/{figure(dot.of[1])})"
    return _name(dot) + ": " + value + (" – " + dot.why if dot.why else "")

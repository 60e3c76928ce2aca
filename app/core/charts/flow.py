"""Cumulative flow: raised against closed; what lies between them is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.core.charts import frame
from app.core.charts.axis import Axis, from_zero
from app.core.charts.frame import EdgeLabel, Plot, Size
from app.core.charts.svg import Place, path, picture
from app.core.charts.table import Table
from app.core.said import Grouped, said, spoken

HEADER = (said("Week to"), said("Raised"), said("Closed"), said("Open"))


@dataclass(frozen=True, slots=True)
class FlowWeek:
    """The end of one week: raised and closed since the beginning."""

    ends: date
    raised: int
    closed: int


@dataclass(frozen=True, slots=True)
class FlowChart:
    """Weeks in order; there is at least one."""

    title: str
    sentence: str
    weeks: tuple[FlowWeek, ...]

    @property
    def words(self) -> str:
        """What the chart shows, in words."""
        return self.sentence

    def draw(self, size: Size) -> Markup:
        """Return the chart at one of its sizes."""
        return _FlowDrawing(self, size).whole()

    def table(self) -> Table:
        """Return the weeks as a table."""
        rows = tuple(
            (week.ends, week.raised, week.closed, week.raised - week.closed)
            for week in self.weeks
        )
        return Table(self.title, HEADER, rows)


class _FlowDrawing:
    """One flow chart being drawn at one size."""

    def __init__(self, chart: FlowChart, size: Size) -> None:
        self.chart, self.size = chart, size
        rough = self._axis(frame.rough(size))
        self.plot = frame.plot_of(
            size,
            frame.tick_room(rough, size),
            [label.words for label in self._labels(rough)],
        )
        self.axis = self._axis(self.plot)

    def whole(self) -> Markup:
        raised = self._line([week.raised for week in self.chart.weeks])
        closed = self._line([week.closed for week in self.chart.weeks])
        return picture(
            (self.size.width, self.size.height),
            "chart-flow",
            self.chart.title,
            self.chart.words,
            frame.grid(self.axis, self.plot, self.size),
            path("chart-open", [*raised, *closed[::-1]], closed=True),
            path("chart-raised", raised),
            path("chart-done", closed),
            frame.weeks_below([week.ends for week in self.chart.weeks], self.plot),
            frame.edge(self._labels(self.axis), self.plot),
        )

    def _axis(self, plot: Plot) -> Axis:
        return from_zero(
            (week.raised for week in self.chart.weeks), plot.bottom, plot.top
        )

    def _line(self, values: list[int]) -> list[Place]:
        return [
            (frame.evenly(place, len(values), self.plot), self.axis.at(value))
            for place, value in enumerate(values)
        ]

    def _labels(self, axis: Axis) -> list[EdgeLabel]:
        last = self.chart.weeks[-1]
        raised = EdgeLabel(
            axis.at(last.raised),
            spoken(said("raised %(number)s", number=Grouped(last.raised))),
            "strong",
        )
        closed = EdgeLabel(
            axis.at(last.closed),
            spoken(said("closed %(number)s", number=Grouped(last.closed))),
            "strong",
        )
        if last.raised == last.closed:
            return [raised, closed]
        open_ones = EdgeLabel(
            (raised.at + closed.at) / 2,
            spoken(said("%(number)s open", number=Grouped(last.raised - last.closed))),
        )
        return [raised, open_ones, closed]

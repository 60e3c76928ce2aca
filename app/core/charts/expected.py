"""Calls week by week: foreseen between half and nine of ten chances, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.core.charts import frame
from app.core.charts.axis import Axis, from_zero
from app.core.charts.frame import EdgeLabel, Plot, Size
from app.core.charts.svg import Place, broken_path, joined, mark, path, picture
from app.core.charts.table import Table
from app.core.said import said, spoken


@dataclass(
    frozen=True,
    slots=True,
)
class ExpectedWeek:
    """One week: foreseen, the band, what came of an earlier one, what came now."""

    starts: date
    expected: float
    half: int
    nine: int
    earlier: float | None = None
    actual: int | None = None


@dataclass(
    frozen=True,
    slots=True,
)
class ExpectedChart:
    """Weeks in order; there is at least one."""

    title: str
    sentence: str
    weeks: tuple[ExpectedWeek, ...]

    @property
    def words(self) -> str:
        """What the chart shows, in words."""
        return self.sentence

    def draw(self, size: Size) -> Markup:
        """Return the chart at one of its sizes."""
        return _ExpectedDrawing(
            self,
            size,
        ).whole()

    def table(self) -> Table:
        """Return the weeks as a table."""
        header = (
            said("Week from"),
            said("Foreseen"),
            "50 %",
            "90 %",
            said("As before"),
            said("Came"),
        )
        rows = tuple(
            (one.starts, one.expected, one.half, one.nine, one.earlier, one.actual)
            for one in self.weeks
        )
        return Table(
            self.title,
            header,
            rows,
        )


class _ExpectedDrawing:
    """One chart of expected calls being drawn at one size."""

    def __init__(self, chart: ExpectedChart, size: Size) -> None:
        self.chart, self.size = chart, size
        rough = self._axis(frame.rough(size))
        room = frame.tick_room(
            rough,
            size,
        )
        words = [label.words for label in self._labels(rough)]
        self.plot = frame.plot_of(
            size,
            room,
            words,
        )
        self.axis = self._axis(self.plot)

    def whole(self) -> Markup:
        weeks = self.chart.weeks
        half = self._line([week.half for week in weeks])
        nine = self._line([week.nine for week in weeks])
        keyed, extra = frame.key(self._key(), self.size)
        return picture(
            (self.size.width, self.size.height + extra),
            "chart-burnup",
            self.chart.title,
            self.chart.words,
            frame.grid(
                self.axis,
                self.plot,
                self.size,
            ),
            path(
                "chart-fan",
                [*half, *nine[::-1]],
                closed=True,
            ),
            path(
                "chart-likely",
                half,
            ),
            path(
                "chart-careful",
                nine,
            ),
            broken_path("chart-scope", self._places("earlier")),
            broken_path("chart-done", self._places("actual")),
            joined(
                mark(
                    "dot",
                    at,
                )
                for at in self._places("actual")
                if at
            ),
            frame.weeks_below(
                [week.starts for week in weeks],
                self.plot,
            ),
            frame.edge(self._labels(self.axis), self.plot),
            keyed,
        )

    def _axis(self, plot: Plot) -> Axis:
        tops = [
            max(
                week.nine,
                week.actual or 0,
                week.earlier or 0,
            )
            for week in self.chart.weeks
        ]
        return from_zero(
            [*tops, 1],
            plot.bottom,
            plot.top,
        )

    def _line(self, values: list[int]) -> list[Place]:
        return [
            self._at(
                place,
                value,
            )
            for place, value in enumerate(values)
        ]

    def _places(self, name: str) -> list[Place | None]:
        values = [
            getattr(
                week,
                name,
            )
            for week in self.chart.weeks
        ]
        return [
            None
            if value is None
            else self._at(
                place,
                value,
            )
            for place, value in enumerate(values)
        ]

    def _at(self, place: int, value: float) -> Place:
        x = frame.evenly(place, len(self.chart.weeks), self.plot)
        return x, self.axis.at(value)

    def _labels(self, axis: Axis) -> list[EdgeLabel]:
        last = self.chart.weeks[-1]
        return [
            EdgeLabel(axis.at(last.nine), "90 %", "strong"),
            EdgeLabel(axis.at(last.half), "50 %"),
        ]

    def _key(self) -> list[tuple[str, str]]:
        return [("chart-done", spoken(said("calls that came")))] + (
            [("chart-scope", spoken(said("as before")))]
            if any(week.earlier is not None for week in self.chart.weeks)
            else []
        )

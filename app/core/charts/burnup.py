"""Burn-up: what is done against what is to be done, and when it will be done with 50 % and with 85
% chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.core.charts import frame
from app.core.charts.axis import Axis, from_zero
from app.core.charts.frame import EdgeLabel, Plot, Size
from app.core.charts.happened import Happened, drawn, key_of, placed, with_words
from app.core.charts.svg import Place, joined, line, mark, path, picture, text
from app.core.charts.table import Table
from app.core.figures import day
from app.core.said import Grouped, digits, said, spoken


@dataclass(frozen=True, slots=True)
class Week:
    """The end of one past week: done so far, and to be done in all at that time."""

    ends: date
    done: int
    scope: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """The end of one coming week: at least so many done with 50 % and with 85 % chance."""

    ends: date
    likely: int
    careful: int


@dataclass(frozen=True, slots=True)
class BurnUpChart:
    """Past weeks, coming weeks, and the days of completion (None beyond the forecast)."""

    title: str
    sentence: str
    past: tuple[Week, ...]
    ahead: tuple[Ahead, ...] = ()
    likely_day: date | None = None
    careful_day: date | None = None
    done_name: str = said("accepted")
    scope_name: str = said("eligible")
    happened: tuple[Happened, ...] = ()

    def marked(self) -> dict[int, list[Happened]]:
        """Return what happened by the past week it is marked at."""
        return placed(self.happened, [week.ends for week in self.past])

    @property
    def words(self) -> str:
        """What the chart shows, in words."""
        return self.sentence

    def draw(self, size: Size) -> Markup:
        """Return the chart at one of its sizes."""
        return _BurnUpDrawing(self, size).whole()

    def table(self) -> Table:
        """Return past and coming weeks as a table."""
        header = (
            said("Week to"),
            said("Done"),
            said("In all"),
            "50 %",
            "85 %",
        )
        past = tuple(
            (week.ends, week.done, week.scope, None, None) for week in self.past
        )
        ahead = tuple(
            (week.ends, None, None, week.likely, week.careful) for week in self.ahead
        )
        table = Table(self.title, header, (*past, *ahead))
        return with_words(table, self.marked())


class _BurnUpDrawing:
    """One burn-up being drawn at one size."""

    def __init__(self, chart: BurnUpChart, size: Size) -> None:
        self.chart, self.size = chart, size
        self.days = [week.ends for week in chart.past] + [
            week.ends for week in chart.ahead
        ]
        rough = self._axis(frame.rough(size))
        self.plot = frame.plot_of(
            size, frame.tick_room(rough, size), self._edge_words()
        )
        self.axis = self._axis(self.plot)

    def whole(self) -> Markup:
        keyed, extra = frame.key(self._key(), self.size)
        return picture(
            (self.size.width, self.size.height + extra),
            "chart-burnup",
            self.chart.title,
            self.chart.words,
            frame.grid(self.axis, self.plot, self.size),
            self._fan(),
            self._today(),
            drawn(self.chart.marked(), self._x, self.plot, down=30),
            self._scope(),
            self._done(),
            self._ends(),
            frame.weeks_below(self.days, self.plot),
            self._edge(),
            keyed,
        )

    def _axis(self, plot: Plot) -> Axis:
        return from_zero(
            (max(week.scope, week.done) for week in self.chart.past),
            plot.bottom,
            plot.top,
        )

    def _x(self, place: float) -> float:
        return frame.evenly(place, len(self.days), self.plot)

    def _at(self, place: int, value: float) -> Place:
        return self._x(place), self.axis.at(value)

    def _done(self) -> Markup:
        return path(
            "chart-done",
            [self._at(place, week.done) for place, week in enumerate(self.chart.past)],
        )

    def _scope(self) -> Markup:
        """Draw what is to be done as steps, and on into the future as it is now."""
        past = self.chart.past
        places = [self._at(0, past[0].scope)]
        for place, week in enumerate(past[1:], start=1):
            places += [
                self._at(place, past[place - 1].scope),
                self._at(place, week.scope),
            ]
        now, end = (
            self._at(len(past) - 1, past[-1].scope),
            self._at(len(self.days) - 1, past[-1].scope),
        )
        return path("chart-scope", places) + (
            line("chart-scope chart-ahead", now, end) if self.chart.ahead else ""
        )

    def _fan(self) -> Markup:
        if not self.chart.ahead:
            return Markup("")
        first = len(self.chart.past) - 1
        start = self._at(first, self.chart.past[-1].done)
        weeks = list(enumerate(self.chart.ahead, start=first + 1))
        likely = [start, *(self._at(place, week.likely) for place, week in weeks)]
        careful = [start, *(self._at(place, week.careful) for place, week in weeks)]
        area = path("chart-fan", [*likely, *careful[:0:-1]], closed=True)
        return area + path("chart-likely", likely) + path("chart-careful", careful)

    def _today(self) -> Markup:
        if not self.chart.ahead:
            return Markup("")
        x = self._x(len(self.chart.past) - 1)
        ruled = line("chart-today", (x, self.plot.top - 14), (x, self.plot.bottom))
        return ruled + text(
            "chart-region", (x + 5, self.plot.top - 7), said("forecast")
        )

    def _ends(self) -> Markup:
        """Mark the weeks in which everything is done, on the line of what is to be done."""
        rows = (("ring", self.chart.likely_day), ("square", self.chart.careful_day))
        scope = self.chart.past[-1].scope
        return joined(
            mark(kind, self._at(self.days.index(on), scope))
            for kind, on in rows
            if on in self.days
        )

    def _edge_words(self) -> list[str]:
        last = self.chart.past[-1]
        if self.size is Size.HALF:
            return (
                [_number(last.scope)]
                if self.chart.ahead
                else [_number(last.scope), _number(last.done)]
            )
        scope = f"{spoken(self.chart.scope_name)} {_number(last.scope)}"
        return (
            [scope]
            if self.chart.ahead
            else [scope, f"{spoken(self.chart.done_name)} {_number(last.done)}"]
        )

    def _edge(self) -> Markup:
        last = self.chart.past[-1]
        places = zip((last.scope, last.done), self._edge_words(), strict=False)
        return frame.edge(
            [
                EdgeLabel(self.axis.at(value), words, "strong")
                for value, words in places
            ],
            self.plot,
        )

    def _key(self) -> list[tuple[str, str]]:
        chart = self.chart
        entries = [
            (
                "chart-done",
                spoken(
                    said(
                        "%(name)s %(done)s of %(scope)s",
                        name=chart.done_name,
                        done=Grouped(chart.past[-1].done),
                        scope=Grouped(chart.past[-1].scope),
                    )
                ),
            )
        ]
        entries += (
            [("ring", spoken(said("50 %% by %(day)s", day=day(chart.likely_day))))]
            if chart.likely_day
            else []
        )
        entries += (
            [("square", spoken(said("85 %% by %(day)s", day=day(chart.careful_day))))]
            if chart.careful_day
            else []
        )
        return entries + key_of(self.chart.marked())


def _number(value: int) -> str:
    return spoken(digits(f"{value:,}"))

"""How far one gets: people finished after each role, those there are and those to come."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.access.suggest.queries import CurvePoint, Outlook
from app.core.charts import Size, Table, figure, frame
from app.core.charts.axis import Axis, from_zero
from app.core.charts.frame import EdgeLabel, Plot
from app.core.charts.svg import Place, line, path, picture
from app.core.said import Grouped, said, spoken

HEADER = (said("Roles"), said("People finished"), said("Role"))
TO_COME = said("suggested")


def curve_picture(found: Outlook) -> Markup:
    """Return the figure of an outlook; nothing where no role is there or to come."""
    if len(found.curve) < 2:
        return Markup("")
    return figure(FinishedCurve(found.curve, found.total))


@dataclass(frozen=True, slots=True)
class FinishedCurve:
    """People finished after so many roles, of ``total`` who hold anything."""

    points: tuple[CurvePoint, ...]
    total: int

    @property
    def there(self) -> int:
        """Return how many of the roles are there already."""
        return sum(bool(point.role) for point in self.points)

    @property
    def title(self) -> str:
        """The name of what is shown."""
        return said("People finished after so many roles")

    @property
    def words(self) -> str:
        """What it shows, in words."""
        now, last = self.points[self.there], self.points[-1]
        return said(
            "With the roles there are %(now)s of %(total)s people need no right of their own; with "
            "%(more)s more it is %(then)s.",
            total=Grouped(self.total),
            now=Grouped(now.finished),
            then=Grouped(last.finished),
            more=last.roles - now.roles,
        )

    def table(self) -> Table:
        """Return the steps as a table."""
        rows = tuple(
            (
                point.roles,
                point.finished,
                point.role or (point.rights and TO_COME) or "",
            )
            for point in self.points
        )
        return Table(self.title, HEADER, rows)

    def draw(self, size: Size) -> Markup:
        """Return the chart at one of its sizes."""
        rough = self._axis(frame.rough(size))
        labels = [label.words for label in self._labels(rough)]
        plot = frame.plot_of(size, frame.tick_room(rough, size), labels)
        axis = self._axis(plot)
        places = self._places(axis, plot)
        here = places[self.there]
        return picture(
            (size.width, size.height),
            "chart-flow",
            self.title,
            self.words,
            frame.grid(axis, plot, size),
            path("chart-raised", places[self.there :]),
            path("chart-done", places[: self.there + 1]),
            line("chart-now", (here[0], plot.bottom), (here[0], plot.top)),
            frame.below([at for at, _ in places], self._below, plot),
            frame.edge(self._labels(axis), plot),
        )

    def _below(self, place: int, before: int | None) -> str:
        return str(self.points[place].roles)

    def _axis(self, plot: Plot) -> Axis:
        return from_zero(
            [point.finished for point in self.points], plot.bottom, plot.top
        )

    def _places(self, axis: Axis, plot: Plot) -> list[Place]:
        many = len(self.points)
        return [
            (frame.evenly(number, many, plot), axis.at(point.finished))
            for number, point in enumerate(self.points)
        ]

    def _labels(self, axis: Axis) -> list[EdgeLabel]:
        last = self.points[-1].finished
        words = said("%(number)s finished", number=Grouped(last))
        return [EdgeLabel(axis.at(last), spoken(words), "strong")]

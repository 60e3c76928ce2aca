"""A chart on a page: the sentence, the picture at both sizes (the style sheet shows the one that
fits), the numbers.
"""

from __future__ import annotations

from typing import Protocol

from markupsafe import Markup

from app.core.charts.frame import Size
from app.core.charts.svg import tag
from app.core.charts.table import Table


class Chart(Protocol):
    """What every larger chart can do."""

    @property
    def title(self) -> str:
        """The name of what is shown."""

    @property
    def words(self) -> str:
        """What it shows, in words."""

    def draw(self, size: Size) -> Markup:
        """The picture."""

    def table(self) -> Table:
        """The numbers."""


def both(chart: Chart) -> Markup:
    """Return the picture at both sizes; only the one that fits into the room there is is shown."""
    full = tag("div", chart.draw(Size.FULL), class_="chart-full")
    half = tag("div", chart.draw(Size.HALF), class_="chart-half-width")
    return tag("div", full, half, class_="chart")


def figure(chart: Chart, csv_address: str = "") -> Markup:
    """Return a whole figure: the sentence as caption, the picture, the table folded away, a link to
    the CSV.
    """
    caption = tag("figcaption", tag("b", chart.title), " ", tag("span", chart.words))
    inner = [chart.table().html()]
    if csv_address:
        inner.append(tag("a", "Download as CSV", href=csv_address))
    numbers = tag("details", tag("summary", f"Numbers of “{chart.title}”"), *inner)
    return tag("figure", caption, both(chart), numbers, class_="chart-figure")

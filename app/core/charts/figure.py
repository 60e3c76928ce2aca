"""A chart on a page: the sentence, the picture at all its sizes (the style sheet shows the one that
fits), the numbers.
"""

from __future__ import annotations

from typing import Protocol

from markupsafe import Markup

from app.core.charts.frame import Size
from app.core.charts.svg import tag
from app.core.charts.table import Table
from app.core.said import said


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


def fitting(chart: Chart) -> Markup:
    """Return the picture at all its sizes; only the one that fits into the room there is is
    shown.
    """
    shown = (
        tag("div", chart.draw(size), class_=f"chart-{size.name.lower()}-width")
        for size in Size
    )
    return tag("div", *shown, class_="chart")


def figure(chart: Chart, csv_address: str = "", more: Markup | str = "") -> Markup:
    """Return a whole figure: the sentence as caption, with ``more`` after it, the picture, the
    table folded away, a link to the CSV.
    """
    words = tag("span", chart.words, " " if more else "", more)
    caption = tag("figcaption", tag("b", chart.title), " ", words)
    inner = [chart.table().html()]
    if csv_address:
        inner.append(tag("a", said("Download as CSV"), href=csv_address))
    numbers = tag(
        "details",
        tag("summary", said("Numbers of “%(title)s”", title=chart.title)),
        *inner,
    )
    return tag("figure", caption, fitting(chart), numbers, class_="chart-figure")

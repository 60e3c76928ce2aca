"""The numbers behind a chart, to be read as a table and taken away as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.core.charts.svg import joined, tag
from app.core.figures import day, figure

Cell = str | float | int | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, the names of the columns, the rows. An empty cell is a value that is not there."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv_rows(self) -> list[tuple[Cell, ...]]:
        """Return the rows for CSV: numbers unrounded, days as ISO dates."""
        return [
            tuple(cell.isoformat() if isinstance(cell, date) else cell for cell in row)
            for row in self.rows
        ]

    def html(self) -> Markup:
        """Return the table for a page, numbers rounded to what matters."""
        head = tag("tr", *(tag("th", name, scope="col") for name in self.header))
        body = joined(_row(row) for row in self.rows)
        return tag(
            "table",
            tag("caption", self.caption),
            tag("thead", head),
            tag("tbody", body),
            class_="chart-table",
        )


def shown(cell: Cell) -> str:
    """Return a cell as people read it."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return day(cell)
    return cell if isinstance(cell, str) else figure(cell)


def _row(row: Sequence[Cell]) -> Markup:
    first = tag("th", shown(row[0]), scope="row")
    rest = (_cell(cell) for cell in row[1:])
    return tag("tr", first, *rest)


def _cell(cell: Cell) -> Markup:
    look = "number" if isinstance(cell, int | float) else None
    # An element that may be empty in XML must not be closed at once in HTML.
    return tag("td", shown(cell) or "\u00a0", class_=look)

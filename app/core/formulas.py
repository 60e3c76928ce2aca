"""Tables for spreadsheets: no cell is run as a formula there, and what they add is taken off
again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


_AS_FORMULA = re.compile(r'="([^"]*)"')


def unguarded(cell: str) -> str:
    """Take away what keeps spreadsheets from running a cell as a formula, or from reading 007
    as 7.
    """
    if wrapped := _AS_FORMULA.fullmatch(cell):
        return wrapped[1]
    return (
        cell[1:]
        if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS and cell[1:2]
        else cell
    )


def guarded(value: object) -> str:
    """Write a value for a cell; what a spreadsheet would run as a formula gets a quote before
    it.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def written(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, end: str = "\n"
) -> str:
    """Return a table as CSV, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerow([guarded(name) for name in header])
    writer.writerows([guarded(value) for value in row] for row in rows)
    return text.getvalue()

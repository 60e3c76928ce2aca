"""Lists as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response

from app.core.formulas import written


def csv_answer(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response:
    """Return ``rows`` as a CSV download.

    A cell that a spreadsheet would run as a formula gets a leading quote.
    """
    # The mark at the start tells spreadsheets that this is UTF-8.
    answer = Response(
        "\ufeff" + written(header, rows, end="\r\n"),
        content_type="text/csv; charset=utf-8",
    )
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer

"""What the views of every room share: paging and sorting, CSV, errors of forms, times in the
viewer's zone.
"""

from __future__ import annotations

from app.core.web.csv import csv_answer
from app.core.web.forms import blaming, choices
from app.core.web.paging import Paging, asked_page, asked_sort, safe_path

__all__ = [
    "Paging",
    "asked_page",
    "asked_sort",
    "blaming",
    "choices",
    "csv_answer",
    "safe_path",
]

"""The register as CSV: which columns it has, what others call them, and what each cell means."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.improvements.rules.pasted import as_day, as_number

MOST_ROWS = 5000
COLUMNS: Mapping[str, str] = {
    "title": "title",
    "kind": "kind",
    "state": "state",
    "source": "source",
    "source text": "source_text",
    "raised by": "source_who",
    "owner": "owner",
    "sponsor": "sponsor",
    "service": "service",
    "objective": "objective",
    "for whom": "audience",
    "vision": "vision",
    "where we are": "where_now",
    "where we want to be": "where_to",
    "how": "how",
    "size": "size",
    "value": "value",
    "urgency": "urgency",
    "risk": "risk",
    "job size": "job_size",
    "required by": "required_by",
    "cost of doing nothing": "nothing_cost",
    "risk of doing nothing": "nothing_risk",
    "eligible people": "eligible",
    "time budget in hours": "budget_hours",
}
"""Column of the file by field; further columns of an export tell what is computed and are not read back."""

ALIASES: Mapping[str, str] = {
    "name": "title", "improvement": "title", "opportunity": "title", "description": "where_now", "type": "kind",
    "category": "kind", "status": "state", "submitted by": "source_who", "requested by": "source_who",
    "assigned to": "owner", "responsible": "owner", "benefit": "where_to", "justification": "objective",
    "business objective": "objective", "effort": "job_size", "target date": "required_by", "due date": "required_by",
    "due": "required_by",
}  # fmt: skip
COMPUTED = (
    "number", "score", "raised on", "next step", "next step by", "next step due", "votes", "iterations", "metric",
    "latest value", "target", "needs attention",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number, its cells as they were, its values by field, and what is wrong with them."""

    line: int
    cells: tuple[str, ...]
    values: Mapping[str, Any]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """A file that was read: its header, its rows, and the columns that mean nothing here."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


def parse(text: str) -> Register:
    """Read a register. Raises ``ValueError`` with a sentence when it has no column for the title."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    header = tuple(cell.strip() for cell in next(reader, []))
    fields = [_field(name) for name in header]
    if "title" not in fields:
        raise ValueError("The first line has to name the columns, “title” among them.")
    ignored = tuple(name for name, field in zip(header, fields, strict=True) if not field and _unknown(name))
    return Register(header, tuple(_rows(reader, fields)), ignored)


def _rows(reader: Any, fields: list[str]) -> Iterator[Row]:
    line = reader.line_num + 1
    for number, cells in enumerate(reader):
        if number == MOST_ROWS:
            raise ValueError(f"The file has more than {MOST_ROWS:,} lines, so nothing is read. Split it into several.")
        if any(cell.strip() for cell in cells):
            yield _row(line, cells, fields)
        line = reader.line_num + 1


def _row(line: int, cells: list[str], fields: list[str]) -> Row:
    values: dict[str, Any] = {}
    wrong: list[str] = []
    if len(cells) > len(fields):
        wrong.append(f"It has {len(cells)} cells, the heading has {len(fields)}.")
    for field, cell in zip(fields, cells, strict=False):
        text = _unguarded(cell.strip())
        if not field or not text:
            continue
        try:
            values[field] = READERS.get(field, str)(text)
        except ValueError as error:
            wrong.append(f"{field.replace('_', ' ').capitalize()}: {error}")
    if not values.get("title"):
        wrong.append("It has no title.")
    return Row(line, tuple(cells), values, tuple(wrong))


def _unguarded(cell: str) -> str:
    """Take away the quote that keeps spreadsheets from running a cell as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _field(name: str) -> str:
    plain = " ".join(name.lower().replace("_", " ").split())
    return COLUMNS.get(plain) or ALIASES.get(plain) or ""


def _unknown(name: str) -> bool:
    return bool(name) and name.lower() not in COMPUTED


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _whole(text: str) -> int:
    number = as_number(text)
    if number != int(number):
        raise ValueError(f"“{text}” is no whole number.")
    return int(number)


def _lower(text: str) -> str:
    return text.lower()


READERS: Mapping[str, Callable[[str], str | int | float | date]] = {
    **dict.fromkeys(("value", "urgency", "risk", "job_size", "eligible"), _whole),
    **dict.fromkeys(("kind", "state", "source"), _lower),
    "size": lambda text: text[:1].upper(),
    "budget_hours": as_number,
    "required_by": as_day,
}

"""Incidents of another tool, read from CSV: encodings, headings, states, dates; and why a line is not taken."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from app.errors import Invalid

OPEN, RESTORED, CLOSED = "open", "restored", "closed"
STATES = {
    **dict.fromkeys(("new", "processing (assigned)", "processing (planned)", "pending", "assigned", "open"), OPEN),
    **dict.fromkeys(("pending reminder", "escalated_tto", "escalated_ttr", "active", "in progress", "waiting"), OPEN),
    **dict.fromkeys(("solved", "resolved", "pending close", "stable", "restored"), RESTORED),
    **dict.fromkeys(("closed", "merged"), CLOSED),
}
"""What GLPI, Zammad, iTop, Dispatch and Rung call their states."""

HEADINGS = {
    "ref": ("id", "number", "ref", "ticket", "#"), "title": ("title", "name", "subject", "summary"),
    "description": ("description", "content", "text"), "state": ("status", "state"),
    "requester": ("requester", "caller", "customer", "caller_id_friendlyname"),
    "service": ("service", "category", "group", "service_id_friendlyname"),
    "reported": ("opening date", "created at", "created_at", "start_date", "reported", "reported_at", "date"),
    "restored": ("solve date", "resolution date", "resolution_date", "restored", "restored_at"),
    "closed": ("closing date", "close at", "close_at", "close_date", "closed", "closed_at"),
}  # fmt: skip
NEEDED = ("ref", "title", "requester", "state", "reported")
FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Row:
    """One incident of the file."""

    line: int
    ref: str
    title: str
    description: str
    requester: str
    service: str
    state: str
    reported: datetime
    restored: datetime | None
    closed: datetime | None
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """One line that cannot be taken, as it was, and why."""

    line: int
    why: str
    cells: Mapping[str, str]


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding. Raises ``Invalid`` for what is no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        names: tuple[str, ...] = ("utf-16",)
    else:
        names = ("utf-8-sig", "windows-1252")
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name.removesuffix("-sig")
    raise Invalid("This is not UTF-8, UTF-16 or Windows-1252 text. Save it as CSV in UTF-8.", field="file")


def read(text: str, now: datetime, columns: Mapping[str, str] | None = None) -> tuple[list[Row], list[Reject]]:
    """Return the incidents of a file and what cannot be used. ``columns`` names a heading by what it holds."""
    first = text.split("\n", 1)[0]
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), restkey="more")
    found = _columns(lines.fieldnames or (), columns or {})
    rows, rejects, seen = [], [], set[str]()
    for cells in lines:
        try:
            row = _row(lines.line_num, {name: (cells.get(head) or "").strip() for name, head in found.items()}, now)
            if row.ref in seen:
                raise Invalid(f"number {row.ref} stands twice in the file")
        except Invalid as error:
            rejects.append(Reject(lines.line_num, error.message, _as_it_was(cells)))
            continue
        seen.add(row.ref)
        rows.append(replace(row, cells=_as_it_was(cells)))
    return rows, rejects


def _as_it_was(cells: Mapping[Any, Any]) -> dict[str, str]:
    return {str(heading): str(cell or "") for heading, cell in cells.items()}


def headings(text: str) -> list[str]:
    """Return the headings of a file, as they are written there."""
    first = text.split("\n", 1)[0]
    return [
        head.strip() for head in next(csv.reader([first], delimiter=max(",;\t", key=first.count)), []) if head.strip()
    ]


def understood(text: str, columns: Mapping[str, str]) -> dict[str, str]:
    """Return which heading holds what, as far as that is known or was said."""
    heads = {head.casefold(): head for head in headings(text)}
    known = {name: next((heads[word] for word in words if word in heads), "") for name, words in HEADINGS.items()}
    return known | {name: head for name, head in columns.items() if head}


def _columns(headings: Iterable[str], chosen: Mapping[str, str]) -> dict[str, str]:
    # Some programs end the heading line with a separator: what follows it is no column.
    heads = {str(head).strip().casefold(): str(head) for head in headings if str(head).strip()}
    found = {
        name: heads[word]
        for name, words in HEADINGS.items()
        for word in [next((each for each in (chosen.get(name, "").casefold(), *words) if each in heads), "")]
        if word
    }
    if missing := [name for name in NEEDED if name not in found]:
        raise Invalid(f"No column for: {', '.join(missing)}. The file has: {', '.join(heads.values())}.", field="file")
    return found


def _row(line: int, cells: Mapping[str, str], now: datetime) -> Row:
    for name in ("ref", "title", "requester"):
        if not cells[name]:
            raise Invalid(f"{name} is empty")
    state = STATES.get(cells["state"].casefold())
    if state is None:
        raise Invalid(f"the state “{cells['state']}” is not known")
    reported, restored, closed = (_moment(cells.get(name, ""), now) for name in ("reported", "restored", "closed"))
    if reported is None:
        raise Invalid("the day it was reported is empty")
    if any(each and each < reported for each in (restored, closed)):
        raise Invalid("it ends before it was reported")
    if state != OPEN and not (restored or closed):
        raise Invalid("it has ended, but no day says when")
    return Row(
        line, cells["ref"], cells["title"], cells.get("description", ""), cells["requester"],
        cells.get("service", ""), state, reported, restored, closed,
    )  # fmt: skip


def _moment(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    for form in FORMS:
        try:
            at = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        break
    else:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise Invalid(f"“{text}” is no date") from None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now:
        raise Invalid(f"“{text}” has not come yet")
    return at

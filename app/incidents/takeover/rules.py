"""Incidents of another tool, read from CSV: headings, states, dates; and why a line is not
taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from app.core.table_columns import Column, Layout, Said, TableIn, TableRow
from app.core.tables_in import heading_of, plain_heading, plain_word, read_table
from app.incidents.letters.html import plain_of_html

OPEN, RESTORED, CLOSED = "open", "restored", "closed"
STATES = {
    **dict.fromkeys(
        (
            "new",
            "processing (assigned)",
            "processing (planned)",
            "pending",
            "assigned",
            "open",
        ),
        OPEN,
    ),
    **dict.fromkeys(
        (
            "pending reminder",
            "escalated_tto",
            "escalated_ttr",
            "active",
            "in progress",
            "waiting",
        ),
        OPEN,
    ),
    **dict.fromkeys(("stalled", "pending auto close+", "pending auto close-"), OPEN),
    **dict.fromkeys(
        ("solved", "resolved", "pending close", "stable", "restored"), RESTORED
    ),
    **dict.fromkeys(
        ("closed", "merged", "closed successful", "closed unsuccessful", "rejected"),
        CLOSED,
    ),
}
"""What GLPI, Zammad, Znuny, RT, iTop, Dispatch and Rung call their states; others are asked for."""

MEANINGS = (OPEN, RESTORED, CLOSED)
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "ref": ("id", "number", "ref", "ticket", "ticket#", "#"),
    "title": ("title", "name", "subject", "summary"),
    "description": ("description", "content", "text"),
    "state": ("status", "state"),
    "requester": (
        *(
            "requester",
            "requester - requester",
            "requestors",
            "caller",
            "customer",
            "customer user",
            "from",
        ),
        "caller_id_friendlyname",
    ),
    "service": (
        "service",
        "category",
        "group",
        "queue",
        "queuename",
        "service_id_friendlyname",
    ),
    "reported": (
        "opening date",
        "created at",
        "created",
        "start_date",
        "reported",
        "reported_at",
        "date",
    ),
    "restored": (
        "solve date",
        "resolution date",
        "resolved",
        "restored",
        "restored_at",
    ),
    "closed": ("closing date", "close at", "close_date", "closed", "closed_at"),
}
NEEDED = ("ref", "title", "requester", "state", "reported")
MOMENTS = ("reported", "restored", "closed")
MOST_ROWS = 100_000
LONGEST = {"title": 400, "requester": 400, "description": 200_000}
_HTML = re.compile(
    r"</?[a-zA-Z][^<>]{0,2000}>|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
)


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


@dataclass(frozen=True, slots=True)
class Backlog:
    """A file that was read: its incidents, what cannot be used, and the table they stand in."""

    table: TableIn
    rows: tuple[Row, ...]
    rejects: tuple[Reject, ...]


def read_backlog(text: str, now: datetime, said: Said | None = None) -> Backlog:
    """Return the incidents of a file and what cannot be used.

    Raises ``Invalid`` without the columns needed.
    """
    table = read_table(text, LAYOUT, said)
    rows: list[Row] = []
    rejects: list[Reject] = []
    seen = set[str]()
    for found in table.rows:
        why = _objection(found, now, seen)
        if why:
            rejects.append(Reject(found.line, why, _by_heading(table.header, found)))
            continue
        rows.append(_row(found, _by_heading(table.header, found)))
        seen.add(rows[-1].ref)
    return Backlog(table, tuple(rows), tuple(rejects))


def _objection(found: TableRow, now: datetime, seen: set[str]) -> str:
    values = found.values
    if found.wrong:
        return _sentence(found.wrong)
    empty = next(
        (
            name
            for name in ("ref", "title", "requester", "state")
            if not values.get(name)
        ),
        "",
    )
    if empty:
        return f"{empty} is empty"
    if too_long := next(
        (name for name in LONGEST if len(values.get(name, "")) > LONGEST[name]), ""
    ):
        return f"{too_long} is longer than {LONGEST[too_long]:,} characters"
    if values["ref"] in seen:
        return f"number {values['ref']} stands twice in the file"
    return _objection_to_times(values, now)


def _objection_to_times(values: Mapping[str, object], now: datetime) -> str:
    at = {
        name: value
        for name in MOMENTS
        if isinstance(value := values.get(name), datetime)
    }
    reported = at.get("reported")
    if reported is None:
        return "the day it was reported is empty"
    if late := next((each for each in at.values() if each > now), None):
        return f"“{late:%Y-%m-%d %H:%M}” has not come yet"
    if any(each < reported for each in at.values()):
        return "it ends before it was reported"
    if values["state"] != OPEN and len(at) == 1:
        return "it has ended, but no day says when"
    return ""


def _sentence(wrong: tuple[str, ...]) -> str:
    """Join what the reader says into one clause, as these reasons follow a line's number."""
    return " ".join(each.removeprefix("State: ") for each in wrong).removesuffix(".")


def _row(found: TableRow, cells: Mapping[str, str]) -> Row:
    values: dict[str, Any] = {
        **dict.fromkeys(HEADINGS, ""),
        **dict.fromkeys(MOMENTS),
        **found.values,
    }
    return Row(line=found.line, cells=cells, **values)


def _by_heading(header: tuple[str, ...], found: TableRow) -> dict[str, str]:
    cells = dict(zip(header, found.cells, strict=False))
    more = found.cells[len(header) :]
    return cells | ({"more": " ".join(more)} if more else {})


def _lines(text: str) -> str:
    return plain_of_html(text) if _HTML.search(text) else text


def _line(text: str) -> str:
    if not _HTML.search(text):
        return text
    return ", ".join(
        part
        for each in _lines(unescape(text)).splitlines()
        if (part := " ".join(each.split()))
    )


def _words(name: str) -> dict[str, str]:
    return (
        {plain_word(word): meaning for word, meaning in STATES.items()}
        if name == "state"
        else {}
    )


READERS = {"description": _lines, "title": _line, "requester": _line, "service": _line}
LAYOUT = Layout(
    tuple(
        Column(
            name,
            headings,
            READERS.get(name, str),
            kind="moment" if name in MOMENTS else "text",
            words=_words(name),
        )
        for name, headings in HEADINGS.items()
    ),
    needed=NEEDED,
    most_rows=MOST_ROWS,
    each_once=False,
)


def headings_of(text: str, said: Said | None = None) -> list[str]:
    """Return the headings of a file, as they are written there."""
    return [head for head in heading_of(text, LAYOUT, said or Said()) if head]


def understood(text: str, said: Said) -> dict[str, str]:
    """Return which heading holds what, as far as that is known or was said."""
    heads = {plain_heading(head): head for head in headings_of(text, said)}
    known = {
        name: next(
            (
                heads[plain_heading(word)]
                for word in words
                if plain_heading(word) in heads
            ),
            "",
        )
        for name, words in HEADINGS.items()
    }
    return known | {name: head for name, head in said.columns.items() if head}

"""The register as CSV: which columns it has, what others call them, and what each cell means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.core.numbers_in import number_of
from app.core.table_columns import Column, Layout, Said, TableIn, TableRow
from app.core.tables_in import read_table
from app.core.texts import quoted

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
"""Column of the file by field; further columns of an export tell what is computed and are not read
back.
"""

ALIASES: Mapping[str, tuple[str, ...]] = {
    "title": ("name", "improvement", "opportunity"),
    "where_now": ("description",),
    "kind": ("type", "category"),
    "state": ("status",),
    "source_who": ("submitted by", "requested by"),
    "owner": ("assigned to", "responsible"),
    "where_to": ("benefit",),
    "objective": ("justification", "business objective"),
    "job_size": ("effort",),
    "required_by": ("target date", "due date", "due"),
}
COMPUTED = (
    *(
        "number",
        "score",
        "raised on",
        "next step",
        "next step by",
        "next step due",
        "votes",
        "iterations",
    ),
    *("metric", "latest value", "target", "needs attention"),
)


def parse(text: str, said: Said | None = None) -> TableIn:
    """Read a register. Raises ``Invalid`` with a sentence when it has no column for the title."""
    found = read_table(text, LAYOUT, said)
    return replace(found, rows=tuple(_with_title(row) for row in found.rows))


def _with_title(row: TableRow) -> TableRow:
    return (
        row
        if row.values.get("title") or row.wrong
        else replace(row, wrong=(*row.wrong, "It has no title."))
    )


def _whole(text: str) -> int:
    number = number_of(text)
    if number != int(number):
        raise ValueError(f"{quoted(text)} is no whole number.")
    return int(number)


def _lower(text: str) -> str:
    return text.lower()


def _first_letter(text: str) -> str:
    return text[:1].upper()


READERS: Mapping[str, Callable[[str], str | int | float]] = {
    **dict.fromkeys(("value", "urgency", "risk", "job_size", "eligible"), _whole),
    **dict.fromkeys(("kind", "state", "source"), _lower),
    "size": _first_letter,
    "budget_hours": number_of,
}
LAYOUT = Layout(
    tuple(
        Column(
            name,
            (heading, *ALIASES.get(name, ())),
            READERS.get(name, str),
            kind="day" if name == "required_by" else "text",
        )
        for heading, name in COLUMNS.items()
    ),
    needed=("title",),
    computed=COMPUTED,
    each_once=False,
)

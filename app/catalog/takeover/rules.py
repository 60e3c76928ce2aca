"""The catalogue as CSV: its columns, what others call them, and what each cell means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.core.numbers_in import number_of
from app.core.table_columns import Column, Layout, Said, TableIn, TableRow
from app.core.tables_in import read_table
from app.core.texts import quoted

COLUMNS: Mapping[str, str] = {
    "name": "name",
    "kind": "kind",
    "provided by it": "is_it",
    "what it is": "summary",
    "how to get it": "how_to_get",
    "not included": "not_included",
    "for it": "for_it",
    "for whom": "audience",
    "main process": "main_process",
    "owner": "owner",
    "team": "team",
    "urgency": "urgency",
    "price": "price",
    "price per": "price_unit",
    "through owner": "through_owner",
    "needs": "parts",
    "asked for": "facts",
}
"""Field by column of the file; “needs” and “asked for” hold several, with semicolons between
them.
"""

ALIASES: Mapping[str, tuple[str, ...]] = {
    "name": ("service", "title", "service name"),
    "kind": ("type",),
    "summary": ("description", "summary"),
    "owner": ("service owner", "responsible", "accountable"),
    "team": ("support group", "group"),
    "parts": ("depends on", "dependencies", "parts"),
    "facts": ("facts",),
    "price": ("cost",),
    "audience": ("audience",),
    "how_to_get": ("how to get",),
}
COMPUTED = ("number", "state", "missing")
YES, NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0", "")
KINDS = {
    "service": "service",
    "customer": "service",
    "customer service": "service",
    "part": "part",
    "it part": "part",
}


def parse(text: str, said: Said | None = None) -> TableIn:
    """Read a catalogue. Raises ``Invalid`` with a sentence when it has no column for the name."""
    found = read_table(text, LAYOUT, said)
    return replace(found, rows=tuple(_with_name(row) for row in found.rows))


def several(cell: str) -> tuple[str, ...]:
    """Return what a cell with semicolons lists, each once."""
    return tuple(
        dict.fromkeys(part.strip() for part in cell.split(";") if part.strip())
    )


def _with_name(row: TableRow) -> TableRow:
    return (
        row
        if row.values.get("name") or row.wrong
        else replace(row, wrong=(*row.wrong, "It has no name."))
    )


def _one_of(known: Mapping[str, Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if text.lower() not in known:
            raise ValueError(
                f"{quoted(text)} is none of: {', '.join(key for key in known if key)}."
            )
        return known[text.lower()]

    return read


def _price(text: str) -> float:
    value = number_of(text)
    if not 0 <= value < 1e12:
        raise ValueError(f"{quoted(text)} is no price.")
    return value


_YES_OR_NO = _one_of({**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)})
READERS: Mapping[str, Callable[[str], Any]] = {
    "kind": _one_of(KINDS),
    "is_it": _YES_OR_NO,
    "through_owner": _YES_OR_NO,
    "urgency": _one_of({str(number): number for number in range(1, 5)}),
    "price": _price,
    "parts": several,
    "facts": several,
}
LAYOUT = Layout(
    tuple(
        Column(name, (heading, *ALIASES.get(name, ()), name), READERS.get(name, str))
        for heading, name in COLUMNS.items()
    ),
    needed=("name",),
    computed=COMPUTED,
)

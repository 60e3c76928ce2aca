"""The catalogue as CSV: its columns, what others call them, and what each cell means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 5000
ENCODINGS = (("utf-8", "UTF-8, as spreadsheets export today"), ("cp1252", "Windows (Western Europe)"))
COLUMNS: Mapping[str, str] = {
    "name": "name", "kind": "kind", "provided by it": "is_it", "what it is": "summary", "how to get it": "how_to_get",
    "not included": "not_included", "for it": "for_it", "for whom": "audience", "main process": "main_process",
    "owner": "owner", "team": "team", "urgency": "urgency", "price": "price", "price per": "price_unit",
    "through owner": "through_owner", "needs": "parts", "asked for": "facts",
}  # fmt: skip
"""Field by column of the file; “needs” and “asked for” hold several, with semicolons between them."""

ALIASES: Mapping[str, str] = {
    "service": "name", "title": "name", "service name": "name", "type": "kind", "description": "summary",
    "summary": "summary", "service owner": "owner", "responsible": "owner", "accountable": "owner",
    "support group": "team", "group": "team", "depends on": "parts", "dependencies": "parts", "parts": "parts",
    "facts": "facts", "cost": "price", "audience": "audience", "how to get": "how_to_get",
}  # fmt: skip
COMPUTED = ("number", "state", "missing")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
YES, NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0", "")
KINDS = {"service": "service", "customer": "service", "customer service": "service", "part": "part", "it part": "part"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number, its cells as they were, its values by field, and what is wrong with them."""

    line: int
    cells: tuple[str, ...]
    values: Mapping[str, Any]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read: its header, its rows, and the columns that mean nothing here."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


def decoded(content: bytes, encoding: str = "utf-8") -> str:
    """Return the text of a file. Raises ``ValueError`` that names the first line which is not in this encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif encoding not in dict(ENCODINGS):
        raise ValueError(f"“{encoding}” is no encoding known here.")
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise ValueError(_misread(content, error, encoding)) from None
    if "\x00" in text:
        raise ValueError("This is no text: it holds zero bytes. Export the sheet as CSV.")
    return text


def parse(text: str) -> Table:
    """Read a catalogue. Raises ``ValueError`` with a sentence when it has no column for the name."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    header = tuple(cell.strip() for cell in next(reader, []))
    fields = [_field(name) for name in header]
    if "name" not in fields:
        raise ValueError("The first line has to name the columns, “name” among them.")
    doubled = sorted({field for field in fields if field and fields.count(field) > 1})
    if doubled:
        raise ValueError(f"Two columns mean “{doubled[0].replace('_', ' ')}”.")
    ignored = tuple(name for name, field in zip(header, fields, strict=True) if not field and _unknown(name))
    return Table(header, tuple(_rows(reader, fields)), ignored)


def several(cell: str) -> tuple[str, ...]:
    """Return what a cell with semicolons lists, each once."""
    return tuple(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))


def guarded(cell: str) -> str:
    """Put a quote before a cell that a spreadsheet would run as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


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
            values[field] = _value(field, text)
        except ValueError as error:
            wrong.append(f"{field.replace('_', ' ').capitalize()}: {error}")
    if not values.get("name"):
        wrong.append("It has no name.")
    return Row(line, tuple(cells), values, tuple(wrong))


def _value(field: str, text: str) -> Any:
    if field == "kind":
        return _one_of(KINDS, text)
    if field in ("is_it", "through_owner"):
        return _one_of({**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}, text)
    if field == "urgency":
        return _one_of({str(number): number for number in range(1, 5)}, text)
    if field == "price":
        return _price(text)
    return several(text) if field in ("parts", "facts") else text


def _one_of(known: Mapping[str, Any], text: str) -> Any:
    if text.lower() not in known:
        raise ValueError(f"“{text}” is none of: {', '.join(key for key in known if key)}.")
    return known[text.lower()]


def _price(text: str) -> float:
    try:
        value = float(text.replace(" ", "").replace(",", "."))
    except ValueError:
        raise ValueError(f"“{text}” is no number.") from None
    if not 0 <= value < 1e12:
        raise ValueError(f"“{text}” is no price.")
    return value


def _misread(content: bytes, error: UnicodeDecodeError, encoding: str) -> str:
    line = content[: error.start].count(b"\n") + 1
    byte = content[error.start]
    return (
        f"Line {line} is not written in {encoding.upper()} (byte {byte:#04x}). "
        "Choose the encoding it is written in, or save it as “CSV UTF-8”. Nothing was read."
    )


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

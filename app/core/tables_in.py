"""Tables of other programs: the one reader for CSV and for lines that are pasted.

A room declares its columns. The reader finds the separator, the heading line, which heading means
what, what stands first in its dates, and keeps every line: as values, or with the reasons why it
cannot be used.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import Invalid
from app.core.formulas import unguarded
from app.core.said import Grouped
from app.core.said import said as _said
from app.core.table_columns import Column, Layout, Said, TableIn, TableRow
from app.core.texts import quoted
from app.core.times_in import day_of, may_mean_two_days, moment_of, month_first

SEPARATORS = ",;\t|"
HEADING_WITHIN = 10
"""Records among which the heading is looked for; some programs write a title above it."""

HEADINGS_SHOWN = 30
HEAD = 65_536

LARGEST_CELL = 64 * 1024 * 1024
_SEP = re.compile(r'^"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)

# The module's own limit of 128 KiB is less than one picture in the body of a mail; it holds for the
# whole process.
csv.field_size_limit(LARGEST_CELL)


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one line as they are written; ``open_quote``: a quote begins here and never
    ends.
    """

    line: int
    cells: tuple[str, ...]
    open_quote: bool = False


def read_table(text: str, layout: Layout, said: Said | None = None) -> TableIn:
    """Read a table.

    Raises ``Invalid`` when it has no heading for what is needed, or too many lines.
    """
    said = said or Said()
    separator, heading, records = _with_heading(text, layout, said)
    header = tuple(_without_end(heading.cells))
    places = _places(header, layout, said)
    _demand_needed(places, header, layout)
    body = [record for record in records if any(record.cells)]
    if len(body) > layout.most_rows:
        most = f"{layout.most_rows:,}"
        raise Invalid(
            _said(
                "The file has %(count)s lines; %(most)s are taken at once. "
                "Split it into several files.",
                count=Grouped(len(body)),
                most=most,
            ),
            field="file",
        )
    orders, undecided = _orders(body, header, places, layout, said)
    reader = _Reader(header, places, orders, said)
    rows = tuple(reader.row(record) for record in body)
    ignored = tuple(_ignored(header, places, layout))
    found = {column.name: header[place] for place, column in places.items()}
    return TableIn(
        header,
        rows,
        ignored,
        found,
        reader.unknown_words(),
        undecided,
        _notes(text, heading, separator),
    )


def records_of(text: str, separator: str) -> Iterator[Record]:
    """Return every record of a text with the line it begins in; blank lines too, as records without
    cells.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True
    )
    line, last = 1, None
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Invalid(
                _said("Line %(line)s: %(error)s.", line=line, error=error), field="file"
            ) from error
        if last is not None:
            yield last if cells is not None else _closed(last, text, separator)
        if cells is None:
            return
        last = Record(line, tuple(cell.strip() for cell in cells))
        line = reader.line_num + 1


def plain_heading(text: str) -> str:
    """Return a heading as it is compared."""
    return " ".join(text.casefold().replace("_", " ").split())


class _Reader:
    """Turns records into rows and remembers the words it does not know."""

    def __init__(
        self,
        header: tuple[str, ...],
        places: Mapping[int, Column],
        orders: Mapping[int, bool | None],
        said: Said,
    ) -> None:
        self.header, self.places, self.orders, self.said = header, places, orders, said
        self.unknown: dict[str, dict[str, None]] = {}

    def row(self, record: Record) -> TableRow:
        """Return one line with its values, and everything that is wrong with it."""
        cells = tuple(_cut(record.cells, len(self.header)))
        if record.open_quote:
            why = (
                "A quote opens here and never closes; close it, or write it "
                "twice inside of a text."
            )
            return TableRow(record.line, cells, {}, (why,))
        wrong: list[str] = []
        if len(cells) > len(self.header):
            wrong.append(
                f"It has {len(cells)} cells, the heading has {len(self.header)}."
            )
        values: dict[str, Any] = {}
        for place, column in self.places.items():
            text = unguarded(cells[place]) if place < len(cells) else ""
            if not text:
                continue
            try:
                values[column.name] = self._value(place, column, text)
            except ValueError as error:
                wrong.append(f"{column.name.replace('_', ' ').capitalize()}: {error}")
        return TableRow(record.line, cells, values, tuple(wrong))

    def unknown_words(self) -> dict[str, tuple[str, ...]]:
        """Return the words nobody knows, by field, in the order of the file."""
        return {name: tuple(words) for name, words in self.unknown.items()}

    def _value(self, place: int, column: Column, text: str) -> Any:
        if column.kind == "day":
            return day_of(text, self.orders.get(place))
        if column.kind == "moment":
            return moment_of(text, self.said.zone, self.orders.get(place))
        return self._meaning(column, text) if column.words else column.read(text)

    def _meaning(self, column: Column, text: str) -> Any:
        word = plain_word(text)
        own = {
            plain_word(key): value
            for key, value in self.said.words.get(column.name, {}).items()
        }
        meaning = own.get(word) or column.words.get(word)
        if meaning is not None:
            return meaning
        try:
            return self._read(column, text)
        except ValueError:
            self.unknown.setdefault(column.name, {})[text] = None
            raise

    def _read(self, column: Column, text: str) -> Any:
        """Read what is none of the words; only a column that has a reader of its own can."""
        if column.read is str:
            raise ValueError(f"the {column.name} {quoted(text)} is not known")
        return column.read(text)


def plain_word(text: str) -> str:
    """Return a word of a cell as it is compared; some programs put signs before it."""
    return " ".join(text.casefold().strip("_ \t").split())


def _with_heading(
    text: str, layout: Layout, said: Said
) -> tuple[str, Record, list[Record]]:
    """Find separator and heading: where most of the known headings stand."""
    fixed = _SEP.match(text)
    best: tuple[int, int, str, int] | None = None
    for separator in fixed[1] if fixed else SEPARATORS:
        for record in _first(text, separator):
            known = len(_known(record.cells, layout, said))
            score = (known, len(record.cells) if not known else 0)
            if best is None or (
                score > best[:2] and (known or record.line == best[3] or not best[0])
            ):
                best = (*score, separator, record.line)
    if best is None:
        raise Invalid(
            _said("This is empty: choose a file, or paste its lines."), field="file"
        )
    _, _, separator, line = best
    records = [
        record
        for record in records_of(text, separator)
        if not (fixed and record.line == 1)
    ]
    heading = next(record for record in records if record.line == line)
    return separator, heading, [record for record in records if record.line > line]


def _first(text: str, separator: str) -> list[Record]:
    fixed, found = bool(_SEP.match(text)), []
    for record in records_of(text[:HEAD], separator):
        if any(record.cells) and not (fixed and record.line == 1):
            found.append(record)
        if len(found) == HEADING_WITHIN:
            break
    return found


def _known(cells: Sequence[str], layout: Layout, said: Said) -> set[str]:
    names = _names(layout, said)
    return {names[head] for cell in cells if (head := plain_heading(cell)) in names}


def _names(layout: Layout, said: Said) -> dict[str, str]:
    names = {
        plain_heading(name): column.name
        for column in layout.columns
        for name in column.headings
    }
    return names | {
        plain_heading(head): name for name, head in said.columns.items() if head
    }


def _places(header: Sequence[str], layout: Layout, said: Said) -> dict[int, Column]:
    """Tell which column stands where: as somebody said, else the best name that is there."""
    heads = [plain_heading(head) for head in header]
    places: dict[int, Column] = {}
    for column in layout.columns:
        chosen = plain_heading(said.columns.get(column.name, ""))
        wanted = (
            [chosen]
            if chosen and chosen in heads
            else [plain_heading(name) for name in column.headings]
        )
        there = [
            place
            for name in dict.fromkeys(wanted)
            for place, head in enumerate(heads)
            if head and head == name
        ]
        if layout.each_once and len(there) > 1:
            raise Invalid(
                _said(
                    "Two columns mean “%(value)s”.", value=column.name.replace("_", " ")
                ),
                field="file",
            )
        if there and there[0] not in places:
            places[there[0]] = column
    return places


def _demand_needed(
    places: Mapping[int, Column], header: Sequence[str], layout: Layout
) -> None:
    have = {column.name for column in places.values()}
    missing = [name for name in layout.needed if name not in have]
    if not missing:
        return
    if len(layout.needed) == 1:
        raise Invalid(
            _said(
                "The first line has to name the columns, “%(value)s” among them.",
                value=missing[0],
            ),
            field="file",
        )
    there = ", ".join(quoted(head) for head in header[:HEADINGS_SHOWN] if head)
    more = " and more" if len(header) > HEADINGS_SHOWN else ""
    raise Invalid(
        _said(
            "No column for: %(missing)s. The file has: %(there)s%(more)s.",
            missing=", ".join(missing),
            there=there,
            more=more,
        ),
        field="file",
    )


def _orders(
    body: Sequence[Record],
    header: Sequence[str],
    places: Mapping[int, Column],
    layout: Layout,
    said: Said,
) -> tuple[dict[int, bool | None], tuple[str, ...]]:
    """Decide for each column of dates whether the month stands first: by its own cells, else as its
    file's others.
    """
    dated = [
        place for place, column in places.items() if column.kind in ("day", "moment")
    ]
    cells = {
        place: [each.cells[place] for each in body if place < len(each.cells)]
        for place in dated
    }
    own = {place: month_first(found) for place, found in cells.items()}
    decided = set(own.values()) - {None}
    usual = (
        said.months_first
        if said.months_first is not None
        else decided.pop()
        if len(decided) == 1
        else None
    )
    orders = {place: usual if own[place] is None else own[place] for place in dated}
    open_ones = [
        place
        for place in dated
        if orders[place] is None and any(map(may_mean_two_days, cells[place]))
    ]
    return orders, tuple(header[place] for place in open_ones)


def _ignored(
    header: Sequence[str], places: Mapping[int, Column], layout: Layout
) -> Iterator[str]:
    computed = {plain_heading(name) for name in layout.computed}
    for place, head in enumerate(header):
        if head and place not in places and plain_heading(head) not in computed:
            yield head


def _notes(text: str, heading: Record, separator: str) -> tuple[str, ...]:
    first = 2 if _SEP.match(text) else 1
    above = [
        record.line
        for record in records_of(text[:HEAD], separator)
        if any(record.cells)
    ]
    above = [line for line in above if first <= line < heading.line]
    if not above:
        return ()
    return (
        f"The heading was found in line {heading.line}; what stands above it was not read.",
    )


def _without_end(cells: Sequence[str]) -> Sequence[str]:
    """Leave out empty cells at the end: some programs end every line with a separator."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _cut(cells: Sequence[str], width: int) -> Sequence[str]:
    return cells if len(cells) <= width or any(cells[width:]) else cells[:width]


def _closed(record: Record, text: str, separator: str) -> Record:
    """Tell whether the last record ended because the file did, within quotes."""
    lines = io.StringIO(text, newline="")
    for _ in range(record.line - 1):
        lines.readline()
    try:
        list(csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True))
    except csv.Error as error:
        return Record(
            record.line, record.cells, open_quote="unexpected end of data" in str(error)
        )
    return record


def heading_of(text: str, layout: Layout, said: Said) -> tuple[str, ...]:
    """Return the headings of a table, also of one that cannot be read yet; nothing for an empty
    text.
    """
    try:
        return _with_heading(text, layout, said)[1].cells
    except Invalid:
        return ()

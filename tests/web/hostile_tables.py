"""Tables nobody means well: what spreadsheets, other programs and mistakes send.

Add a line to ``TABLES``.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """What one importer reads: its heading and a good line, cell by cell; ``{}`` is the line's
    number.
    """

    heading: tuple[str, ...]
    line: tuple[str, ...]

    def text(self, count: int = 3, *, mark: str = ",", end: str = "\n") -> str:
        """Return a table of so many good lines."""
        lines = [self.heading, *(self.cells(number) for number in range(1, count + 1))]
        return "".join(mark.join(cells) + end for cells in lines)

    def cells(self, number: int) -> tuple[str, ...]:
        """Return the cells of one good line."""
        return tuple(cell.format(number) for cell in self.line)

    def with_first(self, cell: str) -> str:
        """Return a table whose second line begins with ``cell``."""
        return self.text(1) + ",".join((cell, *self.cells(2)[1:])) + "\n"


def packed(*names: str) -> bytes:
    """Return a ZIP file that holds files of these names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>" * 100)
    return file.getvalue()


def text_of(make: Callable[[Shape], str]) -> Callable[[Shape], bytes]:
    """Write what ``make`` returns in UTF-8."""
    return lambda shape: make(shape).encode("utf-8", "surrogatepass")


RANDOM = random.Random(7).randbytes(5000)
TABLES: dict[str, Callable[[Shape], bytes]] = {
    # How it is written
    "as it should be": text_of(Shape.text),
    "utf-8 with its mark": lambda shape: shape.text().encode("utf-8-sig"),
    "utf-16 with its mark": lambda shape: shape.text().encode("utf-16"),
    "utf-16 without": lambda shape: shape.text().encode("utf-16-le"),
    "utf-32": lambda shape: shape.text().encode("utf-32"),
    "half a letter of utf-16": lambda shape: shape.text().encode("utf-16")[:-1],
    "windows-1252": lambda shape: shape.with_first("Zürich – €").encode("cp1252"),
    "shift-jis": lambda shape: shape.with_first("東京の倉庫と工場と本社の窓口").encode(
        "cp932"
    ),
    "broken utf-8": lambda shape: shape.text().encode() + b"\xff\xfe\xc3(\n",
    "a mark and nothing": lambda _shape: b"\xef\xbb\xbf",
    "two marks": lambda shape: b"\xef\xbb\xbf\xef\xbb\xbf" + shape.text().encode(),
    # What it is not
    "nothing": lambda _shape: b"",
    "blank lines": lambda _shape: b"\n \n\t\n\r\n",
    "one zero byte": lambda _shape: b"\0",
    "zero bytes in cells": text_of(lambda shape: shape.with_first("a\0b")),
    "xlsx": lambda _shape: packed(
        "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"
    ),
    "ods": lambda _shape: packed("mimetype", "content.xml"),
    "zip": lambda _shape: packed("table.csv"),
    "old excel": lambda _shape: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "pdf": lambda _shape: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "gzip": lambda _shape: b"\x1f\x8b\x08\0\0\0\0\0" + RANDOM,
    "png": lambda _shape: b"\x89PNG\r\n\x1a\n" + RANDOM,
    "random bytes": lambda _shape: RANDOM,
    "random bytes without zero": lambda _shape: RANDOM.replace(b"\0", b"\x01"),
    "html": lambda _shape: (
        b"<!doctype html><title>Sign in</title><table><tr><td>1</table>"
    ),
    "json": lambda _shape: b'[{"title": "a, b", "owner": null}]',
    "one word": lambda _shape: b"hello",
    # Large
    "a cell of one megabyte": text_of(lambda shape: shape.with_first("x" * 1_000_000)),
    "a quoted cell of one megabyte": text_of(
        lambda shape: shape.with_first('"' + "y\n" * 500_000 + '"')
    ),
    "a heading of one megabyte": text_of(
        lambda shape: "x" * 1_000_000 + "\n" + shape.text()
    ),
    "300 columns": text_of(lambda shape: wide(shape, 300)),
    "10,000 columns": text_of(lambda shape: wide(shape, 10_000)),
    "100,000 lines": text_of(lambda shape: shape.text(100_000)),
    "100,000 blank lines": text_of(lambda shape: shape.text(1) + "\n" * 100_000),
    "100,000 lines of one cell": text_of(lambda shape: shape.text(1) + "x\n" * 100_000),
    "more cells than headings": text_of(
        lambda shape: shape.text(1) + "1,2,3,4,5,6,7,8,9,10\n" * 50
    ),
    "fewer cells than headings": text_of(lambda shape: shape.text(1) + "1\n" * 50),
    # Headings
    "only headings": text_of(lambda shape: shape.text(0)),
    "only headings without an end": text_of(lambda shape: shape.text(0).rstrip("\n")),
    "headings twice": text_of(lambda shape: shape.text(0) + shape.text(2)),
    "duplicate headings": text_of(lambda shape: doubled(shape)),
    "empty headings": text_of(
        lambda shape: ",".join("" for _ in shape.heading) + "\n" + shape.text(2)
    ),
    "an empty heading between": text_of(
        lambda shape: shape.text(2).replace(",", ",,", 1)
    ),
    "strange headings": text_of(lambda _shape: "\u202e,\u200b,😀\n1,2,3\n"),
    "headings in capitals": text_of(
        lambda shape: shape.text().replace(",".join(shape.heading), _capitals(shape))
    ),
    "no headings": text_of(lambda shape: shape.text().partition("\n")[2]),
    "a title above": text_of(lambda shape: "Export of 29 November\n\n" + shape.text()),
    "eleven lines above": text_of(lambda shape: "Export\n" * 11 + shape.text()),
    # Between the cells
    "semicolons": text_of(lambda shape: shape.text(mark=";")),
    "tabs": text_of(lambda shape: shape.text(mark="\t")),
    "bars": text_of(lambda shape: shape.text(mark="|")),
    "spaces": text_of(lambda shape: shape.text(mark="  ")),
    "a separator that is said": text_of(lambda shape: "sep=;\n" + shape.text(mark=";")),
    "a separator that is said and nothing": text_of(lambda _shape: "sep=;"),
    "a separator that is a letter": text_of(lambda shape: "sep=e\n" + shape.text()),
    "a separator that is a quote": text_of(lambda shape: 'sep="\n' + shape.text()),
    "a separator that is a space": text_of(lambda shape: "sep= \n" + shape.text()),
    "a separator that ends lines": text_of(lambda shape: "sep=\n\n" + shape.text()),
    "a separator at the end": text_of(lambda shape: shape.text(end=",\n")),
    "seven separators at the end": text_of(lambda shape: shape.text(end=",,,,,,,\n")),
    "only separators": text_of(lambda _shape: ",,,,\n,,,,\n;;;;\n\t\t\t\n"),
    # Ends of lines
    "ends of windows": text_of(lambda shape: shape.text(end="\r\n")),
    "ends of old macs": text_of(lambda shape: shape.text(end="\r")),
    "mixed ends": text_of(
        lambda shape: shape.text(1) + "x\r\ny\rz\n" + shape.text(1, end="\r")
    ),
    "an end that is doubled": text_of(lambda shape: shape.text(end="\r\r\n")),
    "other ends of lines": text_of(
        lambda shape: shape.text(1) + "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\n"
    ),
    # Quotes
    "a quote that never closes": text_of(
        lambda shape: shape.text(2) + '"never,closed\nmore,cells\n'
    ),
    "a quote in the heading that never closes": text_of(
        lambda shape: '"' + shape.text(2)
    ),
    "a single quote": lambda _shape: b'"',
    "quotes inside of a cell": text_of(lambda shape: shape.with_first('a "b" c')),
    "a quote that goes on": text_of(lambda shape: shape.with_first('"a"b"c"')),
    "a thousand quotes": text_of(lambda shape: shape.text(1) + '"' * 1001),
    "an end of line in quotes": text_of(
        lambda shape: shape.with_first('"two\r\nlines"')
    ),
    "backslashes": text_of(lambda shape: shape.with_first('"a\\"b\\n"')),
    # Cells
    "formulas": text_of(lambda shape: shape.with_first("=cmd|' /C calc'!A0")),
    "formulas of every kind": text_of(
        lambda shape: shape.text(1) + '+1,-1,@SUM(A1)\n\'=1,"=""7""",=1+1\n'
    ),
    "direction turned": text_of(lambda shape: shape.with_first("\u202eevil\u2066")),
    "control signs": text_of(lambda shape: shape.with_first("\x01\x1b[31m\x7f")),
    "halves of letters": text_of(lambda shape: shape.with_first("\ud800")),
    "a letter of many marks": text_of(
        lambda shape: shape.with_first("e" + "\u0301" * 2000)
    ),
    "markup": text_of(
        lambda shape: shape.with_first("<script>alert(1)</script>{{7*7}}")
    ),
    "deep markup": text_of(lambda shape: shape.with_first("<div>" * 20_000)),
    "numbers without an end": text_of(
        lambda shape: shape.text(1) + ",".join(["9" * 5000] * len(shape.line)) + "\n"
    ),
    "numbers that are none": text_of(
        lambda shape: shape.text(1) + "nan,inf,1e999,-0\n1e400,٣,²,½\n"
    ),
    "days that are none": text_of(
        lambda shape: shape.text(1) + "2026-02-30,0000-00-00,9999-12-31,31/31/2026\n"
    ),
    "days that may be two": text_of(
        lambda shape: shape.text(1) + ",".join(["3/4/2026"] * len(shape.line)) + "\n"
    ),
    "errors of spreadsheets": text_of(
        lambda shape: shape.text(1) + "#REF!,#N/A,#DIV/0!,#VALUE!\n"
    ),
}
"""What it is, and how it is made for an importer of some shape."""


def wide(shape: Shape, count: int) -> str:
    """Return a table of many columns more."""
    heads = [*shape.heading, *(f"column {number}" for number in range(count))]
    return ",".join(heads) + "\n" + ",".join([*shape.cells(1), *(["x"] * count)]) + "\n"


def doubled(shape: Shape) -> str:
    """Return a table in which every column stands twice."""
    rows = (shape.heading, shape.cells(1), shape.cells(2))
    return "".join(",".join((*cells, *cells)) + "\n" for cells in rows)


def _capitals(shape: Shape) -> str:
    return ",".join(head.upper().replace(" ", "_") for head in shape.heading)

"""Business weights of sites out of pasted lines: given as such, or following from the turnover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from app.core.errors import Invalid
from app.core.formulas import unguarded
from app.core.numbers_in import number_of
from app.core.said import said
from app.core.tables_in import records_of
from app.core.texts import quoted

LIGHTEST, HEAVIEST = 1, 10


@dataclass(frozen=True, slots=True)
class Weights:
    """What lines say: the weight (1–10) of each site by name, and the lines that cannot be used,
    with the reason.
    """

    by_site: Mapping[str, int]
    wrong: tuple[str, ...]


def weights_from(text: str) -> Weights:
    """Read lines of site and weight, separated by semicolon, tab or comma; a heading “turnover”
    makes it turnover.

    From turnover the largest site gets 10 and every other its share of that, rounded up.
    """
    rows = _rows(text)
    turnover = (
        bool(rows) and len(rows[0][1]) > 1 and rows[0][1][1].casefold() == "turnover"
    )
    if rows and len(rows[0][1]) > 1 and not any(map(str.isdigit, rows[0][1][1])):
        rows = rows[1:]
    amounts, wrong = _amounts(rows)
    if turnover:
        return Weights(_shares(amounts), wrong)
    out = [
        f"{quoted(name)}: the weight goes from 1 to 10."
        for name, amount in amounts.items()
        if not _is_weight(amount)
    ]
    return Weights(
        {name: int(amount) for name, amount in amounts.items() if _is_weight(amount)},
        (*wrong, *out),
    )


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((mark for mark in (";", "\t", "|", ",") if mark in first), ";")
    records = list(records_of(text, mark))
    if any(record.open_quote for record in records):
        raise Invalid(
            said(
                "A quote opens in line %(line)s and never closes.",
                line=records[-1].line,
            ),
            field="text",
        )
    return [
        (record.line, [unguarded(cell) for cell in record.cells])
        for record in records
        if any(record.cells)
    ]


def _amounts(
    rows: Sequence[tuple[int, list[str]]],
) -> tuple[dict[str, float], tuple[str, ...]]:
    amounts: dict[str, float] = {}
    wrong: list[str] = []
    for number, cells in rows:
        try:
            amount = _amount(cells)
        except ValueError as error:
            wrong.append(f"Line {number}: {error}")
            continue
        if cells[0] in amounts:
            wrong.append(f"Line {number}: {quoted(cells[0])} stands above already.")
        else:
            amounts[cells[0]] = amount
    return amounts, tuple(wrong)


def _amount(cells: Sequence[str]) -> float:
    """Return the number of a line. Raises ``ValueError`` with a sentence."""
    amount = number_of(cells[1]) if len(cells) > 1 and cells[0] and cells[1] else 0
    if amount <= 0:
        raise ValueError("a site and a number above 0 are needed.")
    return amount


def _shares(amounts: Mapping[str, float]) -> dict[str, int]:
    largest = max(amounts.values(), default=1)
    return {
        name: max(LIGHTEST, ceil(HEAVIEST * amount / largest))
        for name, amount in amounts.items()
    }


def _is_weight(amount: float) -> bool:
    return amount.is_integer() and LIGHTEST <= amount <= HEAVIEST

"""Numbers as people read them: a true minus sign, no needless digits, always with their
denominator.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

MINUS = "\u2212"


def figure(value: float) -> str:
    """Return ``value`` with three digits that matter: 41.3333 is "41.3", 0.0512 is "0.051", 1234.5
    is "1,234".
    """
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{size:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 and text != "0" else text


SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))


def compact(value: float) -> str:
    """Return ``value`` short enough for the edge of a chart: 13,300,000,000 is "13.3 bn"."""
    for size, word in SCALES:
        if abs(value) >= size:
            return f"{figure(value / size)} {word}"
    return figure(value)


def most_of(unit: str, values: Iterable[float]) -> float | None:
    """Return the most a metric of this unit can be: 100 for a share in per cent, else None."""
    is_share = unit.strip() == "%" and all(value <= 100 for value in values)
    return 100.0 if is_share else None


def signed(value: float) -> str:
    """Return ``value`` with its sign even when it is positive, for changes."""
    text = figure(value)
    return text if text == "0" or text.startswith(MINUS) else f"+{text}"


def percent(share: float) -> str:
    """Return a share (0–1) as whole per cent, with one decimal where rounding would say all or
    nothing.
    """
    rounded = f"{share * 100:.0f}"
    if rounded in ("0", "100") and share not in (0, 1):
        rounded = (
            f"{share * 100:.1f}"
            if 0.0005 <= share < 0.9995
            else "< 0.1"
            if share < 1 / 2
            else "> 99.9"
        )
    return f"{rounded} %"


def share_of(part: int, whole: int) -> str:
    """Return "12 of 80 (15 %)", or "0 of 0" where there is nothing to take a share of."""
    return f"{part} of {whole} ({percent(part / whole)})" if whole else f"{part} of 0"


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 person" or "5 people": the number with the word in its right form."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def people(number: int) -> str:
    """Return "1 person" or "5 people"."""
    return counted(number, "person", "people")


def day(value: date) -> str:
    """Return a date as "2 Mar 2026"."""
    return f"{value.day} {value:%b %Y}"


def listed(items: list[str], last: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"; ``last`` is the word before the last one."""
    return (
        items[0]
        if len(items) == 1
        else f"{', '.join(items[:-1])} {last} {items[-1]}"
        if items
        else ""
    )

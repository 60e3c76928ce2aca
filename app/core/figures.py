"""Numbers as people read them: a true minus sign, no needless digits, always with their
denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from app.core.said import day_said, digits, joined, nsaid, said

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
    return digits(f"{MINUS}{text}" if value < 0 and text != "0" else text)


def compact(value: float) -> str:
    """Return ``value`` in as little room as it needs: 13,300,000,000 is "13.3 bn"."""
    size = scale_of(value)
    return scaled(figure(value / size), size)


def scale_of(value: float) -> float:
    """Return what a number is told in: 1, a million, a thousand millions, a million millions."""
    return next((size for size in (1e12, 1e9, 1e6) if abs(value) >= size), 1.0)


def scaled(number: str, size: float) -> str:
    """Return a number with the word for what it is told in."""
    if size == 1e12:
        return said("%(number)s tn", number=number)
    if size == 1e9:
        return said("%(number)s bn", number=number)
    return said("%(number)s m", number=number) if size == 1e6 else number


def most_of(unit: str, values: Iterable[float]) -> float | None:
    """Return the most a metric of this unit can be: 100 for a share in per cent, else None."""
    is_share = unit.strip() == "%" and all(value <= 100 for value in values)
    return 100.0 if is_share else None


def signed(value: float) -> str:
    """Return ``value`` with its sign even when it is positive, for changes."""
    text = figure(value)
    return text if text == "0" or text.startswith(MINUS) else digits(f"+{text}")


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
    return digits(f"{rounded} %")


def share_of(part: int, whole: int) -> str:
    """Return "12 of 80 (15 %)", or "0 of 0" where there is nothing to take a share of."""
    if not whole:
        return said("%(part)s of 0", part=part)
    share = percent(part / whole)
    return said(
        "%(part)s of %(whole)s (%(share)s)", part=part, whole=whole, share=share
    )


def people(number: int) -> str:
    """Return "1 person" or "5 people"."""
    return nsaid("%(number)s person", "%(number)s people", number)


def day(value: date) -> str:
    """Return a date as "2 Mar 2026"."""
    return day_said(value)


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"; ``last`` is the word before the last one."""
    if len(items) < 2:
        return items[0] if items else ""
    start = joined(items[:-1], ", ")
    if last == "or":
        return said("%(start)s or %(last)s", start=start, last=items[-1])
    return said("%(start)s and %(last)s", start=start, last=items[-1])

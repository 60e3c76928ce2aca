"""Numbers as other programs and people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from app.core.said import said
from app.core.texts import quoted

_SPACES = "\u00a0\u202f' ’"
_GROUPS = re.compile(rf"[+-]?\d{{1,3}}([{_SPACES}]\d{{3}})+(?=[.,]|$)")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_THOUSANDS = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"),
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?"),
}
OTHER = {".": ",", ",": "."}
POINT, COMMA = ".", ","
DECIMAL, DECIMAL_COMMA = "point", "comma"
MARKS = {DECIMAL: POINT, DECIMAL_COMMA: COMMA}
"""What is chosen where a number may mean two."""


class TwoNumbers(ValueError):
    """A text that may mean two numbers, as 1,234 does."""


def decimal_mark(texts: Iterable[str]) -> str | None:
    """Return the mark before the decimals in a column of numbers, as those show it that can be read
    in one way only: 1,234.5 and 1,234,567 a point, 1.234,5 and 12,5 a comma; None where none of
    them does, or they differ.
    """
    found = {_told(_plain(text)) for text in texts} - {None}
    return found.pop() if len(found) == 1 else None


def number_of(text: str, mark: str | None = None, *, ask: bool = False) -> float:
    """Return a number with a decimal point or comma, and thousands set apart by the other mark,
    spaces or apostrophes; ``mark`` says which stands before the decimals, where that is known, and
    with ``ask`` 1.234 is refused too, which programs mean as one and a bit.

    Raises ``ValueError`` with a sentence, ``TwoNumbers`` where it may mean two of them.
    """
    plain = _plain(text)
    known = mark or _told(plain)
    asks = ask or "," in plain
    if known is None and asks and _EITHER.fullmatch(plain):
        raise two_numbers(plain)
    if known and _THOUSANDS[known].fullmatch(plain):
        plain = plain.replace(OTHER[known], "")
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        raise ValueError(
            said("%(text)s is no number.", text=quoted(text.strip()))
        ) from None
    if not math.isfinite(value):
        raise ValueError(
            said("%(text)s is no number that can be charted.", text=quoted(text))
        )
    return value


def is_either(text: str) -> bool:
    """Tell whether a number may have decimals or thousands, as 1,234 and 1.234."""
    return bool(_EITHER.fullmatch(_plain(text)))


def two_numbers(text: str) -> TwoNumbers:
    """Return the refusal of a number that may mean two."""
    return TwoNumbers(
        said(
            "“%(text)s” may mean %(first)s or %(second)s; write one of them.",
            text=text,
            first=text.replace(",", "."),
            second=re.sub("[.,]", "", text),
        )
    )


def two_readings(text: str) -> tuple[tuple[str, str], ...]:
    """Return what a text such as 1.234 may mean, by the word for its decimal mark."""
    whole, _mark, decimals = _plain(text).replace(",", ".").partition(".")
    low = math.floor(float(f"{whole}.{decimals}"))
    between = said("between %(low)s and %(high)s", low=low, high=low + 1)
    return (
        (DECIMAL if "." in text else DECIMAL_COMMA, between),
        (DECIMAL_COMMA if "." in text else DECIMAL, f"{whole}{decimals}"),
    )


def unmistakable(value: float) -> str:
    """Return a number so that it is read as the same one again: 1.2340, as 1.234 is asked about."""
    text = str(int(value)) if float(value).is_integer() else str(value)
    return f"{text}0" if is_either(text) else text


def _plain(text: str) -> str:
    """Return a number without sign of per cent, and without spaces between its thousands."""
    text = text.strip().removesuffix("%").strip().replace("−", "-")
    return re.sub(f"[{_SPACES}]", "", text) if _GROUPS.match(text) else text


def _told(text: str) -> str | None:
    """Return the decimal mark that a single number shows."""
    marks = re.findall("[.,]", text)
    if not marks or not re.fullmatch(r"[+-]?[\d.,]+", text):
        return None
    if len(set(marks)) == 2:
        return str(marks[-1])
    if len(marks) > 1:
        return OTHER[marks[0]]
    return None if _EITHER.fullmatch(text) else str(marks[0])

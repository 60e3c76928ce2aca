"""Numbers as other programs and people write them."""

from __future__ import annotations

import math
import re

from app.core.texts import quoted

_AMBIGUOUS = re.compile(r"[+-]?\d{1,3},\d{3}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,\u00a0\u202f' ]\d{3})+(\.\d+)?")


def number_of(text: str) -> float:
    """Return a number, with a decimal point or comma. Raises ``ValueError`` with a sentence."""
    text = text.strip().removesuffix("%").strip().replace("−", "-")
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError(
            f"“{text}” may mean {text.replace(',', '.')} or {text.replace(',', '')}; write "
            "one of them."
        )
    plain = (
        re.sub(r"[,\u00a0\u202f' ]", "", text)
        if _THOUSANDS.fullmatch(text)
        else text.replace(",", ".")
    )
    try:
        value = float(plain)
    except ValueError:
        raise ValueError(f"{quoted(text)} is no number.") from None
    if not math.isfinite(value):
        raise ValueError(f"{quoted(text)} is no number that can be charted.")
    return value

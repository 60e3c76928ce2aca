"""Phone numbers as people write them: international, national, an extension, letters; and whether two are the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TAIL = 8
"""So many last digits make a number the same, whatever is written before them."""

SHORTEST, LONGEST = 2, 15
WITHHELD = frozenset({"anonymous", "withheld", "private", "unknown", "restricted", "unavailable", "anonym"})
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_EXTENSION = re.compile(r"(?:;\s*ext=|\bext(?:ension)?\b\.?|\bx|#)\s*(\d{1,7})\s*$", re.IGNORECASE | re.ASCII)
_SIP = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_WRITTEN = re.compile(r"^\+?[\d\s()./\-–]*[A-Za-z]*[\d\s()./\-–]*$")


@dataclass(frozen=True, slots=True)
class Number:
    """One phone number: ``digits`` without any sign, ``extension`` when one was written behind it.

    ``short``: so few digits that only the same switchboard knows them; it is the same only when all digits are.
    """

    digits: str
    extension: str = ""

    @property
    def short(self) -> bool:
        """Tell whether this is an extension rather than a number of the world."""
        return len(self.digits) < TAIL

    @property
    def tail(self) -> str:
        """Return what is compared: the last eight digits, or all of an extension."""
        return self.digits[-TAIL:]


def number_of(text: str, country: str = "") -> Number | None:
    """Return the number that ``text`` stands for, or None when it is none.

    ``country`` is the calling code, such as ``41``, put before a number that begins with a single 0.
    """
    bare = _SIP.sub("", text.strip()).partition("@")[0].partition(";phone-context")[0]
    found = _EXTENSION.search(bare)
    digits = _digits(bare[: found.start()] if found else bare, country)
    if found and not digits:
        return Number(found[1])
    return Number(digits, found[1] if found else "") if SHORTEST <= len(digits) <= LONGEST else None


def is_withheld(text: str) -> bool:
    """Tell whether a telephone system says that the caller does not show a number."""
    bare = _SIP.sub("", text.strip()).partition("@")[0].strip().lower()
    return not bare or bare in WITHHELD


def is_same(one: Number, other: Number) -> bool:
    """Tell whether two numbers reach the same telephone: equal extensions, or equal in their last eight digits."""
    return one.tail == other.tail


def folded(text: str) -> str:
    """Return a name as it is compared: small letters without accents."""
    apart = (
        unicodedata.normalize("NFKD", text.casefold()).casefold().replace("ø", "o").replace("ł", "l").replace("ı", "i")
    )
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _digits(text: str, country: str) -> str:
    bare = text.replace("(0)", "").strip()
    if not _WRITTEN.match(bare):
        return ""
    digits = re.sub(r"[^0-9]", "", bare.upper().translate(_KEYPAD) if any(map(str.isdigit, bare)) else "")
    if bare.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("0") and len(digits) > TAIL:
        return country + digits[1:]
    return digits

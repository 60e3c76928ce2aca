"""Phone numbers as people write them: international, national, an extension, letters; and whether
two are the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

TAIL = 8
"""By so many last digits numbers are looked for; whether they are the same is decided by all of
them.
"""

SHORTEST, LONGEST = 2, 15
WITHHELD = frozenset(
    {
        "anonymous",
        "withheld",
        "private",
        "unknown",
        "restricted",
        "unavailable",
        "anonym",
    }
)
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_EXTENSION = re.compile(
    r"(?:;\s*ext=|\bext(?:ension)?\b\.?|\bx|#)\s*(\d{1,7})\s*$",
    re.IGNORECASE | re.ASCII,
)
_SIP = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_NAMED = re.compile(r"^[^<]*<([^>]*)>")
_WRITTEN = re.compile(r"^\+?[\d\s()./\-–]*[A-Za-z]*[\d\s()./\-–]*$")


@dataclass(frozen=True, slots=True)
class Number:
    """One phone number: ``digits`` without any sign, ``extension`` when one was written behind it.

    The digits are those of E.164, country first, where the number is one that can be dialled from
    anywhere. ``short``: so few digits that only the same switchboard knows them; it is the same
    only when all digits are.
    """

    digits: str
    extension: str = ""

    @property
    def short(self) -> bool:
        """Tell whether this is an extension rather than a number of the world."""
        return len(self.digits) < TAIL

    @property
    def tail(self) -> str:
        """Return what is looked for: the last eight digits, or all of an extension."""
        return self.digits[-TAIL:]

    @property
    def forms(self) -> frozenset[str]:
        """Return the digits as they are, and as written within the country where they begin with
        one.
        """
        return frozenset([self.digits, *_within_country(self.digits)])


def number_of(text: str, country: str = "") -> Number | None:
    """Return the number that ``text`` stands for, or None when it is none.

    ``country`` is the calling code, such as ``41``, of numbers that are written without one.
    """
    bare = _bare(text)
    for spelled in _spellings(bare):
        if known := _parsed(spelled, country):
            national = phonenumbers.national_significant_number(known)
            return Number(f"{known.country_code}{national}", known.extension or "")
    found = _EXTENSION.search(bare)
    digits = _digits(bare[: found.start()] if found else bare, country)
    if found and not digits:
        return Number(found[1])
    return (
        Number(digits, found[1] if found else "")
        if SHORTEST <= len(digits) <= LONGEST
        else None
    )


def is_withheld(text: str) -> bool:
    """Tell whether a telephone system says that the caller does not show a number."""
    bare = _SIP.sub("", text.strip()).partition("@")[0].strip().lower()
    return not bare or bare in WITHHELD


def is_same(one: Number, other: Number) -> bool:
    """Tell whether two numbers reach the same telephone: equal in all digits, or one is written
    within its country.
    """
    return one.digits in other.forms or other.digits in one.forms


def folded(text: str) -> str:
    """Return a name as it is compared: small letters without accents."""
    apart = (
        unicodedata.normalize("NFKD", text.casefold())
        .casefold()
        .replace("ø", "o")
        .replace("ł", "l")
        .replace("ı", "i")
    )
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _bare(text: str) -> str:
    """Return what a telephone system or a person means by a number, without name, protocol, host
    and context.
    """
    named = _NAMED.match(text.strip())
    address = named[1] if named else text
    bare = (
        _SIP.sub("", address.strip()).partition("@")[0].partition(";phone-context")[0]
    )
    return unicodedata.normalize("NFKC", bare).strip()


def _spellings(text: str) -> Iterator[str]:
    """Yield a number as it stands and, where it begins with the 00 of most countries, with a plus
    instead.
    """
    yield text
    if text.startswith("00"):
        yield f"+{text[2:]}"


def _parsed(text: str, country: str) -> PhoneNumber | None:
    """Return a number of the world, by its country's own numbering plan, or None when it is
    none.
    """
    region = (
        phonenumbers.region_code_for_country_code(int(country)) if country else None
    )
    if not any(map(str.isdigit, text)):
        return None
    try:
        found = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return found if phonenumbers.is_valid_number(found) else None


def _within_country(digits: str) -> Iterator[str]:
    """Yield the digits after a country's code; fewer than eight only of a number that country
    really has.
    """
    try:
        found = phonenumbers.parse(f"+{digits}")
    except NumberParseException:
        return
    national = phonenumbers.national_significant_number(found)
    if len(national) >= TAIL or phonenumbers.is_valid_number(found):
        yield national


def _digits(text: str, country: str) -> str:
    bare = text.replace("(0)", "").strip()
    if not _WRITTEN.match(bare):
        return ""
    digits = re.sub(
        r"[^0-9]",
        "",
        bare.upper().translate(_KEYPAD) if any(map(str.isdigit, bare)) else "",
    )
    if bare.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("0") and len(digits) > TAIL:
        return country + digits[1:]
    return digits

"""Days and moments as other programs write them; whether the day or the month stands first is told
by the column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from app.core.texts import quoted

_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_MONTH_ONLY = re.compile(r"(\d{4})-(\d{2})$")
_WEEK = re.compile(r"\d{4}-?W\d{2}")
_WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_DAY_MONTH = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_UNIX_DATE = re.compile(
    r"([A-Za-z]{3}) +(\d{1,2}) +(\d{1,2}:\d{2}:\d{2}) +(?:UTC |GMT )?(\d{4})"
)
_CLOCK = re.compile(
    r"[T,\s]*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp])?(?(4)\.?[Mm]\.?)(?:\s*Uhr)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
CENTURY = 2000


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
    (_DOTTED, lambda found: date(_year(found[3]), int(found[2]), int(found[1]))),
    (_YEAR_FIRST, lambda found: date(int(found[1]), int(found[2]), int(found[3]))),
    (_DAY_MONTH, lambda found: date(int(found[3]), _month(found[2]), int(found[1]))),
    (_MONTH_DAY, lambda found: date(int(found[3]), _month(found[1]), int(found[2]))),
    (_MONTH_ONLY, lambda found: date(int(found[1]), int(found[2]), 1)),
)


def month_first(texts: Iterable[str]) -> bool | None:
    """Tell from all cells of a column whether the month stands first in 03/02/2026; None: it cannot
    be told.
    """
    found = [match for text in texts if (match := _SLASHED.match(text.strip()))]
    day_leads = any(int(match[1]) > 12 for match in found)
    month_leads = any(int(match[3]) > 12 for match in found)
    return None if day_leads == month_leads else month_leads


def may_mean_two_days(text: str) -> bool:
    """Tell whether a text is a day only when somebody says what stands first."""
    match = _SLASHED.match(text.strip())
    if match is None or match[1] == match[3]:
        return False
    return int(match[1]) <= 12 and int(match[3]) <= 12


def day_of(text: str, months_first: bool | None = None) -> date:
    """Return the day a text names: for an ISO week or a month its first.

    Raises ``ValueError`` with a sentence.
    """
    day, rest = _day_and_rest(text.strip(), months_first)
    if rest.strip() and not _CLOCK.fullmatch(rest):
        raise ValueError(_no_day(text))
    return day


def moment_of(
    text: str, zone: str = "UTC", months_first: bool | None = None
) -> datetime:
    """Return the moment a text names, in UTC; ``zone`` is where it was written if it does not say
    so.

    Raises ``ValueError`` with a sentence.
    """
    day, rest = _day_and_rest(text.strip(), months_first)
    found = _CLOCK.fullmatch(rest) if rest.strip() else None
    if rest.strip() and not found:
        raise ValueError(f"{quoted(text)} is no date")
    hour, minute, second = _clock(found) if found else (0, 0, 0)
    where = _offset(found[5], zone) if found else ZoneInfo(zone)
    try:
        at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=where)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{quoted(text)} is no date") from None


def _day_and_rest(text: str, months_first: bool | None) -> tuple[date, str]:
    text = _WEEKDAY.sub("", text)
    if found := _UNIX_DATE.fullmatch(text):
        text = f"{found[2]} {found[1]} {found[4]} {found[3]}"
    try:
        return _dated(text, months_first)
    except ValueError as error:
        raise ValueError(str(error) if "“" in str(error) else _no_day(text)) from None


def _dated(text: str, months_first: bool | None) -> tuple[date, str]:
    if found := _SLASHED.match(text):
        return _slashed(text, found, months_first), text[found.end() :]
    for form, of_match in _FORMS:
        if found := form.match(text):
            return of_match(found), text[found.end() :]
    if _WEEK.fullmatch(text):
        return date.fromisoformat(text + ("-1" if "-" in text else "1")), ""
    return _iso(text)


def _slashed(text: str, found: re.Match[str], months_first: bool | None) -> date:
    if months_first is None and may_mean_two_days(text):
        raise ValueError(
            f"{quoted(text)} may mean two different days; write it as 2026-03-02."
        )
    month_leads = months_first if months_first is not None else int(found[3]) > 12
    month, day = (found[1], found[3]) if month_leads else (found[3], found[1])
    return date(_year(found[4]), int(month), int(day))


def _iso(text: str) -> tuple[date, str]:
    for length in (10, 8):
        if text[length : length + 1].isdigit():
            continue
        try:
            return date.fromisoformat(text[:length]), text[length:]
        except ValueError:
            continue
    raise ValueError(_no_day(text))


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[4] or "").lower()
    if half and not 1 <= hour <= 12:
        return 99, 0, 0  # no such hour: the caller says that it is no date
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, minute, second


def _offset(written: str | None, zone: str) -> tzinfo:
    if not written:
        return ZoneInfo(zone)
    if written in ("Z", "UTC", "GMT"):
        return UTC
    return datetime.strptime(written.replace(":", ""), "%z").tzinfo or UTC


def _year(written: str) -> int:
    return int(written) if len(written) == 4 else CENTURY + int(written)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _no_day(text: str) -> str:
    return f"{quoted(text)} is no day; write it as 2026-03-02."

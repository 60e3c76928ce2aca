"""The day of a line in a log, in the forms that servers and syslog write it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
_DS = re.compile(r"\[(\d{2})/([A-Z][a-z]{2})/(\d{4}):")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ]")
_SYSLOG = re.compile(r"([A-Z][a-z]{2}) ([ \d]\d) \d\d:")
_HEX = re.compile(r"([0-9a-f]{8})[ .]")
LOOKED_AT = 40
"""The moment of a line stands in so many characters at its start."""


class Days:
    """Reads days, and remembers the last one: nearly every line has it too.

    Syslog writes no year: it is the last one in which that day is not after ``today``.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self._start, self._day = "", None  # type: tuple[str, date | None]

    def of(self, line: str) -> date | None:
        """Return the day of a line; nothing where none can be read."""
        # The day is over after twelve signs in each form but that of seconds.
        start = line[:12]
        if start != self._start:
            self._start, self._day = start, self._read(line[:LOOKED_AT])
        return self._day

    def _read(self, start: str) -> date | None:
        try:
            return self._found(start)
        except (ValueError, OverflowError, OSError):
            return None

    def _found(self, start: str) -> date | None:
        if found := _DS.match(start):
            return date(
                int(found[3]),
                MONTHS.index(found[2]) + 1,
                int(found[1]),
            )
        if found := _ISO.match(start):
            return date(
                int(found[1]),
                int(found[2]),
                int(found[3]),
            )
        if found := _SYSLOG.match(start):
            return self._this_year(
                MONTHS.index(found[1]) + 1,
                int(found[2]),
            )
        if found := _HEX.match(start):
            return datetime.fromtimestamp(
                int(found[1], 16),
                UTC,
            ).date()
        return None

    def _this_year(self, month: int, day: int) -> date:
        tomorrow = self.today + timedelta(days=1)  # clocks differ
        for year in range(
            self.today.year + 1,
            self.today.year - 8,
            -1,
        ):
            if (month, day) == (2, 29) and year % 4:
                continue
            found = date(year, month, day)
            if found <= tomorrow:
                return found
        raise ValueError("no such day")

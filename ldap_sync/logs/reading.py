"""Read the log of a directory, whichever server wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ldap_sync.logs.days import Days
from ldap_sync.logs.unix import HEAD, UnixLog
from ldap_sync.logs.values import WhatWasAsked
from ldap_sync.logs.windows import BEGINS, WindowsLog

SLAPD, DS_389, AD = "slapd", "389", "ad"


def server_of(line: str) -> str:
    """Return which server writes such lines: ``slapd``, ``389`` or ``ad``; nothing: none does."""
    if BEGINS in line:
        return AD
    if HEAD.search(line) is None:
        return ""
    return DS_389 if line.startswith("[") else SLAPD


class LogReader:
    """Reads lines and yields what was asked; ``server`` is known by the first line that tells.

    Who asked *whom about* is never given out: the person in a question is passed over.
    """

    def __init__(self, today: date) -> None:
        self.server = ""
        self.first: date | None = None
        self.last: date | None = None
        self._days = Days(today)
        self._log: UnixLog | WindowsLog | None = None
        self._held: list[str] = []

    def read(self, lines: Iterable[str]) -> Iterator[WhatWasAsked]:
        """Yield what was asked in all of ``lines``."""
        for line in lines:
            log = self._log or self._known(line)
            if log is not None:
                yield from self._noted(log.take(line))
        if self._log is not None:
            yield from self._noted(self._log.rest())

    def _known(self, line: str) -> UnixLog | WindowsLog | None:
        """Return what reads this log, once a line tells; the date of an event stands before."""
        self.server = server_of(line)
        if not self.server:
            self._held = [*self._held[-9:], line]
            return None
        self._log = WindowsLog(self._days) if self.server == AD else UnixLog(self._days)
        for earlier in self._held:
            list(self._log.take(earlier))
        self._held = []
        return self._log

    def _noted(self, found: Iterable[WhatWasAsked]) -> Iterator[WhatWasAsked]:
        for asked in found:
            if asked.day is not None:
                self.first = min(self.first or asked.day, asked.day)
                self.last = max(self.last or asked.day, asked.day)
            yield asked

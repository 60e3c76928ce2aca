"""Active Directory's event 1644 as text: one event a search, its fields on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ldap_sync.logs.days import Days
from ldap_sync.logs.searches import asked_by
from ldap_sync.logs.values import Asker, Search, WhatWasAsked

BEGINS = "A client issued a search operation"
"""By this the text of an event is known."""

FIELDS = (
    "client",
    "starting node",
    "filter",
    "search scope",
    "attribute selection",
    "user",
)
OTHERS = (
    "server controls",
    "visited entries",
    "returned entries",
    "used indexes",
    "search time (ms)",
)
LONG = ("filter", "attribute selection")
"""These may go on over several lines."""
_LABEL = re.compile(r"\s*([A-Za-z][A-Za-z ()]*?)\s*:(.*)")
_DATE = re.compile(r"\s*(?:Date|TimeCreated)\s*:\s*(\d{4}-\d{2}-\d{2}[T ].*)")
_PORT = re.compile(r":\d+$")
LONGEST_FIELD = 64 * 1024


class WindowsLog:
    """Reads line after line and gathers the fields of one event."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._day: date | None = None
        self._next: date | None = None
        self._fields: dict[str, str] | None = None
        self._label = ""

    def take(self, line: str) -> Iterator[WhatWasAsked]:
        """Take one line, and yield what the event asked that is over with it."""
        dated = _DATE.match(line)
        if dated:
            self._next, self._label = self._days.of(dated[1]), ""
        elif BEGINS in line:
            yield from self.rest()
            self._fields, self._day = {}, self._next
        elif self._fields is not None:
            self._gather(line)

    def rest(self) -> Iterator[WhatWasAsked]:
        """Yield what the last event asked."""
        if self._fields:
            yield from asked_by(_search(self._fields, self._day))
        self._fields, self._label = None, ""

    def _gather(self, line: str) -> None:
        found = _LABEL.match(line)
        label = found[1].lower() if found else ""
        if found and label in (*FIELDS, *OTHERS):
            self._label, text = label, found[2].strip()
        else:
            text = line.strip()
        self._keep(text)

    def _keep(self, text: str) -> None:
        if self._fields is None or self._label not in FIELDS or not text:
            return
        so_far = self._fields.get(self._label, "")
        goes_on = self._label in LONG if so_far else True
        if goes_on and len(so_far) < LONGEST_FIELD:
            self._fields[self._label] = so_far + text


def _search(fields: dict[str, str], day: date | None) -> Search:
    wanted = fields.get("attribute selection", "").lower()
    attributes = (one.strip() for one in wanted.replace(";", ",").split(","))
    asker = Asker(
        _PORT.sub("", fields.get("client", "")),
        fields.get("user", ""),
    )
    return Search(
        base=fields.get("starting node", ""),
        is_base=fields.get("search scope", "").lower().startswith("base"),
        filter=fields.get("filter", ""),
        attributes=tuple(filter(None, attributes)),
        asker=asker,
        day=day,
    )

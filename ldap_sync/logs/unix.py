"""The logs of OpenLDAP (``loglevel stats``) and of 389 Directory Server (its access log).

Both write one line an operation and name the connection; who speaks on it stood in an earlier one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ldap_sync.logs.days import Days
from ldap_sync.logs.searches import asked_by, compared, may_ask
from ldap_sync.logs.values import Asker, Search, WhatWasAsked

MOST_CONNECTIONS = 100_000
MOST_WAITING = 10_000
"""So many are remembered at once; the oldest is let go for the next."""

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(r"conn=(\d+) (?:op=(\d+) |fd=\d+ )(?:slot=\d+ )?(.*)")
_SEARCH = re.compile(
    rf"SRCH base={_QUOTED} scope=(\d)(?: deref=\d)? filter={_QUOTED}"
    rf"(?: attrs=(?:{_QUOTED}|(\w+)))?"
)
_COMPARE = re.compile(rf"CMP dn={_QUOTED} attr=\"([^\"]*)\"")
_SIGNED_IN = re.compile(rf"BIND dn={_QUOTED} mech=")
_SIGNED_IN_389 = re.compile(rf"RESULT err=0 tag=97 .*dn={_QUOTED}")
_FROM = re.compile(r"(?:ACCEPT from (?:IP=)?|connection from )(\[[^\]]*\]|[^ :]+)")
HEAD = re.compile(r"\bconn=\d+ (?:op=\d+|fd=\d+) ")
"""By this a line of these logs is known."""


class UnixLog:
    """Reads line after line and remembers who speaks on which connection."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._askers: dict[str, Asker] = {}
        self._waiting: dict[tuple[str, str], Search] = {}

    def take(self, line: str) -> Iterator[WhatWasAsked]:
        """Take one line, and yield what is known to be asked by now."""
        found = _LINE.search(line)
        if found is None:
            return
        connection, operation, rest = found[1], found[2], found[3]
        if rest.startswith("SRCH attr="):
            self._wants(connection, operation, rest)
        elif rest.startswith("SRCH "):
            yield from self._search(
                line,
                connection,
                operation,
                rest,
            )
        elif rest.startswith("CMP "):
            yield from self._compare(line, connection, rest)
        elif rest.startswith("SEARCH RESULT"):
            yield from self._over(connection, operation)
        else:
            self._speaks(connection, rest)

    def rest(self) -> Iterator[WhatWasAsked]:
        """Yield what was asked by searches whose end is not in the log."""
        for search in self._waiting.values():
            yield from asked_by(search)
        self._waiting.clear()

    def _speaks(self, connection: str, rest: str) -> None:
        if rest.startswith(("ACCEPT", "connection", "SSL connection")):
            self._accepted(connection, rest)
        elif signed := _SIGNED_IN.match(rest) or _SIGNED_IN_389.match(rest):
            self._asker(connection).account = _unquoted(signed[1])
        elif rest.startswith(("closed", "UNBIND", "Disconnect")):
            self._askers.pop(connection, None)

    def _accepted(self, connection: str, rest: str) -> None:
        where = _FROM.search(rest)
        address = where[1] if where else ""
        known = self._askers.get(connection)
        if known is None or known.address:
            self._put(connection, Asker(address=address))
        else:  # a busy slapd may write who signed in before it writes from where
            known.address = address

    def _asker(self, connection: str) -> Asker:
        known = self._askers.get(connection)
        return known if known is not None else self._put(connection, Asker())

    def _put(self, connection: str, asker: Asker) -> Asker:
        if len(self._askers) >= MOST_CONNECTIONS:
            del self._askers[next(iter(self._askers))]
        self._askers[connection] = asker
        return asker

    def _search(
        self, line: str, connection: str, operation: str, rest: str
    ) -> Iterator[WhatWasAsked]:
        found = _SEARCH.match(rest)
        if found is None:
            return
        told = found[4] is not None or found[5] is not None
        if told and not may_ask(rest) and found[2] != "0":
            return
        search = Search(
            base=_unquoted(found[1]),
            is_base=found[2] == "0",
            filter=_unquoted(found[3]),
            attributes=tuple((found[4] or "").lower().split()),
            asker=self._asker(connection),
            day=self._days.of(line),
        )
        if told:  # 389 says all in one line
            yield from asked_by(search)
            return
        if len(self._waiting) >= MOST_WAITING:
            yield from asked_by(self._waiting.pop(next(iter(self._waiting))))
        self._waiting[connection, operation] = search

    def _wants(self, connection: str, operation: str, rest: str) -> None:
        search = self._waiting.get((connection, operation))
        if search is not None:
            more = rest.removeprefix("SRCH attr=").lower().split()
            search.attributes = (*search.attributes, *more)

    def _over(self, connection: str, operation: str) -> Iterator[WhatWasAsked]:
        search = self._waiting.pop(
            (connection, operation),
            None,
        )
        if search is not None:
            yield from asked_by(search)

    def _compare(self, line: str, connection: str, rest: str) -> Iterator[WhatWasAsked]:
        found = _COMPARE.match(rest)
        if found is None:
            return
        day = self._days.of(line)
        search = Search(
            _unquoted(found[1]),
            True,
            "",
            (),
            self._asker(connection),
            day,
        )
        asked = compared(search, found[2])
        if asked is not None:
            yield asked


def _unquoted(text: str) -> str:
    """Return a quoted text as it was; the backslashes of names and filters stay."""
    return text.replace('\\"', '"') if '\\"' in text else text

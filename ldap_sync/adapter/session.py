"""Questions to one server under one credential: every answer is complete, or it is an error."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

from ldap_sync import ber, mapping
from ldap_sync.adapter import filters, words
from ldap_sync.adapter.answers import FoundEntry, Result
from ldap_sync.adapter.connection import Credential, Timeouts, sign_in
from ldap_sync.adapter.requests import PAGED, Control, next_page
from ldap_sync.adapter.wire import (
    BASE,
    NO_ATTRIBUTES,
    SUBTREE,
    Found,
    Search,
    Wire,
)
from ldap_sync.port import IncompleteRead, Unavailable
from ldap_sync.values import Connection

PAGE = 1000
_TRY_LATER = frozenset({51, 52})
_LIMITS = frozenset({3, 4, 11})
_RANGED = ";range="
_RANGE = re.compile(r"(?P<name>[^;]+);range=(?P<first>\d+)-(?P<last>\d+|\*)")


class NotThere(IncompleteRead):
    """The entry at which a search was to begin does not exist."""


class Elsewhere(IncompleteRead):
    """What was asked about is kept by another server."""


class Hidden(IncompleteRead):
    """The account may not read what was asked about."""


class LimitReached(IncompleteRead):
    """A limit of the server cut an answer; whoever runs the server can raise it for our account."""


_FAILURES = {10: Elsewhere, 32: NotThere, 50: Hidden}


class Session:
    """Opens its connection when it is first asked, and anew after it broke.

    For one thread at a time.
    """

    def __init__(
        self,
        connection: Connection,
        credential: Credential,
        timeouts: Timeouts,
        *,
        read_only: bool,
    ) -> None:
        self.credential = credential
        self.ignores_references = (
            False  # Active Directory adds some to every answer about a whole domain
        )
        self.inherited: dict[
            frozenset[str], frozenset[str]
        ] = {}  # classes of groups that others derive from
        self._connection = connection
        self._timeouts = timeouts
        self._read_only = read_only
        self._wire: Wire | None = None

    @property
    def wire(self) -> Wire:
        """Return a connection that stands as far as can be told without sending.

        Raises ``Unavailable``.
        """
        if self._wire is None or not self._wire.usable(self._timeouts.idle):
            self.close()
            self._wire = sign_in(
                self._connection,
                self.credential,
                self._timeouts,
                read_only=self._read_only,
            )
        return self._wire

    def close(self) -> None:
        """Let the connection go."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def below(
        self, base: str, condition: str, attributes: Sequence[str]
    ) -> Iterator[FoundEntry]:
        """Yield, page by page, all entries at and under ``base`` for which ``condition`` holds.

        Raises ``IncompleteRead`` as soon as a page is cut or part of the tree is elsewhere,
        ``Unavailable`` when the connection breaks. What was yielded before that is worth nothing.
        """
        wire = self.wire
        ranged: list[FoundEntry] = []
        for content in self.contents(base, condition, attributes):
            entry = wire.entry(content)
            if _RANGED in " ".join(entry.values):
                ranged.append(entry)
            else:
                yield entry
        yield from (self._completed(wire, entry) for entry in ranged)

    def contents(
        self, base: str, condition: str, attributes: Sequence[str]
    ) -> Iterator[bytes]:
        """Yield what ``below`` does, as it came: to be counted, compared, or taken apart only where
        it is other than before. Of a long attribute there may be a first range only.
        """
        found = self._pages(base, condition, attributes)
        first = next(found, None)
        if first is None:
            self.demand_there(base)
            return
        yield first
        yield from found

    def _pages(
        self, base: str, condition: str, attributes: Sequence[str]
    ) -> Iterator[bytes]:
        wire = self.wire  # a cookie belongs to its connection
        cookie: bytes | None = b""
        while cookie is not None:
            asked = base, SUBTREE, condition, attributes
            page = self._answer(wire, *asked, [next_page(PAGE, cookie)])
            cookie = _cookie((yield from page))

    def at(
        self, dn: str, attributes: Sequence[str], condition: str = filters.ANYTHING
    ) -> FoundEntry | None:
        """Return the one entry at ``dn`` if it is there and ``condition`` holds for it."""
        wire = self.wire
        try:
            found = list(self._answer(wire, dn, BASE, condition, attributes))
        except NotThere:
            return None
        return self._completed(wire, wire.entry(found[0])) if found else None

    def together(self, searches: Sequence[Search]) -> list[list[FoundEntry] | None]:
        """Ask many small questions at once; return for each its entries, in full.

        None: it has to be asked by itself, since the answer was cut, elsewhere, or no success.
        """
        if not searches:
            return []
        return [self._in_full(found) for found in self.wire.search_all(searches)]

    def demand_there(self, base: str) -> None:
        """Raise ``IncompleteRead`` where there is no entry at ``base``: 389 calls it a success to
        find nothing there.
        """
        list(self._answer(self.wire, base, BASE, filters.ANYTHING, NO_ATTRIBUTES))

    def root(self, *attributes: str) -> mapping.Attributes:
        """Return what the server says of itself in its root DSE; nothing where it says nothing."""
        entry = self.at("", attributes)
        return entry.attributes if entry else {}

    def _answer(
        self,
        wire: Wire,
        base: str,
        scope: int,
        condition: str,
        attributes: Sequence[str],
        controls: Sequence[Control] = (),
    ) -> Generator[bytes, None, Result]:
        """Yield the entries of one search and return its result, which is a success."""
        elsewhere: list[str] = []
        result = Result(0)
        for found in wire.contents(base, scope, condition, attributes, controls):
            if isinstance(found, bytes):
                yield found
            elif isinstance(found, Result):
                result = found
            else:
                elsewhere.append(found)
        if result.code:
            raise _failure(result)(words.why_incomplete(result, wire.name, base))
        if elsewhere and not self.ignores_references:
            raise IncompleteRead(words.elsewhere(wire.name, base, elsewhere))
        return result

    def _in_full(self, found: Found) -> list[FoundEntry] | None:
        """Return the entries of an answer if nothing is missing in it."""
        *told, last = found
        entries = [one for one in told if isinstance(one, FoundEntry)]
        elsewhere = len(entries) < len(told) and not self.ignores_references
        ranged = any(";range=" in name for one in entries for name in one.values)
        whole = isinstance(last, Result) and not last.code
        return entries if whole and not elsewhere and not ranged else None

    def _completed(self, wire: Wire, entry: FoundEntry) -> FoundEntry:
        """Ask for the rest of every attribute of which the server sent only a first range (Active
        Directory).
        """
        values = {
            name: found
            for name, found in entry.values.items()
            if not _RANGE.fullmatch(name)
        }
        for name in entry.values.keys() - values.keys():
            attribute = name.partition(";")[0]
            values[attribute] = values.get(attribute, []) + list(
                self._ranges(wire, entry, name)
            )
        return FoundEntry(entry.dn, values)

    def _ranges(
        self, wire: Wire, entry: FoundEntry, name: str
    ) -> Iterator[str | bytes]:
        found = _RANGE.fullmatch(name)
        while found is not None:
            yield from entry.values[found[0]]
            if found["last"] == "*":
                return
            wanted = f"{found['name']};range={int(found['last']) + 1}-*"
            page = list(self._answer(wire, entry.dn, BASE, filters.ANYTHING, [wanted]))
            if not page:
                break
            entry = wire.entry(page[0])
            found = next(filter(None, map(_RANGE.fullmatch, entry.values)), None)
        raise IncompleteRead(words.range_ended(wire.name, entry.dn))


def _cookie(result: Result) -> bytes | None:
    value = result.controls.get(PAGED)
    if not value:
        return None
    try:
        start, end = ber.expect(ber.peek(value), ber.SEQUENCE)
        _, cookie = ber.children(value, start, end)
        return ber.read_octets(value, cookie) or None
    except ValueError as error:
        raise IncompleteRead(
            "The server did not say whether more pages follow: try again."
        ) from error


def _failure(result: Result) -> type[Unavailable | IncompleteRead]:
    if result.code in _TRY_LATER:
        return Unavailable
    if result.code in _LIMITS:
        return LimitReached
    return _FAILURES.get(result.code, IncompleteRead)

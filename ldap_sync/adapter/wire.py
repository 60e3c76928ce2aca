"""LDAP operations over a connection that ldap3 opened: it encodes what is seldom sent, the answers
are read here.

Nothing is ever sent twice. Any failure of the socket ends the connection and is told as ``Lost``;
whoever wrote something then does not know what became of it (ldap-notes section 0.4).
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import ldap3
from ldap3.core.exceptions import LDAPExceptionError, LDAPSocketOpenError
from ldap3.operation.add import add_operation
from ldap3.operation.bind import bind_operation
from ldap3.operation.delete import delete_operation
from ldap3.operation.modify import modify_operation

from ldap_sync.adapter import answers, requests
from ldap_sync.adapter.answers import FoundEntry, LdapMessage, Result
from ldap_sync.adapter.requests import Control
from ldap_sync.port import Unavailable

BASE, SUBTREE = 0, 2
ASSERTION = "1.3.6.1.1.12"
NO_ATTRIBUTES = ("1.1",)
CHUNK = 1 << 18
FLYING = 16
"""How many searches are on their way at most: Active Directory works on twenty at a time."""

Coded = TypeVar("Coded", bytes, LdapMessage)
Decoded = TypeVar("Decoded")


class Lost(Unavailable):
    """The connection broke. ``sent`` tells whether a request may have left before it did."""

    def __init__(self, text: str, *, sent: bool) -> None:
        super().__init__(text)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Modify:
    """One Modify that is to be sent: exact values deleted, then exact values added."""

    dn: str
    attribute: str
    delete: tuple[str, ...]
    add: tuple[str, ...]
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """One search that is to be asked, of which the answer is small."""

    base: str
    scope: int
    condition: str
    attributes: Sequence[str]
    limits: tuple[int, int] = (0, 0)
    """So many entries, for so many seconds; 0 is no limit."""


Found = list[FoundEntry | str | Result]
"""What a search was answered: entries, addresses of other servers as text, and last the result."""


class Wire:
    """One open connection, for one thread at a time."""

    def __init__(self, socket: ldap3.Connection, name: str) -> None:
        """Take over what ldap3 opened; ``name`` is how the server is called in sentences."""
        self.name = name
        self._socket = socket
        self._messages = answers.messages(self._receive)
        self._last_used = time.monotonic()

    def usable(self, idle_seconds: float) -> bool:
        """Tell whether the connection still stands and has not been idle for long, without sending
        anything.
        """
        if self._socket.closed or time.monotonic() - self._last_used > idle_seconds:
            return False
        waiting = select.poll()
        waiting.register(self._socket.socket, select.POLLIN)
        return not waiting.poll(
            0
        )  # between two operations, anything to read is the server's farewell

    def close(self) -> None:
        """Let the connection go without ceremony."""
        self._socket.strategy.close()

    def bind(self, dn: str, password: str) -> Result:
        """Sign in with a name and password, or anonymously where the name is empty."""
        method = ldap3.SIMPLE if dn else ldap3.ANONYMOUS
        return self._ask(
            "bindRequest", bind_operation(3, method, dn, password if dn else "")
        )

    def search(
        self,
        base: str,
        scope: int,
        condition: str,
        attributes: Sequence[str],
        controls: Sequence[Control] = (),
    ) -> Iterator[FoundEntry | str | Result]:
        """Yield the entries of one search, addresses of other servers as text, and last the
        result.
        """
        asked = base, scope, condition, attributes, controls
        for found in self.contents(*asked):
            yield self.entry(found) if isinstance(found, bytes) else found

    def contents(
        self,
        base: str,
        scope: int,
        condition: str,
        attributes: Sequence[str],
        controls: Sequence[Control] = (),
    ) -> Iterator[bytes | str | Result]:
        """Yield what ``search`` does, the entries as they came: many are only counted or
        compared.
        """
        request = requests.search(base, scope, condition, attributes)
        for message in self._exchange(partial(self._send_encoded, request, controls)):
            if message.tag == answers.ENTRY:
                yield message.content
            else:
                yield from self._beside(message)

    def search_all(self, searches: Sequence[Search]) -> list[Found]:
        """Ask several searches, a few before the first answer is read; return what each was
        answered. Raises ``Lost``.
        """
        found: list[Found] = [[] for _ in searches]
        coming, waiting = enumerate(searches), dict[int, int]()
        try:
            while self._fill(coming, waiting) or waiting:
                message = self._next(waiting)
                found[waiting[message.number]] += self._told(message)
                if message.tag not in answers.UNFINISHED:
                    del waiting[message.number]
        finally:
            self._last_used = time.monotonic()
            if waiting:
                self.close()
        return found

    def _fill(
        self, coming: Iterator[tuple[int, Search]], waiting: dict[int, int]
    ) -> bool:
        """Ask as many more searches as may be on their way, once half of those are answered."""
        if len(waiting) > FLYING // 2:
            return False
        asked: list[bytes] = []
        for place, one in islice(coming, FLYING - len(waiting)):
            request = requests.search(
                one.base, one.scope, one.condition, one.attributes, one.limits
            )
            number: int = self._socket.server.next_message_id()
            asked.append(requests.message(number, request, ()))
            waiting[number] = place
        if asked:
            self._send_bytes(b"".join(asked))
        return bool(asked)

    def _told(self, message: LdapMessage) -> Found:
        """Return what one message of a search tells."""
        if message.tag == answers.ENTRY:
            return [self.entry(message.content)]
        return [*self._beside(message)]

    def _beside(self, message: LdapMessage) -> list[str | Result]:
        """Return what a message of a search tells that is no entry."""
        if message.tag == answers.REFERENCE:
            return [*self._decoded(answers.addresses, message)]
        if message.tag == answers.INTERMEDIATE:
            return []
        return [self._decoded(answers.result, message)]

    def entry(self, content: bytes) -> FoundEntry:
        """Take apart an entry that came as ``contents`` yields it."""
        return self._decoded(answers.entry, content)

    def modify(
        self,
        dn: str,
        attribute: str,
        delete: Sequence[str],
        add: Sequence[str],
        controls: Sequence[Control] = (),
    ) -> Result:
        """Send one Modify: exact values deleted, then exact values added, all or nothing."""
        request = requests.modify(dn, attribute, delete, add)
        return self._result(partial(self._send_encoded, request, controls))

    def modify_all(
        self, modifies: Sequence[Modify], late: Callable[[], bool]
    ) -> list[Result | Lost]:
        """Send several Modifies on different entries before the first answer is read, until
        ``late`` says yes.

        Return what became of each: its result, or the loss that ended the connection, which tells
        whether that Modify may have arrived.
        """
        unsent = Lost(f"{self.name} closed the connection: try again.", sent=False)
        became: list[Result | Lost] = [unsent] * len(modifies)
        waiting: dict[int, int] = {}
        try:
            for place, one in enumerate(modifies):
                if late():
                    break
                waiting[self._sent_modify(one)] = place
        except Lost as error:
            became[place] = error
            self._lose(waiting, became, error)
        self._collect(waiting, became)
        return became

    def _sent_modify(self, one: Modify) -> int:
        request = requests.modify(one.dn, one.attribute, one.delete, one.add)
        return self._send_encoded(request, one.controls)

    def _collect(self, waiting: dict[int, int], became: list[Result | Lost]) -> None:
        """Read answers in whatever order they come, until none is waited for."""
        try:
            while waiting:
                message = self._next(waiting)
                result = self._decoded(answers.result, message)
                became[waiting.pop(message.number)] = result
        except Lost as error:
            self._lose(waiting, became, error)
        finally:
            self._last_used = time.monotonic()

    def _lose(
        self, waiting: dict[int, int], became: list[Result | Lost], error: Lost
    ) -> None:
        """Note that nobody knows what became of what was sent and not answered."""
        self.close()
        for place in waiting.values():
            became[place] = Lost(str(error), sent=True)
        waiting.clear()

    def refresh(
        self, dn: str, attribute: str, value: str, *, add_first: bool
    ) -> Result:
        """Send one Modify that adds and deletes the same value, in this order or the other: nothing
        is changed.
        """
        parts = [(ldap3.MODIFY_DELETE, [value]), (ldap3.MODIFY_ADD, [value])]
        changes = {attribute: parts[::-1] if add_first else parts}
        return self._ask("modifyRequest", modify_operation(dn, changes, False))

    def delete(self, dn: str) -> Result:
        """Delete an entry."""
        return self._ask("delRequest", delete_operation(dn))

    def add(
        self,
        dn: str,
        attributes: Mapping[str, Sequence[str]],
        controls: Sequence[Control] = (),
    ) -> Result:
        """Add an entry."""
        wanted = {name: list(values) for name, values in attributes.items()}
        return self._ask("addRequest", add_operation(dn, wanted, False), controls)

    def _ask(self, kind: str, request: Any, controls: Sequence[Control] = ()) -> Result:
        return self._result(partial(self._send, kind, request, controls))

    def _result(self, send: Callable[[], int]) -> Result:
        *_, last = self._exchange(send)
        return self._decoded(answers.result, last)

    def _decoded(self, decode: Callable[[Coded], Decoded], coded: Coded) -> Decoded:
        try:
            return decode(coded)
        except (IndexError, ValueError) as error:
            self.close()
            raise Lost(
                f"{self.name} sent an answer that is no LDAP: check the address and the port.",
                sent=True,
            ) from error

    def _exchange(self, send: Callable[[], int]) -> Iterator[LdapMessage]:
        """Send one request and yield what belongs to it, the final message last.

        Left early, the connection ends.
        """
        number = send()
        finished = False
        try:
            while not finished:
                message = self._next((number,))
                finished = message.tag not in answers.UNFINISHED
                yield message
        finally:
            self._last_used = time.monotonic()
            if not finished:
                self.close()

    def _send(self, kind: str, request: Any, controls: Sequence[Control]) -> int:
        try:
            number: int = self._socket.send(kind, request, list(controls) or None)
        except LDAPSocketOpenError as error:
            raise Lost(
                f"{self.name} closed the connection: try again.", sent=False
            ) from error
        except (LDAPExceptionError, OSError) as error:
            self.close()
            raise Lost(
                f"{self.name} closed the connection while it was being asked: try again.",
                sent=True,
            ) from error
        self._socket.strategy._outstanding.pop(
            number, None
        )  # ldap3 keeps each request until it reads the answer
        return number

    def _send_encoded(self, request: bytes, controls: Sequence[Control]) -> int:
        number: int = self._socket.server.next_message_id()
        self._send_bytes(requests.message(number, request, controls))
        return number

    def _send_bytes(self, data: bytes) -> None:
        if self._socket.closed:
            raise Lost(f"{self.name} closed the connection: try again.", sent=False)
        try:
            self._socket.socket.sendall(data)
        except OSError as error:
            self.close()
            raise Lost(
                f"{self.name} closed the connection while it was being asked: try again.",
                sent=True,
            ) from error

    def _next(self, numbers: Container[int]) -> LdapMessage:
        """Return the next message, which must belong to one of the requests ``numbers``."""
        try:
            message = next(self._messages, None)
        except (TimeoutError, BlockingIOError) as error:
            raise Lost(
                f"{self.name} did not answer in time: try again, and look at its load.",
                sent=True,
            ) from error
        except ValueError as error:
            raise Lost(
                f"{self.name} sent an answer that is no LDAP: check the address and the port.",
                sent=True,
            ) from error
        except OSError as error:
            raise Lost(
                f"the connection to {self.name} broke ({error}): try again.", sent=True
            ) from error
        if (
            message is None or message.number not in numbers
        ):  # 0 is a notice of disconnection, RFC 4511 section 4.4.1
            raise Lost(
                f"{self.name} ended the connection before it had answered: try again.",
                sent=True,
            )
        return message

    def _receive(self) -> bytes:
        received: bytes = self._socket.socket.recv(CHUNK)
        return received


def assertion(condition: str) -> Control:
    """Return the critical control that lets an operation happen only where ``condition`` holds (RFC
    4528).
    """
    return (ASSERTION, True, requests.condition(condition))

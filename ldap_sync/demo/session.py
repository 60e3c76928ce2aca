"""One connection to the demo directory: whole messages in, answers out, misfortune in between."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from contextlib import suppress

from ldap_sync import ber
from ldap_sync.demo import messages
from ldap_sync.demo.errors import LdapError
from ldap_sync.demo.faults import Fault, Faults
from ldap_sync.demo.messages import Request
from ldap_sync.demo.operations import Operations, ServerAnswer

_LARGEST = 1 << 24
_CHUNK = 1 << 16
_NAMES = {
    messages.BIND: "bind",
    messages.SEARCH: "search",
    messages.MODIFY: "modify",
    messages.ADD: "add",
    messages.DELETE: "delete",
    messages.RENAME: "rename",
    messages.COMPARE: "compare",
    messages.EXTENDED: "extended",
}


class _HangUpError(Exception):
    """The connection is to be closed without another word."""


class DemoSession:
    """Serves one client until it leaves, breaks the protocol or is cut off."""

    def __init__(
        self, connection: socket.socket, operations: Operations, faults: Faults
    ) -> None:
        self._connection = connection
        self._operations = operations
        self._faults = faults
        self._buffer = bytearray()

    def run(self) -> None:
        """Answer requests one after the other, then close the connection."""
        with self._connection, suppress(_HangUpError, OSError):
            try:
                while message := self._receive():
                    self._serve(messages.read_request(message))
            except ValueError as error:
                self._connection.sendall(messages.disconnection(str(error)))

    def _receive(self) -> bytes | None:
        """Return the next whole message, nothing at the end.

        Raises ``MalformedBer`` for what is none or too large.
        """
        while True:
            found = ber.peek(self._buffer)
            if found and found[2] > _LARGEST:
                raise ber.MalformedBer("a message that is too large")
            if found and len(self._buffer) >= found[2]:
                message = bytes(self._buffer[: found[2]])
                del self._buffer[: found[2]]
                return message
            chunk = self._connection.recv(_CHUNK)
            if not chunk:
                return None
            self._buffer += chunk

    def _serve(self, request: Request) -> None:
        if request.tag == messages.ABANDON:
            return  # requests are served one by one, so this one is over
        if request.tag == messages.UNBIND:
            raise _HangUpError
        if request.tag not in _NAMES:
            raise ber.MalformedBer(f"no request has tag {request.tag:#x}")
        planned = self._faults.strike(_NAMES[request.tag])
        time.sleep(self._faults.delay)
        if planned and planned.fault is Fault.DROP_REQUEST:
            raise _HangUpError
        if planned and planned.fault is Fault.ANSWER:
            answer = ServerAnswer(LdapError(planned.code, planned.text))
        else:
            answer = self._answer(request)
        if planned and planned.fault is Fault.DROP_ANSWER:
            raise _HangUpError
        self._send(request, answer)

    def _answer(self, request: Request) -> ServerAnswer:
        try:
            return self._operations.answer(request)
        except LdapError as refused:
            return ServerAnswer(refused)

    def _send(self, request: Request, answer: ServerAnswer) -> None:
        pending = bytearray()
        for entry in self._until_cut(answer.entries):
            pending += entry
            if len(pending) >= _CHUNK:
                self._connection.sendall(pending)
                pending.clear()
        self._connection.sendall(
            pending
            + messages.result(request, answer.outcome, answer.controls, answer.extra)
        )

    def _until_cut(self, entries: Iterable[bytes]) -> Iterable[bytes]:
        for count, entry in enumerate(entries):
            if count == self._faults.cut_search_after:
                raise _HangUpError
            yield entry

"""An LDAP server that says what a test tells it to: for quirks no server at hand has, such as
Active Directory's.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ldap_sync import ber
from ldap_sync.values import Connection

BIND, SEARCH, MODIFY = 0x60, 0x63, 0x66
ENTRY, DONE, REFERENCE = 0x64, 0x65, 0x73
_ANSWERS = {BIND: 0x61, SEARCH: DONE, MODIFY: 0x67}

Attributes = dict[str, list[str | bytes]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: a search with its base, attributes and encoded filter, or a Modify with its
    target.
    """

    operation: int
    dn: str
    attributes: tuple[str, ...] = ()
    condition: bytes = b""


@dataclass(frozen=True, slots=True)
class Said:
    """The answer: entries as (dn, attributes), addresses of other servers, the result code and its
    text.
    """

    entries: Iterable[tuple[str, Attributes]] = ()
    elsewhere: tuple[str, ...] = ()
    code: int = 0
    text: str = ""


@dataclass
class Scripted:
    """Listens on loopback and answers every request with what ``answer`` makes of it; ``asked``
    keeps them all.
    """

    answer: Callable[[Asked], Said]
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()

    def connection(self, base: str) -> Connection:
        """Return how to reach this server."""
        url = f"ldap://127.0.0.1:{self._listener.getsockname()[1]}"
        return Connection(
            url,
            base,
            bind_dn="cn=r",
            bind_password="x",
            write_dn="cn=w",
            write_password="x",
            security="plaintext",
        )

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(
                    target=self._serve, args=(client,), daemon=True
                ).start()

    def _serve(self, client: socket.socket) -> None:
        pending = bytearray()
        with client, contextlib.suppress(OSError):
            while data := client.recv(65536):
                pending += data
                while (found := ber.peek(pending)) and found[2] <= len(pending):
                    client.sendall(b"".join(self._answered(bytes(pending[: found[2]]))))
                    del pending[: found[2]]

    def _answered(self, message: bytes) -> Iterable[bytes]:
        _, start, end = ber.element(message, 0, len(message))
        number, (operation, at, behind), *_ = ber.children(message, start, end)
        name = ber.integer(ber.read_integer(message, *number[1:]))
        if operation not in _ANSWERS:
            return
        said = (
            Said()
            if operation == BIND
            else self._said(_asked(message, operation, at, behind))
        )
        for dn, attributes in said.entries:
            yield ber.sequence(
                [
                    name,
                    ber.sequence(
                        [ber.octets(dn), ber.sequence(_encoded(attributes))], ENTRY
                    ),
                ]
            )
        for address in said.elsewhere:
            yield ber.sequence([name, ber.sequence([ber.octets(address)], REFERENCE)])
        result = [ber.enumerated(said.code), ber.octets(""), ber.octets(said.text)]
        yield ber.sequence([name, ber.sequence(result, _ANSWERS[operation])])

    def _said(self, asked: Asked) -> Said:
        self.asked.append(asked)
        return self.answer(asked)


def _asked(message: bytes, operation: int, start: int, end: int) -> Asked:
    dn, *rest = ber.children(message, start, end)
    target = ber.read_octets(message, dn).decode()
    if operation != SEARCH:
        return Asked(operation, target)
    (_, begins, stops), (_, start, end) = rest[-2:]
    names = (
        ber.read_octets(message, name).decode()
        for name in ber.children(message, start, end)
    )
    return Asked(operation, target, tuple(names), message[begins:stops])


def _encoded(attributes: Attributes) -> Iterable[bytes]:
    for name, values in attributes.items():
        yield ber.sequence(
            [ber.octets(name), ber.sequence(map(ber.octets, values), ber.SET)]
        )

"""A TCP proxy between Rung and a directory that loses requests and answers on command."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections import Counter
from types import TracebackType
from typing import Self

from ldap_sync import ber

BIND, SEARCH, MODIFY, ADD = 0x60, 0x63, 0x66, 0x68


class ChaosProxy:
    """Passes LDAP messages on until told to lose one; ``seen`` holds the tag of every request that
    came in, ``lost`` counts
    what was lost, by its kind.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.host, self.port = host, port
        self.seen: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.lost: Counter[str] = Counter()
        self._armed: tuple[str, int] | None = None
        self._more = 0
        self._bytes_left: int | None = None
        self._open: list[_Pair] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Return the address to connect to."""
        return f"ldap://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and break all connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(
                socket.SHUT_RDWR
            )  # a thread that waits for a client would keep it open
        self._listener.close()
        self.disconnect()

    def lose_request(self, operation: int, nth: int = 1) -> None:
        """Break the connection instead of passing the ``nth`` such operation from now on."""
        self._armed, self._more = ("request", operation), nth - 1

    def lose_answer(self, operation: int, nth: int = 1) -> None:
        """Break the connection when the server has answered the ``nth`` such operation from now."""
        self._armed, self._more = ("answer", operation), nth - 1

    def hold_answer(self, operation: int) -> None:
        """Keep the answer to the next such operation for good, without breaking the connection."""
        self._armed, self._more = ("hold", operation), 0

    def lose_next_after(self, operation: int) -> None:
        """Break the connection at the request that follows the next such operation."""
        self._armed, self._more = ("next", operation), 0

    def cut_after(self, size: int) -> None:
        """Break the connection after so many further bytes from the server."""
        self._bytes_left = size

    def spare(self) -> None:
        """Lose nothing more, whatever was asked for."""
        self._armed, self._more, self._bytes_left = None, 0, None

    def disconnect(self) -> None:
        """Break all connections now."""
        while self._open:
            self._open.pop().close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    pair = _Pair(
                        client, socket.create_connection((self.host, self.port))
                    )
                # The server behind is away: so is this connection, but not the next one
                except OSError:
                    client.close()
                    continue
                self._open.append(pair)
                if (
                    self._listener.fileno() < 0
                ):  # closed while this client was on the way
                    pair.close()
                threading.Thread(target=self._serve, args=(pair,), daemon=True).start()

    def _serve(self, pair: _Pair) -> None:
        with contextlib.suppress(OSError, ValueError):  # a socket closed by the test
            while self._pass_on(pair):
                pass
        pair.close()

    def _pass_on(self, pair: _Pair) -> bool:
        """Pass on what has come from one side or the other; tell whether the connection goes on."""
        readable, _, _ = select.select([pair.client, pair.server], [], [])
        if pair.client in readable:
            return all(self._request(pair, message) for message in pair.requests())
        answer = pair.server.recv(65536)
        if not answer or pair.fate == "answer":
            return False
        if pair.fate != "hold":
            pair.client.sendall(answer[: self._bytes_left])
        if self._bytes_left is not None:
            self._bytes_left = max(0, self._bytes_left - len(answer))
        return self._bytes_left != 0

    def _request(self, pair: _Pair, message: bytes) -> bool:
        _, start, end = ber.element(message, 0, len(message))
        _, (operation, _, _), *_ = ber.children(message, start, end)
        self.seen.append(operation)
        if pair.fate == "next":
            return False
        self._strike(pair, operation)
        if pair.fate != "request":
            pair.server.sendall(message)
        return pair.fate != "request"

    def _strike(self, pair: _Pair, operation: int) -> None:
        """Let a fate befall the connection whose request it was meant for."""
        if self._armed is None or self._armed[1] != operation:
            return
        if self._more:
            self._more -= 1
            return
        pair.fate, self._armed = self._armed[0], None
        self.lost[pair.fate] += 1


class _Pair:
    """The two ends of one connection and what is to happen to it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        for end in (
            client,
            server,
        ):  # a line that holds small messages back only costs time
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fate = ""
        self._pending = bytearray()

    def requests(self) -> list[bytes]:
        """Return the whole messages that have come from the client.

        Raises ``OSError`` at its end.
        """
        data = self.client.recv(65536)
        if not data:
            raise ConnectionResetError
        self._pending += data
        whole = []
        while (found := ber.peek(self._pending)) and found[2] <= len(self._pending):
            whole.append(bytes(self._pending[: found[2]]))
            del self._pending[: found[2]]
        return whole

    def close(self) -> None:
        """Break both ends."""
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

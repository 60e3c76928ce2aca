"""Real receivers on loopback: a small SMTP server and an HTTP one, both told how to behave, both
ended by the test.
"""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class MailServer:
    """What it took, by recipient; whom it ``refuses`` or is ``busy_for``; ``hangs``: it says not
    one word.
    """

    taken: list[tuple[str, str]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    busy_for: set[str] = field(default_factory=set)
    hangs: bool = False
    swallows: threading.Event | None = None
    handed_over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=desk@demo.example&to={{address}}&format=text"

    def to(self, address: str) -> list[str]:
        """Return the texts that arrived for somebody."""
        return [text for recipient, text in self.taken if recipient == address]


@dataclass
class Receiver:
    """An HTTP receiver: ``status`` by path, what was posted, and a gate before it answers."""

    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    status: Callable[[str], int] = lambda _path: 200
    gate: threading.Event | None = None
    most: int = 0
    now: int = 0
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "{address}") -> str:
        return f"json://127.0.0.1:{self.port}/{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.posted]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run an SMTP server; what it does is set on the object it yields."""
    told, closing = MailServer(), threading.Event()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if told.hangs:
                closing.wait(20)
                return
            with contextlib.suppress(ConnectionError):
                _speak(
                    told,
                    closing,
                    self.rfile.readline,
                    lambda line: self.wfile.write(f"{line}\r\n".encode()),
                )

    with _running(
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk), closing
    ) as port:
        told.port = port
        yield told


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    """Run an HTTP receiver for JSON; what it does is set on the object it yields."""
    told, closing = Receiver(), threading.Event()

    class Talk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with told.lock:
                told.posted.append((self.path.strip("/"), body))
                told.now += 1
                told.most = max(told.most, told.now)
            if told.gate is not None:
                told.gate.wait(20)
            with told.lock:
                told.now -= 1
            with contextlib.suppress(ConnectionError):
                self.send_response(told.status(self.path.strip("/")))
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with _running(ThreadingHTTPServer(("127.0.0.1", 0), Talk), closing) as port:
        told.port = port
        yield told
        if told.gate is not None:
            told.gate.set()


def _speak(
    told: MailServer,
    closing: threading.Event,
    read: Callable[[], bytes],
    say: Callable[[str], Any],
) -> None:
    say("220 ready")
    recipient = ""
    while line := read().decode().strip():
        command = line.split(":")[0].upper()
        if command == "DATA":
            say("354 go on")
            message = _data(read)
            told.mails.append(message)
            body = message.get_body(("plain",))
            text = f"{message['subject']}\n{body.get_content() if body else ''}"
            told.handed_over.set()
            if told.swallows is not None:
                told.swallows.wait(20)
            told.taken.append((recipient, text))
        elif command == "RCPT TO":
            recipient = line.partition("<")[2].partition(">")[0]
            if recipient in told.refuses or recipient in told.busy_for:
                say(
                    "550 no such user"
                    if recipient in told.refuses
                    else "451 come back later"
                )
                continue
        elif command == "QUIT":
            say("221 bye")
            return
        say("250 ok")


def _data(read: Callable[[], bytes]) -> EmailMessage:
    lines = []
    while (line := read().decode()) not in (".\r\n", ""):
        lines.append(line)
    return message_from_string("".join(lines), policy=policy.default)


@contextmanager
def _running(server: socketserver.TCPServer, closing: threading.Event) -> Iterator[int]:
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)

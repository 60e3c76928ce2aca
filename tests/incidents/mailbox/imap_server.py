"""A small IMAP server on loopback for tests: one folder, STARTTLS or TLS from the start, flags that
stay.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What the server holds: mails, and which of them are marked as seen."""

    mails: list[bytes] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    port: int = 0
    sizes: dict[int, int] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    box: Mailbox
    context: ssl.SSLContext
    from_start: bool

    def setup(self) -> None:
        if self.from_start:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            self._say(b"* OK ready")
            while line := self.rfile.readline():
                tag, _, rest = line.strip().partition(b" ")
                if not self._answer(tag, rest):
                    return

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()
        for end in (self.rfile, self.wfile, self.request):
            with suppress(OSError, ValueError):
                end.close()

    def _answer(self, tag: bytes, rest: bytes) -> bool:
        words = rest.split(b" ")
        match words[0].upper():
            case b"CAPABILITY":
                self._say(
                    b"* CAPABILITY IMAP4REV1"
                    + (b"" if self.from_start else b" STARTTLS")
                )
            case b"STARTTLS":
                self._say(tag + b" OK go on")
                self.connection = self.request = self.context.wrap_socket(
                    self.request, server_side=True
                )
                self.rfile, self.wfile = (
                    self.request.makefile("rb"),
                    self.request.makefile("wb", 0),
                )
                return True
            case b"LOGIN" if words[1:] != [b"desk", b'"secret"']:
                self._say(tag + b" NO wrong")
                return True
            case b"SELECT":
                self._say(b"* %d EXISTS" % len(self.box.mails))
            case b"SEARCH":
                unseen = [
                    b"%d" % n
                    for n in range(1, len(self.box.mails) + 1)
                    if n not in self.box.seen
                ]
                self._say(b" ".join([b"* SEARCH", *unseen]))
            case b"FETCH" if b"RFC822.SIZE" in rest:
                size = self.box.sizes.get(int(words[1])) or len(
                    self.box.mails[int(words[1]) - 1]
                )
                self._say(b"* %s FETCH (RFC822.SIZE %d)" % (words[1], size))
            case b"FETCH":
                self.box.fetched.append(rest.decode())
                mail = self.box.mails[int(words[1]) - 1]
                self.wfile.write(
                    b"* %s FETCH (BODY[] {%d}\r\n" % (words[1], len(mail))
                    + mail
                    + b")\r\n"
                )
            case b"STORE":
                self.box.seen.add(int(words[1]))
            case b"LOGOUT":
                self._say(b"* BYE")
                self._say(tag + b" OK")
                return False
        self._say(tag + b" OK done")
        return True

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def imap_server(
    context: ssl.SSLContext, *mails: bytes, from_start: bool = False
) -> Iterator[Mailbox]:
    """Run the server until the end of the block."""
    box = Mailbox(list(mails))
    session = type(
        "Session",
        (_Session,),
        {"box": box, "context": context, "from_start": from_start},
    )
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), session) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        try:
            yield box
        finally:
            server.shutdown()

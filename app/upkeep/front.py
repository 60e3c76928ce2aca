"""The web server's front: who may connect, how slowly one may send, and how much may lie here at
once.

waitress takes in heads and bodies before it asks any page, so what a stranger may cost is decided
here: every connection has to move on within the time its phase allows, what arrives is bounded in
size, and when there is no place left the one who takes most of it gives way. `docs/decisions/` says
why this is not another server.
"""

from __future__ import annotations

import ipaddress
import resource
import shutil
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import BadRequest

THREADS = 8
MOST_CONNECTIONS = 1000
BACKLOG = 1024  # connections that wait to be taken in
LARGEST_HEAD = 32 * 1024  # bytes
LARGEST_CHUNK_LINE = (
    1024  # bytes; the line before a chunk, which waitress itself lets grow without end
)
KEPT_IN_MEMORY = (
    128 * 1024
)  # bytes of one body; what is larger lies in a temporary file
MOST_RECEIVED = (
    512 * 1024 * 1024
)  # bytes of all bodies that are here at once, if so much is free twice
LEAST_RECEIVED = 16 * 1024 * 1024
MOST_AT_ONCE = 16  # requests sent without waiting for an answer
STRIDE = 32 * 1024  # bytes of a body within its time; the rest of one counts as well
FILES_EACH = 3  # a socket, a body and an answer in temporary files
FILES_ELSE = 200  # database, log, libraries

log = structlog.get_logger("rung.front")


class Pace(StrEnum):
    """What a connection is doing."""

    HEAD = "head"  # no request yet, or half of one
    BODY = "body"
    WORK = "work"  # Rung is at it; nothing is expected of the client
    ANSWER = "answer"  # the client does not take what is there for it
    IDLE = "idle"  # between two requests


@dataclass(frozen=True, slots=True)
class Bounds:
    """What clients may cost: connections at once, seconds to wait for each pace, bytes of all
    bodies together.

    ``head`` is for a whole head, ``body`` for its next ``STRIDE``, ``answer`` until a piece of it
    is taken.
    """

    connections: int = MOST_CONNECTIONS
    head: float = 20.0
    body: float = 30.0
    answer: float = 60.0
    idle: float = 60.0
    received: int = MOST_RECEIVED

    def patience(self, pace: Pace) -> float:
        """Return how many seconds a connection may stay as it is."""
        seconds = {
            Pace.HEAD: self.head,
            Pace.BODY: self.body,
            Pace.ANSWER: self.answer,
            Pace.IDLE: self.idle,
        }
        return seconds.get(pace, float("inf"))


WAITING = (Pace.HEAD, Pace.BODY, Pace.IDLE)
"""What may be ended for another's sake."""


class BoundedParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request as it comes in; chunk lines and trailers are bounded as well."""

    def received(self, data: bytes) -> int:
        """Take in the next piece and return how many bytes of it belong to this request."""
        consumed: int = super().received(data)
        receiver = self.body_rcv
        if self.chunked and len(receiver.control_line) > LARGEST_CHUNK_LINE:
            self._refuse("Chunk size line is too long")
        elif self.chunked and len(receiver.trailer) > LARGEST_HEAD:
            self._refuse("Trailer is too long")
        return consumed

    def _refuse(self, why: str) -> None:
        self.error = BadRequest(why)
        self.completed = True


class BoundedChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection, which knows since when it has not moved on."""

    parser_class = BoundedParser
    request: BoundedParser | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        self.begun = 0
        self.since = time.monotonic()
        self._standing: tuple[Pace, int, float] = (Pace.HEAD, 0, 0)
        super().__init__(*args, **options)
        self.client = network_of(str(self.addr[0]))

    def received(self, data: bytes) -> bool:
        """Take in what came; end a connection that asks for too much at once."""
        if self.request is None:
            self.begun += 1
        took: bool = super().received(data)
        if len(self.requests) > MOST_AT_ONCE:
            self.give_way("too_many_at_once")
        self.server.front.note_arrived(len(data))
        return took

    @property
    def number(self) -> int:
        """Return the number of its socket, -1 once it is closed."""
        return -1 if self._fileno is None else int(self._fileno)

    @property
    def pace(self) -> Pace:
        """Return what this connection is doing."""
        if self.total_outbufs_len:
            return Pace.ANSWER
        if self.requests:
            return Pace.WORK
        request = self.request
        if request is None:
            return Pace.IDLE if self.begun else Pace.HEAD
        return Pace.BODY if request.headers_finished else Pace.HEAD

    @property
    def held(self) -> int:
        """Return how many bytes of bodies this connection has here."""
        requests = [self.request, *self.requests]
        return sum(each.body_bytes_received for each in requests if each is not None)

    def is_overdue(self, now: float) -> bool:
        """Tell whether the client has let its time pass; ``now`` is of the monotonic clock, in
        seconds.
        """
        pace, *_ = standing = self._where_it_stands()
        if standing != self._standing:
            self._standing, self.since = standing, now
        patience: float = self.server.front.bounds.patience(pace)
        return now - self.since > patience

    def give_way(self, why: str) -> None:
        """Have the front close this connection before its next round."""
        self.will_close = True
        self.server.front.note_ending(self, why)

    def handle_close(self) -> None:
        """Close the connection and let go of a half received body at once."""
        request, self.request = self.request, None
        if request is not None:
            request.close()
        super().handle_close()

    def _where_it_stands(self) -> tuple[Pace, int, float]:
        pace = self.pace
        if pace is Pace.BODY:
            return pace, self.begun, self.held // STRIDE
        if pace is Pace.ANSWER:
            return pace, self.begun, self.last_activity
        return pace, self.begun, 0


class BoundedServer(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """One listening socket of a front."""

    channel_class = BoundedChannel
    front: Front

    def maintenance(self, _now: float) -> None:
        """Leave it to the front, which may close between two rounds of the loop only."""

    def handle_accept(self) -> None:
        """Take a connection in; at the limit one that waits gives way for it."""
        self.front.make_room()
        super().handle_accept()


class Front:
    """All listening sockets, their connections and the threads that answer; ``run`` ends with the
    process.
    """

    def __init__(
        self, application: Callable[..., Any], settings: Adjustments, bounds: Bounds
    ) -> None:
        self.bounds = bounds
        self.channels: dict[int, BoundedChannel] = {}
        self._ending: list[BoundedChannel] = []
        self._reasons: Counter[str] = Counter()
        self._next_look = 0.0
        self._arrived = 0
        self._allowed = bounds.received
        self._map: dict[int, Any] = {}
        self._threads = ThreadedTaskDispatcher()
        self._servers = [
            self._answering(application, settings, listener)
            for listener in settings.sockets
        ]
        self._threads.set_thread_count(settings.threads)

    @property
    def address(self) -> str:
        """Return the address that answers, such as ``http://127.0.0.1:8000``."""
        return address_of_socket(self._servers[0].socket)

    def run(self) -> None:
        """Answer until SystemExit or KeyboardInterrupt."""
        try:
            while self._map:
                self.look()
                wasyncore.poll2(1.0, self._map)
        except (SystemExit, KeyboardInterrupt):
            self._threads.shutdown()

    def close(self) -> None:
        """Close all sockets, and let go of what was half received."""
        for channel in list(self.channels.values()):
            channel.handle_close()
        wasyncore.close_all(self._map)

    def look(self) -> None:
        """Once a second find connections whose client has let its time pass; close what has to
        end.
        """
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + 1.0
            self._look_at_all(now)
        for channel in self._ending:
            if self.channels.get(channel.number) is channel:
                channel.handle_close()
        self._ending.clear()

    def note_ending(self, channel: BoundedChannel, why: str) -> None:
        """Close ``channel`` before the next round of the loop."""
        # Not at once: its number could be given to a new connection while the loop still holds news
        # of the old one. Nor by waitress' own mark alone, which waits for a client to take what it
        # does not take.
        self._ending.append(channel)
        self._reasons[why] += 1

    def make_room(self) -> None:
        """At the limit end the longest waiting connection of the client that has most of them."""
        if len(self.channels) < self.bounds.connections:
            return
        waiting = [each for each in self._open() if each.pace in WAITING]
        crowd = Counter(each.client for each in waiting)
        if waiting:
            min(waiting, key=lambda each: (-crowd[each.client], each.since)).give_way(
                "no_room"
            )

    def note_arrived(self, count: int) -> None:
        """Add what came; past what is allowed the largest bodies of who sends most give way."""
        self._arrived += count
        if self._arrived > self._allowed:
            self._arrived = self._received()
            self._shed()

    def _look_at_all(self, now: float) -> None:
        for channel in self._open():
            if channel.is_overdue(now):
                channel.give_way("too_slow")
        self._arrived = self._received()
        free = shutil.disk_usage(tempfile.gettempdir()).free + self._arrived
        self._allowed = min(self.bounds.received, max(LEAST_RECEIVED, free // 2))
        if self._reasons:
            log.info("connections.ended", **self._reasons)
            self._reasons.clear()

    def _shed(self) -> None:
        arriving = [each for each in self._open() if each.pace is Pace.BODY]
        by_client: Counter[str] = Counter()
        for channel in arriving:
            by_client[channel.client] += channel.held
        arriving.sort(key=lambda each: (by_client[each.client], each.held))
        while arriving and self._arrived > self._allowed:
            channel = arriving.pop()
            self._arrived -= channel.held
            channel.give_way("no_space")

    def _open(self) -> Iterable[BoundedChannel]:
        return [each for each in self.channels.values() if not each.will_close]

    def _received(self) -> int:
        return sum(each.held for each in self._open())

    def _answering(
        self,
        application: Callable[..., Any],
        settings: Adjustments,
        listener: socket.socket,
    ) -> BoundedServer:
        kind = (listener.family, listener.type, listener.proto, listener.getsockname())
        server = BoundedServer(
            application,
            self._map,
            _sock=listener,
            dispatcher=self._threads,
            adj=settings,
            sockinfo=kind,
            bind_socket=False,
        )
        server.front = self
        server.active_channels = self.channels
        return server


def listen_at(host: str, port: int) -> list[socket.socket]:
    """Open what one address stands for; processes forked afterwards answer it together.

    Raises ``OSError`` when the port cannot be had and ``ValueError`` when it is no address.
    """
    with ExitStack() as opened:
        places = Adjustments(host=host, port=port).listen
        listeners = [opened.enter_context(_listening(*place)) for place in places]
        opened.pop_all()
    return listeners


def address_of_socket(listener: socket.socket) -> str:
    """Return the address that a socket answers, such as ``http://127.0.0.1:8000``."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def open_front(
    application: Callable[..., Any],
    listeners: list[socket.socket],
    *,
    behind_proxy: bool,
    largest: int,
    bounds: Bounds | None = None,
) -> Front:
    """Answer on ``listeners``; bodies of more than ``largest`` bytes are refused before they are
    sent.
    """
    bounds = bounds or Bounds(connections=connections_for(open_files_allowed()))
    settings = Adjustments(
        sockets=listeners,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=not behind_proxy,
        connection_limit=bounds.connections + 3 * THREADS,
        max_request_header_size=LARGEST_HEAD,
        max_request_body_size=largest + 1,
        inbuf_overflow=KEPT_IN_MEMORY,
        log_socket_errors=False,
    )
    return Front(application, settings, bounds)


def open_files_allowed() -> int:
    """Return how many files this process may have open, after asking for as many as all connections
    need.
    """
    wanted = MOST_CONNECTIONS * FILES_EACH + FILES_ELSE
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now != resource.RLIM_INFINITY and now < wanted:
        now = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))
    return wanted if now == resource.RLIM_INFINITY else now


def connections_for(files: int) -> int:
    """Return how many connections ``files`` open files are enough for, 1,000 at most and 16 at
    least.
    """
    return max(16, min(MOST_CONNECTIONS, (files - FILES_ELSE) // FILES_EACH))


def network_of(address: str) -> str:
    """Return what one client can send from: its IPv4 address, or the /64 net of its IPv6
    address.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _listening(
    family: int, kind: int, protocol: int, place: tuple[Any, ...]
) -> socket.socket:
    listener = socket.socket(family, kind, protocol)
    try:
        if family == socket.AF_INET6:  # IPv4 has a socket of its own
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener

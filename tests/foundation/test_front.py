"""The web server's front: strangers who send slowly, too much or without end keep nobody else
waiting.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask

from app.core.settings import PROJECT
from app.upkeep.front import (
    Bounds,
    Front,
    Pace,
    connections_for,
    listen_at,
    network_of,
    open_front,
)

MIB = 1024 * 1024
SOON = 30.0
HEAD = b"POST /healthz HTTP/1.1\r\nHost: rung\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
QUICK = Bounds(head=1.0, body=1.0, answer=1.0, idle=1.0)


def body_of(size: int) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % size


SLOW = {
    "nothing at all": (b"", b""),
    "half a line": (b"GET /heal", b""),
    "half a head": (HEAD, b""),
    "a head that drips": (HEAD, b"X"),
    "a head that begins with empty lines": (b"\r\n", b""),
    "a body that does not come": (body_of(1000), b""),
    "a body that drips": (body_of(1000), b"x"),
    "a large body that stops": (body_of(50 * MIB) + b"x" * 300_000, b""),
    "a chunk line that drips": (CHUNKED, b"0"),
    "a chunk that drips": (CHUNKED + b"ffff\r\n", b"x"),
    "a trailer that drips": (CHUNKED + b"0\r\n", b"x"),
    "a body after 100-continue": (
        HEAD + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        b"",
    ),
    "an answered request and nothing more": (
        b"GET /healthz HTTP/1.1\r\nHost: rung\r\n\r\n",
        b"",
    ),
}
"""What a client sends at first, and then again and again."""

REFUSED = {
    "a body of a gigabyte": (body_of(1024 * MIB), b"413"),
    "a length without end": (body_of(10**30), b"413"),
    "a head without end": (HEAD + b"X: " + b"x" * 100_000, b"431"),
    "a chunk line without end": (CHUNKED + b"0" * 100_000, b"400"),
    "a trailer without end": (CHUNKED + b"0\r\n" + b"x" * 100_000, b"400"),
    "chunks that are none": (CHUNKED + b"zz\r\n", b"400"),
    "a length that is none": (HEAD + b"Content-Length: -1\r\n\r\n", b"400"),
}
"""What a client sends, and how it is answered."""


@dataclass(frozen=True)
class Open:
    """A front that runs in a thread of this process."""

    front: Front
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SOON)

    def paces(self) -> list[Pace]:
        return [channel.pace for channel in list(self.front.channels.values())]

    def answers(self) -> bool:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}/healthz", timeout=SOON
        ) as answer:
            return b"pass" in answer.read()


@contextmanager
def opened(
    app: Callable[..., object], bounds: Bounds = QUICK, largest: int = 64 * MIB
) -> Iterator[Open]:
    front = open_front(
        app,
        listen_at("127.0.0.1", 0),
        behind_proxy=False,
        largest=largest,
        bounds=bounds,
    )

    def run() -> None:
        with suppress(
            OSError, ValueError
        ):  # closed from the other thread, the loop may still wait on closed sockets
            front.run()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield Open(front, int(front.address.rpartition(":")[2]))
    finally:
        front.close()
        thread.join(SOON)


def is_ended(client: socket.socket, again: bytes = b"") -> bool:
    """Tell whether the server closes the connection, while ``again`` is sent to it."""
    client.settimeout(0.2)
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        try:
            client.sendall(again)
            if not client.recv(65536):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def read_all(client: socket.socket) -> bytes:
    found = b""
    with suppress(OSError):
        while piece := client.recv(65536):
            found += piece
    return found


@pytest.mark.parametrize("name", SLOW)
def test_who_lets_the_time_pass_is_ended(app: Flask, name: str) -> None:
    first, again = SLOW[name]
    with opened(app) as here, closing(here.connect()) as client:
        client.sendall(first)
        assert is_ended(client, again)
        assert here.answers()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_is_refused_before_it_is_all_here(
    app: Flask, name: str
) -> None:
    sent, code = REFUSED[name]
    with opened(app, Bounds()) as here, closing(here.connect()) as client:
        with suppress(OSError):  # the answer may come, and the end, while we still send
            client.sendall(sent)
        assert read_all(client)[9:12] == code
        assert here.answers()


def test_who_does_not_take_the_answer_holds_no_thread() -> None:
    def endless(_environ: object, start: Callable[..., object]) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        for _ in range(200):
            yield b"x" * MIB

    with opened(endless) as here, ExitStack() as stack:
        clients = [stack.enter_context(closing(here.connect())) for _ in range(8)]
        for client in clients:
            client.sendall(b"GET / HTTP/1.1\r\nHost: rung\r\n\r\n")
        assert eventually(lambda: not here.front.channels)
        with closing(here.connect()) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: rung\r\n\r\n")
            assert client.recv(15) == b"HTTP/1.1 200 OK"


def test_rung_may_take_its_time() -> None:
    def slow(_environ: object, start: Callable[..., object]) -> list[bytes]:
        time.sleep(4)
        start("200 OK", [("Content-Length", "4")])
        return [b"done"]

    with opened(slow) as here, closing(here.connect()) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: rung\r\n\r\n")
        assert b"done" in client.recv(1000) + client.recv(1000)


def test_a_body_that_comes_steadily_is_taken_however_long_it_needs(app: Flask) -> None:
    with opened(app) as here, closing(here.connect()) as client:
        client.sendall(body_of(12 * 32 * 1024))
        for _ in range(12):
            time.sleep(0.3)
            client.sendall(b"x" * 32 * 1024)
        assert client.recv(12) == b"HTTP/1.1 405"  # by the page, which takes no POST


def test_a_request_after_another_on_one_connection_is_answered(app: Flask) -> None:
    with (
        opened(app) as here,
        closing(HTTPConnection("127.0.0.1", here.port, timeout=SOON)) as client,
    ):
        client.connect()
        connected = client.sock
        for _ in range(6):
            time.sleep(0.5)
            client.request("GET", "/healthz")
            assert b"pass" in client.getresponse().read()
        assert client.sock is connected


def test_who_sends_very_many_requests_at_once_is_ended(app: Flask) -> None:
    with opened(app) as here, closing(here.connect()) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: rung\r\n\r\n" * 5000)
        assert is_ended(client)
        assert here.answers()


def test_at_the_limit_the_longest_waiting_gives_way(app: Flask) -> None:
    with opened(app, Bounds(connections=20)) as here, ExitStack() as stack:
        clients = [stack.enter_context(closing(here.connect())) for _ in range(60)]
        for client in clients:
            with suppress(OSError):
                client.sendall(HEAD)
        assert here.answers()
        assert len(here.front.channels) <= 22
        clients[0].settimeout(SOON)
        with suppress(ConnectionResetError):
            assert clients[0].recv(1) == b""


def test_bodies_of_strangers_do_not_fill_the_disk(app: Flask) -> None:
    with opened(app, Bounds(received=8 * MIB)) as here, ExitStack() as stack:
        clients = [stack.enter_context(closing(here.connect())) for _ in range(6)]
        for client in clients:
            with suppress(OSError):
                client.sendall(body_of(60 * MIB) + b"x" * 3 * MIB)
        assert eventually(lambda: here.paces().count(Pace.BODY) == 2)
        assert (
            sum(channel.held for channel in list(here.front.channels.values()))
            <= 8 * MIB
        )
        assert here.answers()


def test_one_client_is_an_address_or_a_net_that_one_gets() -> None:
    assert network_of("192.0.2.7") != network_of("192.0.2.8")
    assert (
        network_of("2001:db8::1")
        == network_of("2001:db8::2")
        != network_of("2001:db8:0:1::1")
    )
    assert network_of("fe80::1%eth0") == network_of("fe80::2%eth1")


@pytest.mark.parametrize(
    ("files", "connections"), [(1_000_000, 1000), (3200, 1000), (1100, 300), (64, 16)]
)
def test_there_are_never_more_connections_than_files_may_be_open(
    files: int, connections: int
) -> None:
    assert connections_for(files) == connections


@pytest.mark.parametrize(
    "sent", [HEAD, body_of(1000)], ids=["half heads", "half bodies"]
)
def test_99_who_wait_leave_health_answering(tmp_path: Path, sent: bytes) -> None:
    """The real server, with few open files allowed at first, as systems set it."""
    soft = min(256, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    rung = [sys.executable, "-m", "app.cli", "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        ["sh", "-c", f'ulimit -S -n {soft}; exec "$@"', "sh", *rung],
        cwd=PROJECT,
        env={**os.environ, "RUNG_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            told = next(line for line in process.stdout if '"address"' in line)
            port = int(told.rpartition(":")[2].strip('",\n '))
            with ExitStack() as stack:
                for _ in range(99):
                    client = stack.enter_context(
                        socket.create_connection(("127.0.0.1", port))
                    )
                    client.sendall(sent)
                for _ in range(5):
                    with urllib.request.urlopen(
                        f"http://127.0.0.1:{port}/healthz", timeout=SOON
                    ) as answer:
                        assert answer.status == 200
        finally:
            process.terminate()


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True

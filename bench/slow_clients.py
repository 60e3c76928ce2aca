"""What slow strangers do to the web server. Run ``python -m bench.slow_clients``.

Opens sockets that send half a request, or drip one, and asks ``/healthz`` meanwhile: once of `rung
serve`, once of waitress as it comes. Another number of sockets may follow.
"""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from statistics import median
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from app.core.settings import PROJECT

QUESTIONS = 10
PATIENCE = 5.0
HEAD = b"POST /healthz HTTP/1.1\r\nHost: rung\r\n"
BODY = HEAD + b"Content-Length: 1000000\r\n\r\n"
MODES = {
    "idle heads": (HEAD, b""),
    "drip heads": (HEAD, b"x"),
    "idle bodies": (BODY, b""),
    "drip bodies": (BODY, b"x"),
}
PLAIN = """
from waitress import create_server
from wsgi import app
server = create_server(app, host="127.0.0.1", port=0)
print(f"http://127.0.0.1:{server.effective_port}", flush=True)
server.run()
"""
SERVERS = {
    "rung serve": (sys.executable, "-u", "-m", "app.cli", "serve", "--port", "0"),
    "waitress as it comes": (sys.executable, "-c", PLAIN),
}


def main(counts: tuple[int, ...] = (99, 900)) -> None:
    """Print for every server, number of sockets and mode how many questions were answered, and how
    fast.
    """
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    for name, command in SERVERS.items():
        for count in counts:
            for mode, (first, again) in MODES.items():
                with (
                    served(command) as (host, port),
                    crowd(host, port, count, first, again),
                ):
                    times = asked(f"http://{host}:{port}/healthz")
                middle = (
                    f"p50 {median(times) * 1000:.1f} ms"
                    if times
                    else "nobody is answered"
                )
                print(
                    f"{name}, {count} {mode}: {len(times)} of {QUESTIONS}, {middle}",
                    flush=True,
                )


@contextmanager
def served(command: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Run a server on a free port, with data of its own."""
    with TemporaryDirectory() as home:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, "RUNG_HOME": f"{home}/data"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            told = next(
                filter(
                    None,
                    (
                        re.search(r"http://([\d.]+):(\d+)", line)
                        for line in process.stdout
                    ),
                )
            )
            yield told[1], int(told[2])
        finally:
            process.terminate()
            process.communicate()


@contextmanager
def crowd(
    host: str, port: int, count: int, first: bytes, again: bytes
) -> Iterator[None]:
    """Hold so many sockets open that sent ``first`` and send ``again`` every two seconds."""
    over = threading.Event()
    sockets = [socket.create_connection((host, port)) for _ in range(count)]
    for each in sockets:
        each.sendall(first)

    def drip() -> None:
        while again and not over.wait(2.0):
            for each in sockets:
                with suppress(OSError):
                    each.sendall(again)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        time.sleep(3.0)
        yield
    finally:
        over.set()
        thread.join()
        for each in sockets:
            each.close()


def asked(address: str) -> list[float]:
    """Ask a few times and return the seconds that each answer took."""
    times = []
    for _ in range(QUESTIONS):
        began = time.perf_counter()
        with suppress(URLError, OSError), urlopen(address, timeout=PATIENCE) as answer:
            answer.read()
            times.append(time.perf_counter() - began)
    return times


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or (99, 900))

"""The web server with its worker beside it: started together, restarted when the worker dies, ended
together.
"""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
from flask import Flask

from app.core.errors import Invalid, Refused
from app.core.settings import Settings
from app.shell.headers import LARGEST_REQUEST
from app.upkeep.front import Front, open_front

SUPERVISED = "--supervised"
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
STEADY_AFTER = 30.0
ENDS_WITHIN = 10.0
A_LITTLE = 1024 * 1024  # bytes; who sends slightly too much gets the page that says so
log = structlog.get_logger("rung.serve")


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Note that a server or worker uses the data folder for as long as this lasts; several may at
    once.
    """
    with _running_lock(
        settings,
        fcntl.LOCK_SH,
        "The data is being restored or reset; wait until that is done.",
    ):
        yield


@contextmanager
def alone(settings: Settings, what: str) -> Iterator[None]:
    """Keep servers and workers of this machine away from the data.

    Raises ``Refused`` while one is running.
    """
    with _running_lock(
        settings, fcntl.LOCK_EX, f"Rung is running; stop it before you {what}."
    ):
        yield


@contextmanager
def _running_lock(settings: Settings, kind: int, otherwise: str) -> Iterator[None]:
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.home / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(otherwise) from error
        yield


def bind(app: Flask, settings: Settings) -> Front:
    """Open the web server's port.

    Raises ``Refused`` when it is in use and ``Invalid`` when it is no address.
    """
    try:
        return open_front(
            app,
            settings.host,
            settings.port,
            behind_proxy=bool(settings.trusted_proxies),
            largest=LARGEST_REQUEST + A_LITTLE,
        )
    except OSError as error:
        place = f"port {settings.port} on {settings.host}"
        raise Refused(
            f"Cannot listen on {place}: {error.strerror}. Choose another with --port or --host."
        ) from error
    except ValueError as error:
        raise Invalid(
            f"{settings.host}:{settings.port} is no address to listen on.", field="host"
        ) from error


def serve(server: Front) -> None:
    """Answer requests, with a worker beside, until SIGTERM or SIGINT; then end both."""
    keeper = WorkerKeeper()
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # a shell that starts us in the background has SIGINT ignored
        signal.signal(number, _leave)
    try:
        keeper.start()
        gc.collect()
        # what was imported stays; not looking at it again cuts the slowest pages to a fifth
        gc.freeze()
        server.run()  # ends at SystemExit
    finally:
        server.close()
        keeper.end()


class WorkerKeeper:
    """Keeps one worker process alive: restarted at once after a steady run, ever later when it
    keeps dying.
    """

    def __init__(self, command: tuple[str, ...] = ()) -> None:
        self._command = command or (
            sys.executable,
            "-m",
            "app.cli",
            "worker",
            SUPERVISED,
        )
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(
            target=self._keep, name="worker-keeper", daemon=True
        )

    def start(self) -> None:
        """Start the worker and watch it."""
        self._thread.start()

    def end(self) -> None:
        """End the worker, gently first, and wait until it is gone."""
        self._ending.set()
        self._thread.join()

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._ending.is_set():
            began = time.monotonic()
            code = self._run_once()
            if self._ending.is_set():
                return
            pause = (
                FIRST_PAUSE
                if time.monotonic() - began > STEADY_AFTER
                else min(pause * 2, LONGEST_PAUSE)
            )
            log.warning("worker.died", exit_code=code, restarted_in_seconds=pause)
            self._ending.wait(pause)

    def _run_once(self) -> int:
        # The worker reads its standard input: when this process is gone, even by kill -9, it sees
        # the end of file. A session of its own keeps Ctrl-C in the terminal from reaching it before
        # we have told it to end.
        process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
            self._command, stdin=subprocess.PIPE, start_new_session=True
        )
        with process:
            while process.poll() is None:
                if self._ending.wait(0.2):
                    _end(process)
            return process.returncode


def stop_at_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return stop


def stop_with_parent(stop: threading.Event) -> None:
    """Set ``stop`` when the supervising process is gone."""

    def watch() -> None:
        os.read(sys.stdin.fileno(), 1)
        stop.set()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)

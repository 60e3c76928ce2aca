"""The web server with its worker beside it: started together, each started again when it dies,
ended together.
"""

from __future__ import annotations

import fcntl
import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from flask import Flask

from app.core.errors import Invalid, Refused
from app.core.said import said
from app.core.settings import Settings
from app.shell.headers import LARGEST_REQUEST
from app.upkeep import processes
from app.upkeep.front import (
    MOST_RECEIVED,
    Bounds,
    connections_for,
    listen_at,
    open_files_allowed,
    open_front,
)

A_LITTLE = 1024 * 1024  # bytes; who sends slightly too much gets the page that says so
Work = Callable[[], None]


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


def listening(settings: Settings) -> list[socket.socket]:
    """Open the web server's port.

    Raises ``Refused`` when it is in use and ``Invalid`` when it is no address.
    """
    try:
        return listen_at(settings.host, settings.port)
    except OSError as error:
        place = f"port {settings.port} on {settings.host}"
        raise Refused(
            said(
                "Cannot listen on %(place)s: %(strerror)s. Choose another with "
                "--port or --host.",
                place=place,
                strerror=error.strerror,
            )
        ) from error
    except ValueError as error:
        raise Invalid(
            said(
                "%(host)s:%(port)s is no address to listen on.",
                host=settings.host,
                port=settings.port,
            ),
            field="host",
        ) from error


def serve(
    app: Flask, listeners: list[socket.socket], settings: Settings, work: Work
) -> None:
    """Answer requests in processes of their own, with a worker beside, until SIGTERM or SIGINT;
    then end all of them.
    """
    web = partial(_answer, app, listeners, settings)
    works: dict[str, Work] = {"worker": work}
    works |= {f"web-{number}": web for number in range(1, settings.web_processes + 1)}
    processes.give_back_large_buffers()
    # What was imported stays: not looked at again it is shared by all, and slow pages take a fifth.
    # Nothing is collected before: what that frees lies scattered, and is filled by each anew.
    gc.freeze()
    processes.keep(works)


def stop_at_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return stop


def _answer(app: Flask, listeners: list[socket.socket], settings: Settings) -> None:
    bounds = Bounds(
        connections=connections_for(open_files_allowed()),
        received=MOST_RECEIVED // settings.web_processes,
    )
    front = open_front(
        app,
        listeners,
        behind_proxy=bool(settings.trusted_proxies),
        largest=LARGEST_REQUEST + A_LITTLE,
        bounds=bounds,
    )
    try:
        front.run()
    finally:
        front.close()

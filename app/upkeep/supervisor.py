"""The web server with its worker beside it: started together, each started again when it dies,
ended together.
"""

from __future__ import annotations

import fcntl
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn

from flask import Flask

from app.core.addresses import address_file
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.core.settings import PROJECT, Settings
from app.core.web.words import languages
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
START = "import sys; sys.path.insert(0, {!r}); from app.cli import part; part()"


@contextmanager
def running(settings: Settings) -> Iterator[int]:
    """Note that a server or worker uses the data folder for as long as this lasts; several may at
    once. Yields the open file that notes it.
    """
    with _running_lock(
        settings,
        fcntl.LOCK_SH,
        "The data is being restored or reset; wait until that is done.",
    ) as lock:
        yield lock


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
def _running_lock(settings: Settings, kind: int, otherwise: str) -> Iterator[int]:
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.home / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(otherwise) from error
        yield lock.fileno()


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
    app: Flask,
    listeners: list[socket.socket],
    settings: Settings,
    work: Work,
    lock: int,
) -> NoReturn:
    """Answer requests in processes of their own, with a worker beside, until SIGTERM or SIGINT;
    then end all of them, and this one with 0.

    ``lock`` is the open file that notes that Rung is running.
    """
    languages()  # 5 MB of names, days and numbers, which each would load for itself
    ports = [listener.fileno() for listener in listeners]
    how = processes.Watching(
        again=partial(_again, ports),
        address=address_file(settings),
        as_json=settings.log_format == "json",
        own=[lock],
        given=ports,
    )
    processes.keep(works(app, listeners, settings, work), how)


def works(
    app: Flask, listeners: list[socket.socket], settings: Settings, work: Work
) -> dict[str, Work]:
    """Return what the processes do, by their names: the worker, and those that answer."""
    web = partial(_answer, app, listeners, settings)
    numbers = range(1, settings.web_processes + 1)
    return {"worker": work} | {f"web-{number}": web for number in numbers}


def _again(ports: list[int], name: str, ends: int) -> list[str]:
    """Return the command that starts a part of this name from the disk."""
    start = START.format(str(PROJECT))
    return [sys.executable, "-P", "-c", start, name, str(ends), *map(str, ports)]


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

"""The bell and the worker. Rows tell what is due; huey only wakes whoever does it, so a lost ring does no harm."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.exceptions import ConfigurationError
from psycopg import Error as PostgresError

from app.errors import Away, Invalid, RungError
from app.parts import Parts
from app.settings import Settings
from ldap_sync.port import DirectoryError

Work = Callable[[Parts], bool]
"""Does all the work of its kind that is due, and tells whether there was any."""

SWEEP_SECONDS = 15.0
BEAT_SECONDS = 5.0
HEALTH_SECONDS = 10.0
POLL_SECONDS = 0.5
PAUSE_SECONDS = 0.2
GRACE_SECONDS = 3.0
RING_FAILS: tuple[type[Exception], ...] = (sqlite3.Error, PostgresError, OSError)
with suppress(ImportError):  # redis is installed only where it is used
    RING_FAILS = (*RING_FAILS, import_module("redis.exceptions").RedisError)
log = structlog.get_logger("rung.worker")


class Bell:
    """Rings for the worker. The queue is opened at the first ring, so that making an app touches no file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def ring(self) -> None:
        """Wake the worker. When the queue is away, the worker's next sweep does the work a little later."""
        try:
            self._look()
        except RING_FAILS as error:
            log.warning("bell.silent", reason=str(error))

    @cached_property
    def _look(self) -> Callable[[], Any]:
        return _task(open_queue(self._settings), _nothing)


class Worker:
    """Does due work whenever the bell rings and at every sweep; each kind of work has a thread of its own."""

    def __init__(self, parts: Parts, works: Mapping[str, Work], *, sweep_seconds: float = SWEEP_SECONDS) -> None:
        self._parts = parts
        self._works = works
        self._sweep_seconds = sweep_seconds
        self._stop = threading.Event()
        self._lanes: dict[str, _Lane] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set. What takes longer than 3 s to end is left: its rows say how to go on."""
        self._stop = stop
        queue = open_queue(self._parts.settings)
        _task(queue, self.wake)
        consumer = queue.create_consumer(
            workers=1, periodic=False, max_delay=POLL_SECONDS, shutdown_timeout=GRACE_SECONDS
        )
        consumer._set_signal_handlers = _nothing  # who runs us decides what a signal means
        consumer.start()
        self._do_chores(
            _Chore(self.wake, self._sweep_seconds),
            _Chore(self._beat, BEAT_SECONDS),
            _Chore(consumer.check_worker_health, HEALTH_SECONDS),
        )
        consumer.stop(graceful=True)
        self.wake()
        for lane in self._lanes.values():
            lane.join(GRACE_SECONDS)
        heartbeat_file(self._parts.settings).unlink(missing_ok=True)

    def wake(self) -> None:
        """Let every kind of work look for what is due. A thread that a mistake of ours has ended is started again."""
        for name, work in self._works.items():
            if name not in self._lanes or not self._lanes[name].is_alive():
                self._lanes[name] = _Lane(name, work, self._parts, self._stop)
                self._lanes[name].start()
            self._lanes[name].bell.set()

    def _do_chores(self, *chores: _Chore) -> None:
        while not self._stop.is_set():
            for chore in chores:
                chore.do_when_due()
            self._stop.wait(PAUSE_SECONDS)

    def _beat(self) -> None:
        file = heartbeat_file(self._parts.settings)
        beat = {"at": datetime.now(UTC).isoformat(), "pid": os.getpid(), "host": socket.gethostname()}
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(beat), encoding="utf-8")
        fresh.replace(file)


@dataclass(slots=True)
class _Chore:
    do: Callable[[], Any]
    every: float
    due: float = 0.0

    def do_when_due(self) -> None:
        if time.monotonic() >= self.due:
            self.do()
            self.due = time.monotonic() + self.every


class _Lane(threading.Thread):
    def __init__(self, name: str, work: Work, parts: Parts, stop: threading.Event) -> None:
        super().__init__(name=f"rung-{name}", daemon=True)
        self.bell = threading.Event()
        self._work, self._parts, self._stopping = work, parts, stop

    def run(self) -> None:
        while not self._stopping.is_set():
            self.bell.wait()
            self.bell.clear()
            if not self._stopping.is_set():
                self._work_off()

    def _work_off(self) -> None:
        try:
            self._work(self._parts)
        except (RungError, DirectoryError) as error:
            log.warning("work.waits", work=self.name, reason=str(error))


def open_queue(settings: Settings) -> Huey:
    """Open the queue RUNG_QUEUE_URL names, or the file in the data folder. Raises ``Invalid`` or ``Away``."""
    url = settings.queue_url
    if not url:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _embedded_queue(settings.home / "queue.db")
    try:
        if url.startswith("postgresql"):
            return PostgresHuey("rung", dsn=url, results=False)
        return RedisHuey("rung", url=url, results=False)
    except ConfigurationError as error:
        raise Invalid("queue_url: Redis needs `pip install redis`.", field="queue_url") from error
    except PostgresError as error:
        raise Away(f"The queue cannot be reached: {str(error).splitlines()[0]}.") from error


def _embedded_queue(file: Path) -> Huey:
    try:
        return SqliteHuey("rung", filename=str(file), results=False)
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # busy or no room: the file itself is whole
            raise
        # It holds rings of the bell only; rows tell what is due, so a new one loses nothing.
        log.warning("queue.damaged", reason=str(error), kept=f"{file}.damaged")
        file.replace(f"{file}.damaged")
        return SqliteHuey("rung", filename=str(file), results=False)


def heartbeat_file(settings: Settings) -> Path:
    """Return the file in which the worker of this machine notes every 5 s that it is alive."""
    return settings.home / "worker.heartbeat"


def last_heartbeat(settings: Settings) -> datetime | None:
    """Return when the worker of this machine was last alive (UTC), or None when none is running."""
    try:
        return datetime.fromisoformat(json.loads(heartbeat_file(settings).read_text(encoding="utf-8"))["at"])
    except FileNotFoundError:
        return None


def _task(queue: Huey, function: Callable[[], None]) -> Callable[[], Any]:
    # Both sides know the task by this name; only the worker's side ever runs its function.
    def look() -> None:
        function()

    made: Callable[[], Any] = queue.task(name="look")(look)
    return made


def _nothing() -> None:
    """Do nothing: the bell's side of the task, and signal handlers that are not wanted."""

"""The bell and the worker.

Rows tell what is due; huey only wakes whoever does it, so a lost ring does no harm.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.exceptions import ConfigurationError
from psycopg import Error as PostgresError

from app.core.aside import reason_of
from app.core.errors import Away, Invalid, RungError
from app.core.heartbeat import (
    LONGEST_PROBLEM,
    Beat,
    LaneSigns,
    heartbeat_file,
    write_beat,
)
from app.core.parts import Parts
from app.core.said import said
from app.core.settings import Settings
from ldap_sync.port import DirectoryError

Work = Callable[[Parts], bool | None]
"""Does all the work of its kind that is due, and tells whether there was any; None: it did not look
this time.
"""

SWEEP_SECONDS = 15.0
BEAT_SECONDS = 5.0
HEALTH_SECONDS = 10.0
POLL_SECONDS = 0.5
PAUSE_SECONDS = 0.2
GRACE_SECONDS = 3.0
LONGEST_REST_SECONDS = 600.0
RING_FAILS: tuple[type[Exception], ...] = (sqlite3.Error, PostgresError, OSError)
with suppress(ImportError):  # redis is installed only where it is used
    RING_FAILS = (*RING_FAILS, import_module("redis.exceptions").RedisError)
UNHEARD: tuple[type[Exception], ...] = (*RING_FAILS, Away)
log = structlog.get_logger("rung.worker")


class Bell:
    """Rings for the worker.

    The queue is opened at the first ring, so that making an app touches no file.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def ring(self) -> None:
        """Wake the worker.

        When the queue is away, the worker's next sweep does the work a little later.
        """
        try:
            self._look()
        except UNHEARD as error:
            log.warning("bell.silent", reason=str(error))

    @cached_property
    def _look(self) -> Callable[[], Any]:
        return _task(open_queue(self._settings), _nothing)


class Worker:
    """Does due work whenever the bell rings and at every sweep; each kind of work has a thread of
    its own.
    """

    def __init__(
        self,
        parts: Parts,
        works: Mapping[str, Work],
        *,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._parts = parts
        self._works = works
        self._sweep_seconds = sweep_seconds
        self._stop = threading.Event()
        self._lanes: dict[str, _Lane] = {}
        self._unwritten = ""

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set.

        What takes longer than 3 s to end is left: its rows say how to go on.

        Whatever goes wrong meanwhile (a full disk, a queue that is away) is logged and tried again.
        """
        self._stop = stop
        ear = _Ear(self._parts.settings, self.wake)
        self._do_chores(
            _Chore(
                ear.listen, HEALTH_SECONDS
            ),  # first: who rings now finds the queue made
            _Chore(self.wake, self._sweep_seconds),
            _Chore(self._beat, BEAT_SECONDS),
        )
        ear.close()
        self.wake()
        for lane in self._lanes.values():
            lane.join(GRACE_SECONDS)
        heartbeat_file(self._parts.settings).unlink(missing_ok=True)

    def wake(self) -> None:
        """Let every kind of work look for what is due.

        A thread that a mistake of ours has ended is started again.
        """
        for name, work in self._works.items():
            lane = self._lanes.get(name)
            if lane is None or not lane.is_alive():
                pulse = lane.pulse if lane else Pulse(started=_utc())
                lane = _Lane(
                    name, work, self._parts, self._stop, pulse, self._sweep_seconds
                )
                self._lanes[name] = lane
                lane.start()
            lane.bell.set()

    def _do_chores(self, *chores: _Chore) -> None:
        while not self._stop.is_set():
            for chore in chores:
                chore.do_when_due()
            self._stop.wait(PAUSE_SECONDS)

    def _beat(self) -> None:
        signs = {name: lane.pulse.signs for name, lane in self._lanes.items()}
        try:
            write_beat(
                self._parts.settings,
                Beat(_utc(), os.getpid(), socket.gethostname(), signs),
            )
        except OSError as error:
            reason = error.strerror or str(error)
            if reason != self._unwritten:
                log.warning("heartbeat.unwritten", reason=reason)
            self._unwritten = reason
        else:
            self._unwritten = ""


@dataclass(slots=True)
class _Chore:
    do: Callable[[], Any]
    every: float
    due: float = 0.0

    def do_when_due(self) -> None:
        if time.monotonic() < self.due:
            return
        try:
            self.do()
        except Invalid:
            raise  # a setting that cannot work: whoever started the worker has to hear of it
        except Exception:
            log.exception("chore.failed")
        self.due = time.monotonic() + self.every


class _Ear:
    """Hears the bell: huey's consumer.

    While the queue is away the sweeps do the work, a little later.
    """

    def __init__(self, settings: Settings, heard: Callable[[], None]) -> None:
        self._settings, self._heard = settings, heard
        self._consumer: Any = None

    def listen(self) -> None:
        """Begin to listen, or see to it that whoever listens still does."""
        if self._consumer is not None:
            self._consumer.check_worker_health()
            return
        try:
            self._consumer = self._opened()
        except UNHEARD as error:
            log.warning("bell.unheard", reason=str(error))

    def close(self) -> None:
        """Stop listening."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)

    def _opened(self) -> Any:
        queue = open_queue(self._settings)
        _task(queue, self._heard)
        consumer = queue.create_consumer(
            workers=1,
            periodic=False,
            max_delay=POLL_SECONDS,
            shutdown_timeout=GRACE_SECONDS,
        )
        consumer._set_signal_handlers = (
            _nothing  # who runs us decides what a signal means
        )
        consumer.start()
        return consumer


@dataclass(slots=True)
class Pulse:
    """What a lane's thread notes of itself; it outlives a thread that has to be started again."""

    started: datetime
    busy_since: datetime | None = None
    sign: datetime | None = None
    success: datetime | None = None
    failing_since: datetime | None = None
    problem: str = ""
    mistakes: int = 0
    rests_until: float = 0.0

    @property
    def signs(self) -> LaneSigns:
        """Return what others may see of it."""
        return LaneSigns(
            self.started,
            self.busy_since,
            self.sign,
            self.success,
            self.failing_since,
            self.problem[:LONGEST_PROBLEM],
        )

    def began(self) -> None:
        """Note that the lane looks for work."""
        self.busy_since = self.sign = _utc()

    def went_well(self) -> None:
        """Note a pass without a fault."""
        self.success, self.failing_since, self.problem = _utc(), None, ""
        self.mistakes, self.rests_until = 0, 0.0

    def failed(self, problem: str) -> None:
        """Note a pass that did not come to its end."""
        self.failing_since = self.failing_since or _utc()
        self.problem = problem


class _Lane(threading.Thread):
    def __init__(
        self,
        name: str,
        work: Work,
        parts: Parts,
        stop: threading.Event,
        pulse: Pulse,
        sweep_seconds: float,
    ) -> None:
        super().__init__(name=f"rung-{name}", daemon=True)
        self.bell = threading.Event()
        self.pulse = pulse
        self._work, self._stopping, self._sweep_seconds = work, stop, sweep_seconds
        self._now = parts.now
        # Work asks what time it is between any two rows: each question is a sign that it goes on.
        self._parts = replace(parts, now=self._asked)

    def run(self) -> None:
        while not self._stopping.is_set():
            self.bell.wait()
            self.bell.clear()
            rests = time.monotonic() < self.pulse.rests_until
            if not rests and not self._stopping.is_set():
                self._work_off()

    def _work_off(self) -> None:
        pulse = self.pulse
        pulse.began()
        try:
            looked = self._work(self._parts)
        except (RungError, DirectoryError) as error:
            log.warning("work.waits", work=self.name, reason=str(error))
            pulse.failed(str(error))
        except Exception as error:  # noqa: BLE001 (a mistake of ours; the lane goes on later)
            self._back_off(error)
        except (
            BaseException
        ) as error:  # the thread ends, and is started again at the next sweep
            pulse.failed(reason_of(error))
            raise
        else:
            if looked is not None:
                pulse.went_well()
        finally:
            pulse.busy_since = None

    def _back_off(self, error: Exception) -> None:
        """After a mistake outside of any row: say so and try again, ever later."""
        pulse = self.pulse
        pause = min(self._sweep_seconds * 2**pulse.mistakes, LONGEST_REST_SECONDS)
        pulse.mistakes = min(pulse.mistakes + 1, 16)
        pulse.rests_until = time.monotonic() + pause
        pulse.failed(reason_of(error))
        log.exception("work.failed", work=self.name, again_in_seconds=pause)

    def _asked(self) -> datetime:
        self.pulse.sign = _utc()
        return self._now()


def open_queue(settings: Settings) -> Huey:
    """Open the queue RUNG_QUEUE_URL names, or the file in the data folder.

    Raises ``Invalid`` or ``Away``.
    """
    url = settings.queue_url
    if not url:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _embedded_queue(settings.home / "queue.db")
    try:
        if url.startswith("postgresql"):
            return PostgresHuey("rung", dsn=url, results=False)
        return RedisHuey("rung", url=url, results=False)
    except ConfigurationError as error:
        raise Invalid(
            said("queue_url: Redis needs `pip install redis`."), field="queue_url"
        ) from error
    except PostgresError as error:
        raise Away(
            said(
                "The queue cannot be reached: %(value)s.",
                value=str(error).splitlines()[0],
            )
        ) from error


def _embedded_queue(file: Path) -> Huey:
    try:
        return SqliteHuey("rung", filename=str(file), results=False)
    except sqlite3.DatabaseError as error:
        if (
            type(error) is not sqlite3.DatabaseError
        ):  # busy or no room: the file itself is whole
            raise
        # It holds rings of the bell only; rows tell what is due, so a new one loses nothing.
        log.warning("queue.damaged", reason=str(error), kept=f"{file}.damaged")
        file.replace(f"{file}.damaged")
        return SqliteHuey("rung", filename=str(file), results=False)


def _task(queue: Huey, function: Callable[[], None]) -> Callable[[], Any]:
    # Both sides know the task by this name; only the worker's side ever runs its function.
    def look() -> None:
        function()

    made: Callable[[], Any] = queue.task(name="look")(look)
    return made


def _nothing() -> None:
    """Do nothing: the bell's side of the task, and signal handlers that are not wanted."""


def _utc() -> datetime:
    return datetime.now(UTC)

"""Processes forked from one that only watches them: what all of them need is loaded once and lies
in memory once. One that dies is started again, and none outlives the one that watches.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import TypeVar

import structlog

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
STEADY_AFTER = 30.0
ENDS_WITHIN = 10.0
MMAP_THRESHOLD, ARENA_MAX = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h
LARGE_BUFFER = 1024 * 1024  # bytes
ENDINGS = (signal.SIGTERM, signal.SIGINT)
FORK = get_context("fork")
Found = TypeVar("Found")
log = structlog.get_logger("rung.serve")


def give_back_large_buffers() -> None:
    """Have the C library give memory of a megabyte and more back as soon as it is free, and keep
    no stock of it for each thread, in this process and all forked from it.
    """
    # Every thread that ever checked a password would keep its 19 MB else: glibc learns from the
    # first large buffer that such ones are worth keeping. Other C libraries have no such setting.
    adjust = getattr(ctypes.CDLL(None), "mallopt", None)
    if adjust is not None:
        adjust(MMAP_THRESHOLD, LARGE_BUFFER)
        adjust(ARENA_MAX, 1)


def in_one_of_its_own(work: Callable[[], Found]) -> Found:
    """Do ``work``, a function of a module, in a process that ends with it, memory and all; what it
    raises is raised here.
    """
    with ProcessPoolExecutor(1, mp_context=FORK) as pool:
        return pool.submit(work).result()


def keep(works: Mapping[str, Callable[[], None]]) -> None:
    """Keep a process for each of ``works``, by its name, until SIGTERM or SIGINT; then end them
    all.
    """
    kept = [KeptProcess(name, work) for name, work in works.items()]
    told = _told_to_end()
    try:
        while True:
            pause = min(each.look() for each in kept)
            running = chain.from_iterable(each.sentinels for each in kept)
            if told in wait([told, *running], timeout=pause):
                return
    finally:
        end(kept)


def end(kept: list[KeptProcess]) -> None:
    """End processes, gently first, and wait until they are gone."""
    lasting = [each.process for each in kept if each.process is not None]
    for process in lasting:
        process.terminate()
    deadline = time.monotonic() + ENDS_WITHIN
    for process in lasting:
        process.join(max(0.0, deadline - time.monotonic()))
        process.kill()
        process.join()


class KeptProcess:
    """A process that is started again when it dies: at once after a steady run, ever later when it
    keeps dying.
    """

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self.name = name
        self.process: ForkProcess | None = None
        self._work = work
        self._pause = FIRST_PAUSE
        self._began = self._due = time.monotonic()

    @property
    def sentinels(self) -> list[int]:
        """Return what ``multiprocessing.connection.wait`` waits with for the end of the process;
        nothing while it does not run.
        """
        return [] if self.process is None else [self.process.sentinel]

    def look(self) -> float:
        """Start the process where it is due; return in how many seconds to look again at the
        latest.
        """
        if self.process is not None and self.process.exitcode is not None:
            self._note_death(self.process.exitcode)
        if self.process is None and time.monotonic() >= self._due:
            self._start()
        return LONGEST_PAUSE if self.process else max(0.0, self._due - time.monotonic())

    def _start(self) -> None:
        self._began = time.monotonic()
        self.process = FORK.Process(target=self._run, name=self.name)
        with _told_later():
            self.process.start()

    def _run(self) -> None:
        for number in ENDINGS:
            signal.signal(number, _leave)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        # A session of its own keeps Ctrl-C in the terminal from reaching it before it is told.
        os.setsid()
        threading.Thread(
            target=_end_with_parent, name="parent-watch", daemon=True
        ).start()
        self._work()

    def _note_death(self, code: int) -> None:
        steady = time.monotonic() - self._began > STEADY_AFTER
        self._pause = FIRST_PAUSE if steady else min(self._pause * 2, LONGEST_PAUSE)
        self._due = time.monotonic() + self._pause
        self.process = None
        event = f"{self.name}.died"
        log.warning(event, exit_code=code, restarted_in_seconds=self._pause)


def _told_to_end() -> int:
    """Return a file that can be read once SIGTERM or SIGINT came."""
    # Not by an exception: one that is raised while a fork goes on is swallowed. A shell that starts
    # us in the background has SIGINT ignored, so it is set as well.
    reading, writing = os.pipe()

    def note(_number: int, _frame: FrameType | None) -> None:
        os.write(writing, b".")

    for number in ENDINGS:
        signal.signal(number, note)
    return reading


@contextmanager
def _told_later() -> Iterator[None]:
    """Hold signals back, so that a child hears them with its own ears only."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _end_with_parent() -> None:
    """Also when the parent was ended by kill -9."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)

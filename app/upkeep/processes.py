"""Processes forked from one: what all of them need is loaded once and lies in memory once. That one
becomes a small program that watches them; none outlives it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeVar

import structlog

from app.upkeep import watcher

MMAP_THRESHOLD, ARENA_MAX = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h
LARGE_BUFFER = 1024 * 1024  # bytes
Found = TypeVar("Found")
log = structlog.get_logger("rung.serve")


def give_back_large_buffers() -> None:
    """Have the C library give memory of a megabyte and more back as soon as it is free, and keep
    no stock of it for each thread, in this process and all forked from it.

    Before the first thread begins: how many stocks there may be is settled then.
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
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(work).result()


@dataclass(frozen=True)
class Watching:
    """What the program that watches needs: how a part is started again, where the address is
    noted, and whether the log is JSON. ``own`` are open files it keeps to itself, ``given`` those
    that go on to a part that is started again.
    """

    again: Callable[[str, int], list[str]]
    address: Path
    as_json: bool
    own: Sequence[int]
    given: Sequence[int]


def keep(works: Mapping[str, Callable[[], None]], how: Watching) -> NoReturn:
    """Fork a process for each of ``works``, by its name, and become the program that keeps them
    until SIGTERM or SIGINT; then all end, with 0.
    """
    # Held back, not heard: a child hears them with its own ears, the watcher when it waits.
    signal.pthread_sigmask(signal.SIG_BLOCK, watcher.HEARD)
    # What was imported stays: not looked at again it is shared by all, and slow pages take a fifth.
    # Nothing is collected before: what that frees lies scattered, and is filled by each anew.
    gc.freeze()
    ends, lives = os.pipe()
    kept = [
        (name, _forked(work, ends, lives), how.again(name, ends))
        for name, work in works.items()
    ]
    for number in (ends, lives, *how.own, *how.given):
        os.set_inheritable(number, True)
    order = {
        "kept": kept,
        "own": [lives, *how.own],
        "address": str(how.address),
        "json": how.as_json,
    }
    sys.stdout.flush()
    program = [sys.executable, "-I", "-S", watcher.__file__, json.dumps(order)]
    os.execv(program[0], program)  # noqa: S606 (our own program)


def _forked(work: Callable[[], None], ends: int, lives: int) -> int:
    pid = os.fork()
    if not pid:
        os.close(lives)
        # A session of its own keeps Ctrl-C in the terminal from reaching it before it is told.
        os.setsid()
        run(work, ends)
    return pid


def run(work: Callable[[], None], ends: int) -> NoReturn:
    """Do ``work`` in this process, which ends with it, at SIGTERM or SIGINT, or when the one that
    watches is gone: then the file ``ends`` ends.
    """
    code = 1
    try:
        for number in watcher.ENDINGS:
            signal.signal(number, _leave)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, watcher.HEARD)
        threading.Thread(target=_end_with, args=(ends,), daemon=True).start()
        work()
        code = 0
    except SystemExit:
        code = 0
    except BaseException:
        log.exception("part.failed")
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, watcher.ENDINGS)  # it ends already
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _end_with(ends: int) -> None:
    """Also when the one that watches was ended by kill -9."""
    os.read(ends, 1)
    os.kill(os.getpid(), signal.SIGTERM)

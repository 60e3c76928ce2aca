"""Workers that stop at chosen points of their work and do not go on until they are told to.

Run as a program this is a small server that forks one process for every order it reads.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.access.undo.actions import undo
from app.access.waves.actions import apply
from app.access.waves.running import run_due_waves
from app.core.db import Database
from app.core.errors import Away, Refused
from app.core.parts import Parts
from app.core.settings import PROJECT, Settings
from app.directory.actions import run_waiting_repairs
from app.factory import connect_signals
from ldap_sync import adapter
from tests.access.engine.killing import watch_points

LIMITS: dict[str, Any] = {
    "batch_size": 3,
    "max_people_per_wave": 100,
    "max_share_of_group": 1.0,
    "max_deletions_per_hour": 10_000_000,
}
"""Settings of every process: several batches a wave, and no limit that stops it."""

FAILED = 7
"""How a life ends in which something broke off that a person would be told."""


@dataclass(frozen=True)
class Halt:
    """A process that stands at a point of its work: right before or after a commit or a change."""

    pid: int
    point: str

    @property
    def holds_journal(self) -> bool:
        """Tell whether it is in a transaction, so that nobody else can write to the journal."""
        return self.point == "committing"


class Lives:
    """Starts one process after the other; ``at`` is called at each halt and says how it goes on:
    ``go``, ``full`` (its disk is full from here), ``room`` (no more), or ``killed``.
    """

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.chaos.lives"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._server = subprocess.Popen(
            command, cwd=PROJECT, text=True, stderr=subprocess.DEVNULL, **pipes
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.communicate()

    def live(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        halts: Iterable[int],
        at: Callable[[Halt], str],
        **job: Any,
    ) -> int:
        """Live once, halting at these points; return how it ended, as ``wait`` tells it."""
        order = {
            "url": settings.database,
            "home": str(settings.home),
            "now": clock().isoformat(),
            "halts": sorted(halts),
            **job,
        }
        self._say(json.dumps(order))
        while True:
            word, *more = self._heard().split()
            if word == "end":
                return int(more[0])
            said = at(Halt(int(more[0]), more[1]))
            if said != "killed":
                self._say(f"{said} {clock().isoformat()}")

    def warm_up(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        """Do what is due in the process that all others are forked from, so that none of them has
        to prepare its questions to the journal anew.
        """
        self.live(settings, clock, [], kill, job="warm up")

    def _say(self, line: str) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(line + "\n")
        self._server.stdin.flush()

    def _heard(self) -> str:
        assert self._server.stdout is not None
        return self._server.stdout.readline()


@dataclass
class _Now:
    """The time in a life; it goes on while the process stands still."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


class _Thread:
    """The thread of a life: at each halt it asks whether to go on."""

    def __init__(self, halts: Iterable[int], now: _Now) -> None:
        self._halts = set(halts)
        self._come = 0
        self._now = now

    def reached(self, point: str) -> None:
        """Come to a point; stand still where that was ordered."""
        self._come += 1
        if self._come not in self._halts:
            return
        print(f"halt {os.getpid()} {point}", flush=True)
        said, moment = sys.stdin.readline().split()
        self._now.moment = datetime.fromisoformat(moment)
        if said in ("full", "room"):
            _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            room = 0 if said == "full" else most
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))


def _serve() -> None:
    connect_signals()
    databases: dict[str, Database] = {}
    while line := sys.stdin.readline():
        order = json.loads(line)
        parts = _parts(databases, **order)
        if order["job"] == "warm up":
            run_due_waves(parts)
            parts.database.dispose()
            print("end 0", flush=True)
            continue
        child = os.fork()
        if child == 0:
            os._exit(_lived(parts, **order))
        _, status = os.waitpid(child, 0)
        print(f"end {os.waitstatus_to_exitcode(status)}", flush=True)


def _parts(
    databases: dict[str, Database], url: str, home: str, now: str, **_rest: Any
) -> Parts:
    settings = Settings(home=Path(home), database_url=url, secret_key="x", **LIMITS)
    if url not in databases:
        databases[url] = Database(url, audit_key=settings.audit_key)
    return Parts(
        settings,
        databases[url],
        adapter.open_reader,
        adapter.open_writer,
        _Now(datetime.fromisoformat(now)),
        lambda: None,
        lambda seconds: time.sleep(seconds / 25),
    )


def _lived(parts: Parts, halts: list[int], job: str, **more: Any) -> int:
    assert isinstance(parts.now, _Now)
    watch_points(parts, _Thread(halts, parts.now).reached)
    try:
        _do(parts, job, **more)
    except (Away, Refused):
        return FAILED
    except Exception as error:  # noqa: BLE001 (a life may break off in any way)
        with suppress(OSError):
            print(f"a life broke off: {error!r}", file=sys.stderr, flush=True)
        return FAILED
    return 0


def _do(parts: Parts, job: str, wave: int = 0, **more: Any) -> None:
    if job == "work":
        run_due_waves(parts)
        run_waiting_repairs(parts)
        return
    with parts.acting("olga") as act:
        if job == "apply":
            apply(act, wave)
        else:
            decided = {"*": more.get("decision", "skip")}
            undo(act, wave, more.get("person"), decisions=decided)


def kill(halt: Halt) -> str:
    """Take a process away, as ``kill -9`` does."""
    os.kill(halt.pid, signal.SIGKILL)
    return "killed"


if __name__ == "__main__":
    _serve()

"""Workers that are killed, as by ``kill -9``, at chosen points of their work, and taken up again by
the next one.

Run as a program this is a small server that forks a worker for every line it reads.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import event

from app.access.waves.running import run_due_waves
from app.core.db import Database, RungSession
from app.core.parts import Parts
from app.core.settings import PROJECT, Settings
from app.factory import connect_signals
from ldap_sync import adapter
from ldap_sync.adapter.wire import Wire

WRITES = ("modifyRequest", "addRequest")
CHANGES = (b"\x66", b"\x68")
"""What ldap3 calls a change, and how an encoded one begins: a Modify, an Add."""


class Workers:
    """Starts worker processes that die on demand."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.access.engine.killing"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._server: subprocess.Popen[str] = subprocess.Popen(
            command, cwd=PROJECT, **pipes
        )  # type: ignore[call-overload]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.communicate()

    def dies(self, points: int, settings: Settings, at: datetime) -> bool:
        """Let a worker do what is due until it has come to so many points; tell whether it was
        killed there.

        A point is right before and right after a commit, and right before and right after a change
        is sent.
        """
        order = {
            "points": points,
            "url": settings.database,
            "home": str(settings.home),
            "at": at.isoformat(),
        }
        assert self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        assert code in (0, -signal.SIGKILL), f"the worker ended with {code}"
        return code != 0


class _Fuse:
    """Kills its own process when it has been reached so many times; 0 never burns down."""

    def __init__(self, length: int) -> None:
        self._left = length

    def burn(self, *_anything: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _serve() -> None:
    connect_signals()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _work(**json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _work(points: int, url: str, home: str, at: str) -> None:
    settings, now = (
        Settings(home=Path(home), database_url=url, secret_key="x"),
        datetime.fromisoformat(at),
    )
    database = Database(url, audit_key=settings.audit_key)
    parts = Parts(
        settings,
        database,
        adapter.open_reader,
        adapter.open_writer,
        lambda: now,
        lambda: None,
    )
    fuse = _Fuse(points)
    watch_points(parts, fuse.burn)
    run_due_waves(parts)


def watch_points(parts: Parts, reached: Callable[[str], object]) -> None:
    """Call ``reached`` with the name of each point that this process comes to: right before and
    after a commit, right before and after a change is sent.

    For processes that are about to end: what it changes is never put back.
    """
    event.listen(parts.database.engine, "commit", lambda _: reached("committing"))
    event.listen(RungSession, "after_commit", lambda _: reached("committed"))
    for name in ("_send", "_send_encoded"):
        setattr(Wire, name, _watched(getattr(Wire, name), reached))


def _watched(
    send: Callable[..., int], reached: Callable[[str], object]
) -> Callable[..., int]:
    def sending(wire: Wire, request: str | bytes, *rest: Any) -> int:
        changes = request in WRITES or request[:1] in CHANGES
        if changes:
            reached("sending")
        number = send(wire, request, *rest)
        if changes:
            reached("sent")
        return number

    return sending


if __name__ == "__main__":
    _serve()

"""The demo directory of this installation: one process holds it at a time, every process finds it
at its port.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from flask import current_app

from app.core.errors import Away
from app.core.parts import DEMO
from app.core.said import said
from app.core.settings import Settings
from ldap_sync.demo import DemoDirectory, demo_connection, reset
from ldap_sync.port import Unavailable
from ldap_sync.values import Connection

URL = "demo:"
PATIENCE_SECONDS = 10.0
Opened = TypeVar("Opened")


class Demo:
    """Finds the demo directory in ``home/demo``, or starts it in this process while nobody else
    holds it.
    """

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.home / "demo"
        self._guard = threading.Lock()
        self._held: int | None = None
        self._server: DemoDirectory | None = None

    def through(
        self, opener: Callable[[Connection], Opened]
    ) -> Callable[[Connection], Opened]:
        """Return ``opener`` that also understands the address ``demo:`` and knows the demo's
        passwords.
        """

        def open_it(connection: Connection) -> Opened:
            return opener(
                self._resolved(connection) if connection.url == URL else connection
            )

        return open_it

    def url(self) -> str:
        """Return where the demo directory listens, after starting it here when nobody holds it.

        Raises ``Away``.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self._holds() or self._answers():
                return f"ldap://127.0.0.1:{self._port()}"
            time.sleep(0.05)
        raise Away(
            said(
                "The demo directory does not answer. End the other `rung` "
                "command that holds it, then try again."
            )
        )

    def hold(self) -> None:
        """Start the demo directory in this process, waiting until a shorter command has let it go.

        Raises ``Away``.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._holds():
            if time.monotonic() > deadline:
                raise Away(
                    said(
                        "Another `rung` command holds the demo directory. End it, then "
                        "try again."
                    )
                )
            time.sleep(0.05)

    def forget(self) -> None:
        """Throw away all that was changed in the demo directory; the next start fills it anew."""
        self.hold()
        with self._guard:
            self._stop()
            reset(self.folder / "directory")
            self._let_go()

    def close(self) -> None:
        """Stop the demo directory if this process holds it."""
        with self._guard:
            self._stop()
            self._let_go()

    def _resolved(self, connection: Connection) -> Connection:
        known = demo_connection(self.url())
        writing = known.write_password if connection.write_dn else ""
        return replace(
            connection,
            url=known.url,
            security=known.security,
            bind_password=known.bind_password,
            write_password=writing,
        )

    def _holds(self) -> bool:
        with self._guard:
            if self._server is None and self._take():
                self._server = self._started()
                self._port_file.write_text(
                    self._server.url().rpartition(":")[2], encoding="ascii"
                )
            return self._server is not None

    def _take(self) -> bool:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(
            self.folder / "holder.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._held = handle
        return True

    def _started(self) -> DemoDirectory:
        directory = self.folder / "directory"
        try:
            return DemoDirectory(directory, self._port()).start()
        except Unavailable:  # something else took the port meanwhile
            return DemoDirectory(directory).start()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port()), 1).close()
        except OSError:
            return False
        return True

    def _port(self) -> int:
        try:
            return int(self._port_file.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0

    @property
    def _port_file(self) -> Path:
        return self.folder / "port"

    def _stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None


def the_demo() -> Demo:
    """Return the demo directory of this installation."""
    return cast(Demo, current_app.extensions[DEMO])

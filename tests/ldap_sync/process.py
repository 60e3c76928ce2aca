"""Server processes of the tests: started in the foreground, ended by their own handle, gone when
the test run is.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

PATIENCE = 60
"""Seconds to wait for a server that starts on a busy machine."""


PORTS_EACH = 3000


def free_port() -> int:
    """Return a loopback port nobody listens on, below those the kernel hands out to clients of
    other tests.

    Each of the first four processes of a test run takes from ports of its own.
    """
    first = (
        20000 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 4 * PORTS_EACH
    )
    while True:
        port = random.randrange(first, first + PORTS_EACH)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def run(
    *command: str, text: str | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command of the system to its end and fail with its own words."""
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if check and done.returncode:
        raise AssertionError(
            f"{' '.join(command)} failed with {done.returncode}: {done.stdout}{done.stderr}"
        )
    return done


def demand(missing: str) -> None:
    """Leave a test out, visibly, where its server cannot be had; on the build server that is a
    failure.
    """
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


class ServerProcess:
    """A server in a folder of its own.

    Use it in a ``with`` statement, or ``start()`` and ``stop()`` it.
    """

    host = "127.0.0.1"
    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    hang_up: Callable[[], None]
    """Closes the connections of the tests, before the server goes."""

    @property
    def url(self) -> str:
        """Return the address in plain LDAP."""
        return f"ldap://{self.host}:{self.port}"

    def command(self) -> list[str]:
        """Return the command that starts the server in the foreground."""
        raise NotImplementedError

    def start(self) -> Self:
        """Make what the server needs, start it and wait until it answers."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()  # nobody calls __exit__ for a server that did not start
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def resume(self) -> Self:
        """Start the server on the data it has; also after ``kill``."""
        # setpriv: the kernel ends the server when the test run ends, however that ends
        guard = (
            ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        )
        with (self.folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                [*guard, *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_it_answers()
        return self

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (
                f"the server ended: {(self.folder / 'output').read_text()[-1000:]}"
            )
            if self._answers():
                return
            time.sleep(0.01)
        raise AssertionError(f"{self.url} did not answer in time")

    def _answers(self) -> bool:
        # a server accepts before it answers, and some hang up while they are starting
        try:
            socket.create_connection((self.host, self.port), 1).close()
        except OSError:
            return False
        search = ["ldapsearch", "-x", "-H", self.url, "-s", "base", "-b", "", "1.1"]
        return run(*search, check=False).returncode == 0

    def kill(self) -> None:
        """Take the server away without a word, as a power cut would."""
        assert self.process is not None
        self.hang_up()
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Kill the server and start it again on the same data."""
        self.kill()
        self.resume()

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

"""A private PostgreSQL server from Debian's package, for one test run: ``python -m tests.postgres
COMMAND…``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Nothing here outlives the test run, so the server need not wait for the disk.
OPTIONS = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "listen_addresses=",
]


def programs() -> Path:
    """Return the folder of the newest PostgreSQL server on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    if not found:
        raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
    return found[-1].parent


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server that listens on a socket in its own folder, yield its address, and remove
    everything.
    """
    folder = Path(tempfile.mkdtemp(prefix="rung-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        _run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "-N",
        )
        settings = " ".join(
            f"-c {option}" for option in [*OPTIONS, f"unix_socket_directories={folder}"]
        )
        _run(
            "pg_ctl",
            "-D",
            str(folder / "data"),
            "-w",
            "-l",
            str(folder / "log"),
            "-o",
            settings,
            "start",
        )
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: str, *arguments: str) -> None:
    # The server refuses to run as root; Debian's package brings the user "postgres".
    who = (
        {"user": "postgres", "group": "postgres", "extra_groups": []}
        if os.geteuid() == 0
        else {}
    )
    subprocess.run(
        [programs() / program, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **who,
    )


def main() -> int:
    """Run the given command with ``TEST_DATABASE_URL`` set to a fresh server."""
    with cluster() as url:
        return subprocess.run(
            sys.argv[1:], env={**os.environ, "TEST_DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())

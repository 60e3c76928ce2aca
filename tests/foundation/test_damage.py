"""Whatever is damaged in the data folder is said in one line, with the documented exit code;
nothing is made anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core import schema
from app.core.db import Database
from app.core.settings import PROJECT


def cut(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])


def scribble(file: Path) -> None:
    """Overwrite all but the first page, as a bad disk might."""
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no database": lambda home: (home / "rung.db").unlink(),
    "an empty database": lambda home: (home / "rung.db").write_bytes(b""),
    "no database but a text": lambda home: (home / "rung.db").write_text(
        "hello\n" * 1000
    ),
    "a cut database": lambda home: cut(home / "rung.db", 0.5),
    "a database cut in its first page": lambda home: (home / "rung.db").write_bytes(
        (home / "rung.db").read_bytes()[:1000]
    ),
    "a database whose pages are something else": lambda home: scribble(
        home / "rung.db"
    ),
    "a folder for a database": lambda home: (
        (home / "rung.db").unlink(),
        (home / "rung.db").mkdir(),
    ),
    "an empty key": lambda home: (home / "secret_key").write_bytes(b""),
    "a key of blanks": lambda home: (home / "secret_key").write_bytes(b" \n"),
    "a key that is no text": lambda home: (home / "secret_key").write_bytes(
        b"\xff\xfe\x00"
    ),
    "settings that are none": lambda home: (home / "rung.toml").write_bytes(
        b"\xff = ["
    ),
}
"""What may happen to a data folder. A new one is one line here."""

COMMANDS = {
    "doctor": ("doctor",),
    "backup": ("db", "backup", "copy.tar"),
    "verify": ("audit", "verify"),
    "operators": ("operator", "list"),
    "freeze": ("freeze", "--reason", "test"),
}


def run(
    home: Path, *arguments: str, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=folder or home,
        env={**os.environ, "RUNG_HOME": str(home), "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("whole") / "home"
    database = Database(f"sqlite:///{home / 'rung.db'}")
    schema.upgrade(database)
    database.dispose()
    for left in ("rung.db-wal", "rung.db-shm"):
        (home / left).unlink(missing_ok=True)
    (home / "secret_key").write_text("k" * 64)
    return home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "home"))


@pytest.mark.parametrize("command", ["doctor", "backup"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_one_line(home: Path, damage: str, command: str) -> None:
    DAMAGES[damage](home)
    done = run(home, *COMMANDS[command])
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode in (1, 4)
    if command == "doctor" and not done.stderr:
        assert "problem" in done.stdout
    else:
        assert done.stderr.startswith("rung: ")
        assert len(done.stderr.splitlines()) == 1
    assert not (home / "copy.tar").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_makes_a_data_folder(tmp_path: Path, command: str) -> None:
    done = run(tmp_path / "none", *COMMANDS[command], folder=tmp_path)
    said = (
        f"rung: There is no data folder at {tmp_path / 'none'}; set RUNG_HOME, or make one with "
        "`rung init`.\n"
    )
    assert (done.returncode, done.stderr) == (1, said)
    assert list(tmp_path.iterdir()) == []


def test_init_makes_a_data_folder_with_a_whole_key(tmp_path: Path) -> None:
    assert run(tmp_path / "new" / "home", "init", folder=tmp_path).returncode == 0
    key = tmp_path / "new" / "home" / "secret_key"
    assert len(key.read_text()) == 64
    assert key.stat().st_mode & 0o077 == 0
    assert not list(key.parent.glob(".secret_key*"))


@pytest.mark.parametrize(
    "content", [b"", b"no queue", b"SQLite format 3\0" + b"\0" * 200]
)
def test_a_damaged_queue_is_set_aside(home: Path, content: bytes) -> None:
    (home / "queue.db").write_bytes(content)
    assert run(home, "freeze", "--reason", "test").returncode == 0
    ring = "from app.core.jobs import Bell; from app.core.settings import load; Bell(load()).ring()"
    done = subprocess.run(
        [sys.executable, "-c", ring],
        cwd=PROJECT,
        env={**os.environ, "RUNG_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "bell.silent" not in done.stdout + done.stderr
    assert (home / "queue.db").read_bytes().startswith(b"SQLite format 3")

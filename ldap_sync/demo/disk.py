"""How the demo directory survives: a snapshot in LDIF, a log of the changes since, and a lock on
their folder.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

from ldap_sync.demo.entries import DemoEntry, stored
from ldap_sync.demo.errors import DamagedFolder, FolderInUse, LdapError
from ldap_sync.ldif import read_entries, render_entry
from ldap_sync.ldif_file import MalformedLdif

Record = dict[str, Any]
"""One change as JSON; ``n`` numbers the changes from 1."""

_MARK = "# demo directory up to change "


class Disk:
    """The files of one demo directory.

    ``durable`` off leaves out the fsync per change, for tests that need speed.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.count = 0  # changes ever made
        self.logged = 0  # of them in the log
        self._durable = durable
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder)
        self._log = _open_log(self._changes)

    @property
    def is_new(self) -> bool:
        """Tell whether nothing was ever stored here."""
        return not self._snapshot.exists()

    def load(self) -> Iterator[DemoEntry]:
        """Yield the entries of the snapshot; read ``changes`` afterwards.

        Raises ``DamagedFolder``.
        """
        with self._snapshot.open(encoding="utf-8") as file:
            mark = file.readline()
            try:
                self.count = int(mark.removeprefix(_MARK))
                for entry in read_entries(file):
                    yield stored(entry)
            except (ValueError, MalformedLdif, LdapError) as error:
                raise DamagedFolder(
                    f"{self._snapshot} cannot be read: {error}"
                ) from error

    def changes(self) -> Iterator[Record]:
        """Yield the changes that the snapshot does not hold yet, dropping a last one that was not
        written wholly.
        """
        good = 0
        with self._changes.open("rb") as log:
            for line in log:
                if not line.endswith(b"\n"):
                    # the process died while writing: nobody was told that this change was made
                    break
                record = self._record(line)
                good += len(line)
                self.logged += 1
                if record["n"] > self.count:
                    self.count = record["n"]
                    yield record
        self._cut_log(good)

    def append(self, record: Record) -> None:
        """Write one change so that it survives a crash.

        Raises ``OSError``, then nothing was added.
        """
        start = self._log.tell()
        line = json.dumps({"n": self.count + 1, **record}).encode() + b"\n"
        try:
            if self._log.write(line) != len(line):
                raise OSError(errno.ENOSPC, "no room for the whole change")
            if self._durable:
                os.fsync(self._log.fileno())
        except OSError:
            self._cut_log(start)
            raise
        self.count += 1
        self.logged += 1

    def compact(self, entries: Iterable[DemoEntry]) -> None:
        """Write a new snapshot and empty the log; a crash in between only leaves changes that are
        known by number.
        """
        fresh = self._snapshot.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(f"{_MARK}{self.count}\n")
            for entry in entries:
                file.write(
                    render_entry(
                        entry.dn,
                        {
                            each.name: each.values.values()
                            for each in entry.attributes.values()
                        },
                    )
                )
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._snapshot)
        _sync_folder(self.folder)
        self._cut_log(0)
        self.logged = 0

    def close(self) -> None:
        """Let the files and the lock go."""
        self._log.close()
        os.close(self._lock)

    @property
    def _snapshot(self) -> Path:
        return self.folder / "snapshot.ldif"

    @property
    def _changes(self) -> Path:
        return self.folder / "changes.log"

    def _cut_log(self, length: int) -> None:
        self._log.truncate(length)
        self._log.seek(length)

    def _record(self, line: bytes) -> Record:
        try:
            record: Record = json.loads(line)
            return record | {"n": int(record["n"])}
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedFolder(f"{self._changes} cannot be read: {error}") from error


def reset(folder: Path) -> None:
    """Forget all that a demo directory holds; the next start fills it anew.

    Raises ``FolderInUse``.
    """
    if not folder.is_dir():
        return
    lock = _lock(folder)
    for name in ("snapshot.ldif", "snapshot.new", "changes.log"):
        (folder / name).unlink(missing_ok=True)
    os.close(lock)


def _lock(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise FolderInUse(
            f"The demo directory in {folder} is already running in another process."
        ) from error
    return handle


def _open_log(path: Path) -> FileIO:
    """Open without a buffer: what could not be written must not linger and be written later."""
    return FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)

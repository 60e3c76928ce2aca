"""The demo directory: a small LDAP server inside this process, on loopback only, that keeps its
entries in a folder.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ldap_sync import ldif
from ldap_sync.demo.access import Access
from ldap_sync.demo.accounts import ROOT_PASSWORD
from ldap_sync.demo.company import company_entries
from ldap_sync.demo.disk import Disk
from ldap_sync.demo.entries import Stamp, seeded
from ldap_sync.demo.faults import Faults
from ldap_sync.demo.operations import Operations
from ldap_sync.demo.session import DemoSession
from ldap_sync.demo.store import Store
from ldap_sync.port import Unavailable

Seed = Callable[[], Iterable[ldif.Entry]]
"""Returns the entries of a new directory, the top entry first."""

_HOST = "127.0.0.1"
_SEEDED = Stamp("20260101000000.000000Z#000000#000#000000", "")
_PATIENCE = 5.0


class DemoDirectory:
    """An LDAP server on 127.0.0.1; a new folder is filled from ``seed``, port 0 takes a free one.

    ``cn=admin`` below the top entry may do everything, ``cn=rung-write,ou=services`` may write
    below ou=groups and ou=roles, other entries with a userPassword may read. ``durable`` off leaves
    out the fsync per change.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        *,
        seed: Seed = company_entries,
        durable: bool = True,
    ) -> None:
        self.faults = Faults()
        self._folder = folder
        self._port = port
        self._seed = seed
        self._durable = durable
        self._sessions: dict[socket.socket, threading.Thread] = {}
        self._guard = threading.Lock()

    def start(self) -> Self:
        """Open the folder and listen.

        Raises ``FolderInUse``, ``DamagedFolder`` and ``Unavailable`` (port taken).
        """
        with ExitStack() as undo:
            self._listener = undo.enter_context(self._listen())
            disk = Disk(self._folder, durable=self._durable)
            undo.callback(disk.close)
            self._store = Store(
                disk, lambda: (seeded(entry, _SEEDED) for entry in self._seed())
            )
            undo.pop_all()
        self._access = _access_to(self._store.suffix)
        self._accepting = threading.Thread(
            target=self._accept, name="demo directory", daemon=True
        )
        self._accepting.start()
        return self

    def stop(self) -> None:
        """Hang up on everybody, finish the change at hand and let the folder go."""
        with suppress(OSError):
            self._listener.shutdown(
                socket.SHUT_RDWR
            )  # wakes the thread that waits for clients
        self._listener.close()
        self._accepting.join(_PATIENCE)
        with self._guard:
            sessions = dict(self._sessions)
        for connection in sessions:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in sessions.values():
            thread.join(_PATIENCE)
        self._store.close()

    def url(self) -> str:
        """Return the address for clients."""
        return f"ldap://{_HOST}:{self._port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _listen(self) -> socket.socket:
        try:
            listener = socket.create_server((_HOST, self._port))
        except OSError as error:
            raise Unavailable(
                f"The demo directory cannot listen on port {self._port}: {error.strerror}."
            ) from error
        self._port = listener.getsockname()[1]
        return listener

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except ConnectionAbortedError:
                continue  # that client left before it was served
            except OSError:
                return  # stopped
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = DemoSession(
                connection,
                Operations(self._store, self._access, self.faults),
                self.faults,
            )
            thread = threading.Thread(
                target=self._run,
                args=(connection, session),
                name="demo client",
                daemon=True,
            )
            with self._guard:
                self._sessions[connection] = thread
            thread.start()

    def _run(self, connection: socket.socket, session: DemoSession) -> None:
        try:
            session.run()
        finally:
            with self._guard:
                del self._sessions[connection]


def _access_to(suffix: str) -> Access:
    writer = f"cn=rung-write,ou=services,{suffix}"
    return Access(
        f"cn=admin,{suffix}",
        ROOT_PASSWORD.encode(),
        {writer: (f"ou=groups,{suffix}", f"ou=roles,{suffix}")},
    )

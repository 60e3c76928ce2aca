"""Look live at what an undo would meet, before somebody asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from typing import TypeVar

from app.access.undo.queries import UndoPage
from app.access.undo.whole_queries import RoleUndoPage
from app.core.changes import one
from app.core.errors import RungError
from app.core.parts import Parts, parts
from app.core.said import said
from app.directory.actions import connection_of
from app.models.directory import Directory
from ldap_sync.port import DirectoryError, ReadDirectory
from ldap_sync.values import Connection

LOOK_SECONDS = 5.0
Looked = TypeVar("Looked", UndoPage, RoleUndoPage)
Looking = Callable[[Looked, ReadDirectory, Callable[[], bool]], Looked]


def looked_at(page: Looked, look: Looking[Looked]) -> tuple[Looked, str]:
    """Return the page with how the directory stands now, or why nobody could look; at most five
    seconds pass.
    """
    here = parts()
    try:
        with here.database.read() as session:
            connection = connection_of(
                one(session, Directory, page.directory_id), here.trust
            )
        # A directory that never answers must not hold up this page: the thread is left to its own
        # time limits.
        looking: Future[Looked] = Future()
        threading.Thread(
            target=_look, args=(looking, here, connection, page, look), daemon=True
        ).start()
        return looking.result(LOOK_SECONDS), ""
    except TookTooLong:
        return page, said(
            "The directory did not answer within %(seconds)s seconds.",
            seconds=f"{LOOK_SECONDS:g}",
        )
    except (DirectoryError, RungError) as error:
        return page, str(error)


def _look(
    looking: Future[Looked],
    here: Parts,
    connection: Connection,
    page: Looked,
    look: Looking[Looked],
) -> None:
    ends = time.monotonic() + LOOK_SECONDS * 0.8
    try:
        reader = here.open_reader(connection)
        try:
            looking.set_result(look(page, reader, lambda: time.monotonic() < ends))
        finally:
            reader.close()
    except (DirectoryError, RungError) as error:
        looking.set_exception(error)

"""The parts that ``create_app`` put together, for views and commands to reach from inside an app
context.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from app.core.acting import Acting
from app.core.db import Database
from app.core.settings import Settings, trust_of
from app.core.trust import Trust
from ldap_sync.port import ReadDirectory, WriteDirectory
from ldap_sync.values import Connection

KEY = "rung"
DEMO = "rung.demo"


@dataclass(frozen=True, slots=True)
class Parts:
    """Settings, database, directory doors, clock (UTC now), the bell that wakes the worker, and a
    pause in seconds.
    """

    settings: Settings
    database: Database
    open_reader: Callable[[Connection], ReadDirectory]
    open_writer: Callable[[Connection], WriteDirectory]
    now: Callable[[], datetime]
    ring: Callable[[], None]
    pause: Callable[[float], None] = time.sleep

    @property
    def trust(self) -> Trust:
        """Return what the settings allow to be named and reached."""
        return trust_of(self.settings)

    @contextmanager
    def acting(self, by: str, now: datetime | None = None) -> Iterator[Acting]:
        """Open a transaction for somebody's deed: at this moment, unless another is given. It is
        kept when the block ends well and taken back when it raises.
        """
        with self.database.write() as session:
            yield Acting(session, by, now or self.now(), self.settings)


def parts() -> Parts:
    """Return the parts of the running app."""
    return cast(Parts, current_app.extensions[KEY])

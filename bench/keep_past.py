"""How long a reading of 200,000 memberships takes to be taken over.

Run ``python -m bench.keep_past``.

A first reading, the same again, and one in which a tenth of all rights went to somebody else.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, event

from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from app.directory.actions import read_now
from ldap_sync.values import DirectorySnapshot
from tests.directory.builders import a_directory
from tests.directory.said import Told, group, parts_with, person, snapshot

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def company(people: int, groups: int, shifted: int) -> DirectorySnapshot:
    """Return a company in which everybody is in ten groups; the first ``shifted`` groups have other
    members.
    """
    everybody = [person(f"p{number}") for number in range(people)]
    size = people * 10 // groups
    teams = []
    for number in range(groups):
        start = number * size + (1 if number < shifted else 0) * size // 2
        teams.append(
            group(
                f"g{number}",
                *(everybody[(start + place) % people] for place in range(size)),
            )
        )
    return snapshot(*everybody, *teams)


def timed(name: str, task: Callable[[], object], database: Database) -> None:
    """Print how long a task took and how many rows it wrote."""
    written = 0

    def count(_one: Connection, cursor: object, statement: str, *_more: object) -> None:
        nonlocal written
        if statement.split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE"):
            written += max(getattr(cursor, "rowcount", 0), 0)

    event.listen(database.engine, "after_cursor_execute", count)
    wall, cpu = time.perf_counter(), time.process_time()
    task()
    told = f"{time.perf_counter() - wall:6.2f} s, processor {time.process_time() - cpu:6.2f} s"
    print(f"{name:10} {told}, {written:,} rows written")
    event.remove(database.engine, "after_cursor_execute", count)


def main(people: int = 20_000, groups: int = 2_000) -> None:
    """Take three readings over and say how long each took."""
    with TemporaryDirectory() as home:
        database = Database(f"sqlite:///{Path(home) / 'rung.db'}")
        schema.upgrade(database)
        told, clock = Told(company(people, groups, 0)), [BEGAN]
        settings = Settings(home=Path(home), secret_key="only measured " * 3)
        parts = parts_with(database, settings, told, lambda: clock[0])
        with database.write() as session:
            acme = a_directory(session, bind_dn="").id

        def read() -> None:
            clock[0] += timedelta(days=1)
            read_now(parts, acme, by="bench")

        timed("first", read, database)
        timed("unchanged", read, database)
        told.says = company(people, groups, groups // 5)
        timed("a tenth", read, database)
        database.dispose()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

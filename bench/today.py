"""How fast Today answers with 1,000 and with 100,000 incidents. Run ``python -m bench.today``.

Another number of incidents may follow. 500 of them are open, each seventh in dora's hands and late.
The database is an SQLite file.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from app.auth.rules import NAMES
from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from app.core.waiting import SOURCES, Source, Waiter, find_sources, waiting_for
from app.insight.today.queries import today_of
from bench.queue import OPEN, fill
from tests.catalog.builders import MONDAY
from tests.improvements.builders import counted

ROUNDS = 5


def main(sizes: tuple[int, ...] = (1_000, 100_000)) -> None:
    """Fill a desk and print the best time and the number of queries of the page and of a look."""
    find_sources()
    for size in sizes:
        with TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'today.db'}")
            schema.upgrade(database)
            fill(database, size, OPEN)
            who = Waiter(1, "dora", NAMES, MONDAY, Settings(home=Path(folder)))
            print(f"{size} incidents, {OPEN} of them open")
            _measure(database, who, "page", today_of)
            _measure(database, who, "look", waiting_for)
            for source in SOURCES:
                _measure(database, who, source.__name__, partial(_all_of, source))
            database.dispose()


def _all_of(source: Source, session: Session, who: Waiter) -> object:
    return list(source(session, who))


def _measure(
    database: Database, who: Waiter, name: str, ask: Callable[[Session, Waiter], object]
) -> None:
    figures, asked = [], 0
    for _ in range(ROUNDS):
        with counted(database) as statements, database.read() as session:
            began = time.perf_counter()
            ask(session, who)
            figures.append(time.perf_counter() - began)
            asked = len(statements)
    print(f"  {name:24} {min(figures) * 1000:8.1f} ms  {asked:2} queries")


if __name__ == "__main__":
    main((int(sys.argv[1]),) if len(sys.argv) > 1 else (1_000, 100_000))

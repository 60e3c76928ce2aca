"""How fast a full register answers: 200 improvements with 50,000 values.

Run ``python -m bench.improvements``.

Another number of improvements may follow. The database is an SQLite file of its own, filled at the
start.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from app.core import schema
from app.core.db import Database
from tests.improvements.builders import counted
from tests.improvements.full import EACH, VALUES, fill
from tests.improvements.test_full import READS

ROUNDS = 5


def main(improvements: int = 200) -> None:
    """Fill a register and print the best time and the number of queries of each read."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'full.db'}")
        schema.upgrade(database)
        fill(database, improvements)
        print(
            f"{improvements} improvements, {improvements * EACH} iterations, "
            f"{improvements * VALUES} values"
        )
        for name, (asked, _) in READS.items():
            figures = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                with counted(database) as statements, database.read() as session:
                    asked(session)
                figures.append(time.perf_counter() - began)
            print(
                f"{name:12} {min(figures) * 1000:8.1f} ms  {len(statements):3} queries"
            )
        database.dispose()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

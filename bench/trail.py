"""How much processor the audit trail takes to write, sealed and plain, and to verify from end to
end.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from app.core import audit, schema
from app.core.db import Database

EVENTS = 20_000
BATCH = 100


def written(database: Database) -> float:
    """Record the events, some in each transaction; return the seconds of processor it took."""
    began = time.process_time()
    for start in range(0, EVENTS, BATCH):
        with database.write() as session:
            for number in range(start, start + BATCH):
                audit.record(
                    session,
                    "anna",
                    "x.do",
                    f"x:{number}",
                    f"Did {number}",
                    before=number,
                    after=number + 1,
                )
    return time.process_time() - began


def verified(database: Database) -> float:
    """Walk the chain; return the seconds of processor it took."""
    began = time.process_time()
    with database.read() as session:
        assert audit.verify(session) is None
    return time.process_time() - began


def main() -> None:
    """Measure a plain and a sealed trail on SQLite, one after the other."""
    with TemporaryDirectory() as name:
        for kind, key in (("plain", None), ("sealed", Path(name) / "audit_key")):
            database = Database(f"sqlite:///{name}/{kind}.db", audit_key=key)
            schema.upgrade(database)
            took, walked = written(database), verified(database)
            database.dispose()
            print(
                f"{kind}: {took / EVENTS * 1e6:.0f} µs an event, verified {EVENTS:,} in "
                f"{walked:.2f} s"
            )


if __name__ == "__main__":
    main()

"""How fast the queue answers with 1,000 and with 100,000 incidents. Run ``python -m bench.queue``.

Another number of incidents may follow, and the share that is open in percent. The database is an
SQLite file.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from app.core import schema
from app.core.db import Database
from app.incidents.queue.queries import View, counts, queue_lines, viewer_of
from app.models.incidents.incident import Incident
from app.models.incidents.words import IncidentState
from tests.catalog.builders import MONDAY, a_service, a_site, a_team
from tests.improvements.builders import counted

ROUNDS = 5
OPEN = 500
"""How many are open at either size, unless said: what piles up in years is closed."""


def main(sizes: tuple[int, ...] = (1_000, 100_000), share_open: float = 0) -> None:
    """Fill a desk and print the best time and the number of queries of each read."""
    for size in sizes:
        with TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'queue.db'}")
            schema.upgrade(database)
            opened = int(size * share_open / 100) if share_open else OPEN
            fill(database, size, opened)
            print(f"{size} incidents, {opened} of them open")
            for name, ask in READS.items():
                _measure(database, name, ask)
            database.dispose()


def fill(database: Database, size: int, opened: int) -> None:
    """Put so many incidents there, ``opened`` of them open, in two teams, one service and ten
    sites.
    """
    teams = [a_team(database, "Tills", "dora"), a_team(database, "Admins")]
    service = a_service(database, owner="dora", team_id=teams[0])
    sites = [a_site(database, f"Site {weight}", weight) for weight in range(1, 11)]
    with database.write() as session:
        session.info["audit_events"] = 1
        for first in range(0, size, 5_000):
            numbers = range(first, min(first + 5_000, size))
            session.execute(
                insert(Incident),
                [
                    _row(number, number < opened, teams, service, sites)
                    for number in numbers
                ],
            )
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _row(
    number: int, is_open: bool, teams: list[int], service: int, sites: list[int]
) -> dict[str, object]:
    priority, at = number % 5 + 1, MONDAY - timedelta(minutes=number)
    return {
        "title": f"Till {number} does not start",
        "state": IncidentState.ASSIGNED if is_open else IncidentState.CLOSED,
        "is_open": is_open,
        "requester": f"Person {number % 997}",
        "service_id": service,
        "site_id": sites[number % 10],
        "site_weight": number % 10 + 1,
        "impact": 2,
        "urgency": 2,
        "priority": priority,
        "rank": priority,
        "target_at": at + timedelta(hours=8),
        "team_id": teams[number % 2],
        "agent": "dora" if number % 7 == 0 else "",
        "touched_at": at,
        "reported_at": at,
        "mail_token": f"{number:010x}",
        "created_by": "bench",
    }


READS = {
    "first page": lambda session, viewer: queue_lines(session, viewer),
    "my team": lambda session, viewer: queue_lines(session, viewer, View.TEAM),
    "my services": lambda session, viewer: queue_lines(session, viewer, View.SERVICES),
    "counts": counts,
    "search": lambda session, viewer: queue_lines(session, viewer, words="till 499"),
}


def _measure(database: Database, name: str, ask: object) -> None:
    figures = []
    for _ in range(ROUNDS):
        with counted(database) as statements, database.read() as session:
            viewer = viewer_of(session, "dora", MONDAY)
            before = len(statements)
            began = time.perf_counter()
            ask(session, viewer)  # type: ignore[operator]
            figures.append(time.perf_counter() - began)
            asked = len(statements) - before
    print(f"  {name:12} {min(figures) * 1000:8.1f} ms  {asked:2} queries")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        (int(arguments[0]),) if arguments else (1_000, 100_000),
        float(arguments[1]) if len(arguments) > 1 else 0,
    )

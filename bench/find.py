"""How fast anything is found with 1,000 and with 100,000 incidents and 20,000 people.

Run ``python -m bench.find``. Another number of incidents, and of people, may follow. The database
is an SQLite file, unless ``RUNG_BENCH_URL`` names an empty one of PostgreSQL.
"""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core import schema
from app.core.db import Database
from app.core.finding import Finder, Question
from app.core.names import renew
from app.core.search import SearchText
from app.factory import FOUND_IN
from app.models.directory import Directory, Entitlement
from app.models.incidents.incident import Incident
from app.models.people import Person
from bench.queue import fill as fill_desk
from tests.directory.builders import NOW, a_directory
from tests.improvements.builders import counted

ROUNDS = 7
AT_ONCE = 5_000
FIRST = (
    "Adèle",
    "Max",
    "Søren",
    "Piet",
    "Léa",
    "Karim",
    "Zoé",
    "Ines",
    "Jules",
    "Priit",
)
LAST = ("Petit", "Muster", "Łuk", "de-Vries", "Perrin", "Benali", "Caron", "Saar")
ASKED = ("p", "pe", "till", "till 4711", "4711", "adele pet", "user9", "xyzzy")


def main(
    sizes: tuple[tuple[int, int], ...] = ((1_000, 500), (100_000, 20_000)),
) -> None:
    """Fill a company and print the best time and the number of queries of each question."""
    for incidents, people in sizes:
        with TemporaryDirectory() as folder:
            usual = f"sqlite:///{Path(folder) / 'find.db'}"
            database = Database(os.environ.get("RUNG_BENCH_URL", usual))
            schema.upgrade(database)
            fill_desk(database, incidents, 500)
            fill(database, people)
            print(f"{incidents} incidents, {people} people, {people // 4} rights")
            for text in ASKED:
                _measure(database, text)
            database.dispose()


def fill(database: Database, people: int) -> None:
    """Put so many people there, a right for each fourth, and the words of all incidents."""
    with database.write() as session:
        directory = a_directory(session)
        session.info["audit_events"] = 1
        for first in range(0, people, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, people))
            session.execute(insert(Person), [_person(directory, at) for at in numbers])
        rights = [_right(directory, at) for at in range(people // 4)]
        session.execute(insert(Entitlement), rights)
        for model in (Person, Entitlement):
            renew(session, model, list(session.scalars(select(model.id))))
        _index_incidents(session)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _index_incidents(session: Session) -> None:
    rows = session.execute(
        select(Incident.id, Incident.title, Incident.requester)
    ).all()
    for first in range(0, len(rows), AT_ONCE):
        session.execute(
            insert(SearchText),
            [
                {
                    "kind": "incident",
                    "row_id": row.id,
                    "title": f"{row.id} {row.title.lower()}",
                    "body": f"{row.requester.lower()} printer password screen",
                }
                for row in rows[first : first + AT_ONCE]
            ],
        )


def _person(directory: Directory, at: int) -> dict[str, Any]:
    name = f"{FIRST[at % len(FIRST)]} {LAST[at % len(LAST)]} {at // 120}"
    return {
        "directory_id": directory.id,
        "key": f"key-{at}",
        "dn": f"uid=user{at}",
        "uid": f"user{at}",
        "name": name,
        "mail": f"user{at}@acme.test",
        "site": f"Site {at % 40}",
        "first_seen": NOW,
    }


def _right(directory: Directory, at: int) -> dict[str, Any]:
    return {
        "directory_id": directory.id,
        "key": f"right-{at}",
        "dn": f"cn=app{at}",
        "cn": f"app{at}-users",
        "description": f"Write in the program {at}",
        "attribute": "member",
        "first_seen": NOW,
    }


def _finders() -> list[Finder]:
    rooms = (import_module(name) for name in FOUND_IN)
    return [finder for room in rooms for finder in getattr(room, "FINDERS", ())]


def _measure(database: Database, text: str) -> None:
    finders, asked, spent = _finders(), Question.of(text), []
    each: dict[str, float] = {}
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with database.read() as session:
            for finder in finders:
                before = time.perf_counter()
                finder.find(session, asked)
                took = (time.perf_counter() - before) * 1000
                each[finder.key] = min(took, each.get(finder.key, took))
        spent.append((time.perf_counter() - begun) * 1000)
    with counted(database) as seen, database.read() as session:
        found = sum(finder.find(session, asked).total for finder in finders)
    slowest = max(each, key=lambda key: each[key])
    print(
        f"  {text!r:14} {min(spent):7.1f} ms  {len(seen)} queries  {found:5} found  "
        f"slowest: {slowest} {each[slowest]:.1f} ms"
    )


if __name__ == "__main__":
    given = [int(number) for number in sys.argv[1:]]
    main(((given[0], given[1] if len(given) > 1 else 20_000),)) if given else main()

"""How long many people of a rung take: asked by site, moved on, accepted, taken back.

Run ``python -m bench.crowd``; another number of people may follow.

The database is an SQLite file of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.core import schema
from app.core.db import Database
from app.improvements.crowd.actions import ask_many, move_many, take_back
from app.improvements.crowd.queries import CrowdFilter, crowd_ids
from app.improvements.people.actions import MoveSaid
from app.models.improvements.words import ParticipationState
from tests.improvements.builders import Room, counted
from tests.improvements.crowd.builders import LYON, people_at


def main(people: int = 300) -> None:
    """Ask and move so many people and print the time and the number of statements of each."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'crowd.db'}")
        schema.upgrade(database)
        room = Room(database)
        people_at(room, people)
        rung = room.running(*room.begun(), "Ada")
        print(f"{people} people")
        _timed(database, "asked", lambda: room.do(ask_many, rung, LYON))
        told = MoveSaid(room.now, "It broke", "Their team leads")
        for state in ParticipationState.SWITCHED, ParticipationState.ACCEPTED:
            everybody = room.ask(crowd_ids, rung, CrowdFilter())
            done = _timed(
                database,
                state.value,
                lambda ids=everybody, to=state: room.do(move_many, rung, ids, to, told),
            )
        _timed(database, "taken back", lambda: room.do(take_back, rung, done.event))
        database.dispose()


def _timed(database: Database, name: str, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    with counted(database) as statements:
        found = work()
    took = (time.perf_counter() - began) * 1000
    print(f"{name:12} {took:8.1f} ms  {len(statements):3} statements")
    return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

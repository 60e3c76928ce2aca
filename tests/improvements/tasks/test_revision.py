"""Next steps of before become tasks, and going back keeps them as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import MetaData, Table

from app.core import schema
from app.core.db import Database
from tests.foundation.test_past_revisions import Old

DUE = date(2026, 1, 9)
WORDS = {
    "state": "in progress",
    "kind": "process",
    "source": "idea",
    "funding": "unknown",
}


@pytest.fixture
def old(empty_url: str) -> Iterator[Old]:
    database = Database(empty_url)
    yield Old(database, "0039")
    database.dispose()


def put(old: Old, **values: str) -> None:
    with old.database.migrating() as connection, connection.begin():
        table = Table("improvement", MetaData(), autoload_with=connection)
        connection.execute(table.update().where(table.c.id == 1).values(**values))


def test_each_next_step_becomes_the_first_task_and_back(old: Old) -> None:
    step = {"next_what": "Ask Ada", "next_due": DUE}
    old.add("operator", {"id": 1, "name": "Ben"})
    old.add(
        "improvement",
        {**WORDS, "id": 1, "title": "Calls", **step, "next_who": "ben"},
        {
            **WORDS,
            **step,
            "id": 2,
            "title": "Chat",
            "next_who": "Anna",
            "owner": "Anna",
            "owner_person_id": 1,
        },
        {**WORDS, "id": 3, "title": "Nothing next"},
    )
    columns = ("title", "next_what", "next_who", "next_due")
    before = old.rows("improvement", *columns)
    for _ in range(2):
        schema.upgrade(old.database, "0045")
        names = ("improvement_id", "state", "what", "owner", "due")
        assert old.rows("improvement_task", *names) == [
            (1, "open", "Ask Ada", "ben", DUE),
            (2, "open", "Ask Ada", "Anna", DUE),
        ]
        ids = ("owner_operator_id", "owner_person_id")
        assert old.rows("improvement_task", *ids) == [(1, None), (None, 1)]
        schema.upgrade(old.database, "0048")
        assert old.rows("improvement", *columns) == before
        put(old, state="rejected", closed_why="No")
        schema.downgrade(old.database, "0051")
        assert old.rows("improvement", "state", "stop_learning")[0] == ("stopped", "No")
        schema.downgrade(old.database, "0039")
        assert old.rows("improvement", *columns) == before

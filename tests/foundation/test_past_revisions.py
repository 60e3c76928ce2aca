"""What the revisions about the past make of readings and memberships that were there before, up and
down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Column, MetaData, Table, insert, select

from app.core import schema
from app.core.db import Database

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=number) for number in (1, 2, 3))
NOON = timedelta(hours=3)


class Old:
    """An installation at an earlier revision, filled row by row with what that revision's tables
    ask for.
    """

    def __init__(self, database: Database, revision: str) -> None:
        self.database = database
        schema.upgrade(database, revision)
        self.add(
            "directory", {"id": 1, "name": "Acme"}, {"id": 2, "name": "Never read"}
        )
        self.add(
            "person",
            *(
                person(number, uid)
                for number, uid in enumerate(("anna", "ben", "cleo"), 1)
            ),
        )
        self.add(
            "entitlement",
            *(
                right(number, cn)
                for number, cn in enumerate(("mail", "vpn", "team"), 1)
            ),
        )

    def add(self, name: str, *rows: Mapping[str, Any]) -> None:
        with self.database.migrating() as connection, connection.begin():
            table = Table(name, MetaData(), autoload_with=connection)
            usual = {
                column.name: usual_value(column)
                for column in table.columns
                if not column.nullable
            }
            usual.pop("id", None)
            for row in rows:
                connection.execute(insert(table).values({**usual, **row}))

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        with self.database.migrating() as connection:
            table = Table(name, MetaData(), autoload_with=connection)
            found = connection.execute(
                select(*(table.c[column] for column in columns)).order_by(table.c.id)
            )
            return [tuple(aware(value) for value in row) for row in found]

    def reading(
        self, state: str, at: datetime, directory: int = 1, **other: Any
    ) -> None:
        self.add(
            "reading",
            {
                "directory_id": directory,
                "state": state,
                "started_at": at,
                "ended_at": at,
                **other,
            },
        )

    def membership(
        self, right: int, person: int | None, since: datetime, **other: Any
    ) -> None:
        kind = "person" if person else "group"
        self.add(
            "membership",
            {
                "entitlement_id": right,
                "person_id": person,
                "kind": kind,
                "since": since,
                **other,
            },
        )


def usual_value(column: Column[Any]) -> Any:
    if isinstance(column.type, JSON):
        return []
    return "unknown" if column.name == "lens" else SAMPLES[column.type.python_type]


SAMPLES: dict[type, object] = {datetime: MONDAY, int: 0, bool: False, str: ""}


def person(number: int, uid: str) -> dict[str, Any]:
    return {
        "id": number,
        "directory_id": 1,
        "key": uid,
        "dn": uid,
        "uid": uid,
        "name": uid.capitalize(),
    }


def right(number: int, cn: str) -> dict[str, Any]:
    return {
        "id": number,
        "directory_id": 1,
        "key": cn,
        "dn": cn,
        "cn": cn,
        "attribute": "member",
    }


def aware(value: Any) -> Any:
    return (
        value.replace(tzinfo=UTC)
        if isinstance(value, datetime) and value.tzinfo is None
        else value
    )


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.dispose()


@pytest.fixture
def before(empty: Database) -> Old:
    """Three readings of which one failed, memberships of several ages, and a directory that was
    never read.
    """
    old = Old(empty, "0009")
    old.reading("complete", MONDAY)
    old.reading("complete", TUESDAY)
    old.reading("refused", WEDNESDAY)
    old.membership(1, 1, MONDAY)
    old.membership(1, 2, TUESDAY)
    old.membership(2, 3, MONDAY + NOON)
    return old


def test_the_record_begins_with_the_last_complete_reading(before: Old) -> None:
    schema.upgrade(before.database, "0010")
    assert before.rows("directory", "name", "known_since") == [
        ("Acme", TUESDAY),
        ("Never read", None),
    ]
    assert before.rows("past_membership", "id") == []


def test_a_change_of_rung_after_the_last_reading_begins_the_record_later(
    before: Old,
) -> None:
    before.membership(3, 3, THURSDAY)
    schema.upgrade(before.database, "0010")
    assert before.rows("directory", "known_since")[0] == (THURSDAY,)


def test_a_directory_of_which_no_reading_was_complete_has_no_record(
    empty: Database,
) -> None:
    old = Old(empty, "0009")
    old.reading("refused", MONDAY)
    old.reading("waiting", TUESDAY, ended_at=None)
    schema.upgrade(empty, "0010")
    assert old.rows("directory", "known_since") == [(None,), (None,)]


def test_each_membership_knows_the_reading_that_did_not_see_it_yet(before: Old) -> None:
    schema.upgrade(before.database, "0010")
    assert before.rows("membership", "person_id", "since", "absent_at") == [
        (1, MONDAY, None),  # the first reading saw it: nothing is known before
        (2, TUESDAY, MONDAY),
        (3, MONDAY + NOON, MONDAY),
    ]


def test_readings_of_another_directory_prove_nothing(before: Old) -> None:
    before.reading("complete", MONDAY - NOON, directory=2)
    schema.upgrade(before.database, "0010")
    assert before.rows("membership", "absent_at")[0] == (None,)
    assert before.rows("directory", "known_since")[1] == (MONDAY - NOON,)


def test_going_back_takes_only_what_came_with_the_revision(before: Old) -> None:
    kept = ("id", "entitlement_id", "person_id", "kind", "value", "since")
    memberships, readings = (
        before.rows("membership", *kept),
        before.rows("reading", "id", "state", "ended_at"),
    )
    for _ in range(2):
        schema.upgrade(before.database, "0010")
        schema.downgrade(before.database, "0009")
    assert before.rows("membership", *kept) == memberships
    assert before.rows("reading", "id", "state", "ended_at") == readings


@pytest.fixture
def told(empty: Database) -> Old:
    """Two readings with a past, as the revision that tells from intervals finds and leaves them."""
    old = Old(empty, "0013")
    old.reading("complete", MONDAY)
    old.reading("complete", TUESDAY)
    old.membership(1, 1, MONDAY)
    old.membership(1, 2, TUESDAY, absent_at=MONDAY)
    old.membership(1, 2, TUESDAY, absent_at=MONDAY, value="another spelling")
    old.membership(1, None, TUESDAY, absent_at=MONDAY, child_id=3)
    old.membership(2, 1, TUESDAY, absent_at=TUESDAY)  # Rung itself, in that very moment
    past = {
        "entitlement_id": 2,
        "absent_at": None,
        "since": MONDAY,
        "until": TUESDAY,
        "last_seen": MONDAY,
    }
    old.add(
        "past_membership",
        {**past, "person_id": 3, "ended": "taken"},
        {**past, "person_id": 1, "ended": "switch"},
    )
    return old


TOLD = [
    (2, "given", "Ben (ben) was given mail.", 2, 1),
    (2, "given", "Group team was put into mail.", None, 1),
    (2, "taken", "Cleo (cleo) no longer has vpn.", 3, 2),
]


def sentences(old: Old) -> list[tuple[Any, ...]]:
    columns = ("reading_id", "kind", "text", "person_id", "entitlement_id")
    return sorted(old.rows("reading_change", *columns), key=str)


def test_versions_before_find_a_sentence_for_every_right_given_or_taken(
    told: Old,
) -> None:
    schema.downgrade(told.database, "0012")
    assert sentences(told) == TOLD
    schema.upgrade(told.database, "0013")
    schema.downgrade(told.database, "0012")
    assert sentences(told) == TOLD


def test_sentences_that_were_kept_stay_and_no_second_one_is_made(told: Old) -> None:
    kept = {
        "reading_id": 2,
        "kind": "given",
        "text": "Benno (ben) was given mail.",
        "person_id": 2,
    }
    told.add("reading_change", {**kept, "entitlement_id": 1})
    schema.downgrade(told.database, "0012")
    assert sentences(told) == [
        (2, "given", "Benno (ben) was given mail.", 2, 1),
        TOLD[2],
    ]

"""The audit trail: whole chains hold, any tampering is found, and the database itself refuses to
change an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core import audit
from app.core.db import Database
from tests.conftest import Clock
from tests.databases import SERVER, Shelf

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
)
EVENTS = st.lists(st.tuples(TEXTS, TEXTS, VALUES, VALUES), min_size=1, max_size=6)
COLUMNS = (
    "at",
    "actor",
    "action",
    "subject",
    "label",
    "before",
    "after",
    "reason",
    "previous",
    "hash",
)


@pytest.fixture(scope="module")
def unguarded(
    databases: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database whose triggers somebody with full access has taken away, as a tamperer would."""
    with databases.copy(tmp_path_factory.mktemp("unguarded")) as url:
        database = Database(url)
        with database.write() as session:
            names = (
                ["audit_event_no_update", "audit_event_no_delete"]
                if database.is_sqlite
                else ["audit_event_no_change"]
            )
            for name in names:
                session.execute(
                    text(
                        f"DROP TRIGGER {name}"
                        + ("" if database.is_sqlite else " ON audit_event")
                    )
                )
        yield database
        database.dispose()


def emptied(database: Database) -> Database:
    with database.write() as session:
        session.execute(text("DELETE FROM audit_event"))
        session.execute(
            text("UPDATE audit_head SET hash = :start"), {"start": audit.START}
        )
    return database


def told(database: Database, events: list[tuple[str, str, Any, Any]]) -> list[int]:
    """Record the events and return their ids."""
    ids = []
    for actor, label, before, after in events:
        with database.write() as session:
            ids.append(
                audit.record(
                    session, actor, "x.do", "x:1", label, before=before, after=after
                ).id
            )
    return ids


def broken(database: Database) -> audit.Broken | None:
    with database.read() as session:
        return audit.verify(session)


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert broken(database) is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_what_was_recorded_verifies(
    unguarded: Database, events: list[tuple[str, str, Any, Any]]
) -> None:
    told(emptied(unguarded), events)
    assert broken(unguarded) is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, data=st.data())
def test_any_changed_column_of_any_event_is_found_and_named(
    unguarded: Database, events: list[tuple[str, str, Any, Any]], data: st.DataObject
) -> None:
    ids = told(emptied(unguarded), events)
    target, column = (
        data.draw(st.sampled_from(ids)),
        data.draw(st.sampled_from(COLUMNS)),
    )
    forged = "2001-01-01 00:00:00" if column == "at" else '"forged"'
    with unguarded.write() as session:
        session.execute(
            text(f'UPDATE audit_event SET "{column}" = :forged WHERE id = :id'),
            {"forged": forged, "id": target},
        )
    found = broken(unguarded)
    assert found is not None
    assert found.id == target


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, data=st.data())
def test_any_removed_event_is_found(
    unguarded: Database, events: list[tuple[str, str, Any, Any]], data: st.DataObject
) -> None:
    ids = told(emptied(unguarded), events)
    target = data.draw(st.sampled_from(ids))
    with unguarded.write() as session:
        session.execute(text("DELETE FROM audit_event WHERE id = :id"), {"id": target})
    found = broken(unguarded)
    assert found is not None
    assert found.id == (ids[ids.index(target) + 1] if target != ids[-1] else 0)


def test_two_events_that_changed_places_are_found(unguarded: Database) -> None:
    first, second = told(
        emptied(unguarded), [("anna", "one", None, None), ("anna", "two", None, None)]
    )
    with unguarded.write() as session:
        for old, new in ((first, -1), (second, first), (-1, second)):
            session.execute(
                text("UPDATE audit_event SET id = :new WHERE id = :old"),
                {"old": old, "new": new},
            )
    assert broken(unguarded) is not None


VALUES_OF_ANOTHER = """
INTO audit_event (id, at, actor, action, subject, label, "before", "after", reason, previous, hash)
SELECT id, at, 'nobody', action, subject, label, "before", "after", reason, previous, hash
FROM audit_event"""
ANYWHERE = [
    "UPDATE audit_event SET actor = 'nobody'",
    "DELETE FROM audit_event",
    f"INSERT {VALUES_OF_ANOTHER} WHERE true ON CONFLICT (id) DO UPDATE SET actor = 'nobody'",
    f"INSERT {VALUES_OF_ANOTHER} WHERE true ON CONFLICT (hash) DO UPDATE SET actor = 'nobody'",
]
ON_SQLITE = [
    f"INSERT OR REPLACE {VALUES_OF_ANOTHER}",
    f"INSERT OR REPLACE {VALUES_OF_ANOTHER.replace('SELECT id', 'SELECT id + 100')}",
    f"REPLACE {VALUES_OF_ANOTHER}",
    f"INSERT OR IGNORE {VALUES_OF_ANOTHER}",
    "UPDATE OR REPLACE audit_event SET actor = 'nobody'",
    "UPDATE OR IGNORE audit_event SET actor = 'nobody'",
]
ON_SERVERS = ["TRUNCATE audit_event", "TRUNCATE audit_event CASCADE"]


@pytest.mark.parametrize(
    "statement", [*ANYWHERE, *(ON_SERVERS if SERVER else ON_SQLITE)]
)
def test_the_database_refuses_to_change_an_event(
    database: Database, statement: str
) -> None:
    told(database, [("anna", "was here", None, None)])
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(statement))
    assert broken(database) is None


def test_values_are_kept_as_they_can_be_read_back(database: Database) -> None:
    told(database, [("anna", "keys and tuples", {10: (1, 2), 9: {"ä": None}}, "’")])
    assert broken(database) is None


def test_several_events_in_one_transaction_follow_each_other(
    database: Database, clock: Clock
) -> None:
    with database.write() as session:
        events = [
            audit.record(session, "anna", "x.do", "x:1", str(number), at=clock())
            for number in range(3)
        ]
    assert [event.previous for event in events] == [
        audit.START,
        events[0].hash,
        events[1].hash,
    ]
    assert broken(database) is None


def test_an_event_says_when_it_was_told(database: Database, clock: Clock) -> None:
    with database.write() as session:
        audit.record(session, "anna", "x.do", "x:1", "then", at=clock())
        now = audit.record(session, "anna", "x.do", "x:1", "now")
    assert abs((datetime.now(UTC) - now.at).total_seconds()) < 60
    with database.read() as session:
        assert (
            session.scalars(
                select(audit.AuditEvent.at).where(audit.AuditEvent.label == "then")
            ).one()
            == clock()
        )


def test_a_chain_from_several_writers_at_once_is_whole(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda number: told(database, [("anna", str(number), None, None)] * 5),
                range(4),
            )
        )
    with database.read() as session:
        assert audit.count(session) == 20
    assert broken(database) is None

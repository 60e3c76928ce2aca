"""The database: no change without its event, moments keep their zone, and failures are one
sentence.
"""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    Executable,
    column,
    create_engine,
    delete,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from app.core import audit
from app.core.db import Database, UnauditedChange, UTCTime
from app.core.errors import Away, Invalid
from app.models.auth import Operator
from app.models.directory import Freeze, Lease
from tests.conftest import Clock

MOMENTS = st.datetimes(
    datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()
)


def an_operator(clock: Clock, name: str = "anna") -> Operator:
    return Operator(name=name, created_at=clock())


def names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Operator.name).order_by(Operator.name)))


def test_a_change_with_its_event_is_kept(database: Database, clock: Clock) -> None:
    with database.write() as session:
        session.add(an_operator(clock))
        audit.record(session, "console", "operator.add", "operator:1", "Added anna")
    assert names(database) == ["anna"]


def test_a_new_row_without_an_event_is_not_committed(
    database: Database, clock: Clock
) -> None:
    with pytest.raises(UnauditedChange), database.write() as session:
        session.add(an_operator(clock))
    assert names(database) == []


def test_a_changed_row_without_an_event_is_not_committed(
    database: Database, clock: Clock
) -> None:
    test_a_change_with_its_event_is_kept(database, clock)
    with pytest.raises(UnauditedChange), database.write() as session:
        session.scalars(select(Operator)).one().name = "bert"
    assert names(database) == ["anna"]


def test_a_deleted_row_without_an_event_is_not_committed(
    database: Database, clock: Clock
) -> None:
    test_a_change_with_its_event_is_kept(database, clock)
    with pytest.raises(UnauditedChange), database.write() as session:
        session.delete(session.scalars(select(Operator)).one())
    assert names(database) == ["anna"]


@pytest.mark.parametrize(
    "statement",
    [
        update(Operator).values(name="bert"),
        delete(Operator),
        delete(Operator.__table__),
        insert(Freeze).values(
            at=datetime(2026, 1, 1, tzinfo=UTC), by="x", reason="", lifted_by=""
        ),
        update(Operator.__table__).values(name="bert"),
        update(table("operator", column("name"))).values(name="bert"),
        delete(table("operator")),
        insert(table("site", column("name"))).from_select(
            ["name"], select(Operator.name)
        ),
        insert(table("freeze", column("by"))).values(by="x"),
        text("UPDATE operator SET name = 'bert'"),
        text("update  Operator set name = 'bert'"),
        text("UPDATE \"operator\" SET name = 'bert'"),
        text("DELETE FROM operator"),
        text("WITH gone AS (SELECT 1) DELETE FROM operator"),
    ],
)
def test_a_bulk_change_without_an_event_is_not_committed(
    database: Database, clock: Clock, statement: Executable
) -> None:
    test_a_change_with_its_event_is_kept(database, clock)
    with (
        pytest.raises((UnauditedChange, IntegrityError)) as refused,
        database.write() as session,
    ):
        try:
            session.execute(statement)
        except IntegrityError:  # a half row: the guard still knows of it
            assert session.info["changed"]
            raise
    assert refused.value
    assert names(database) == ["anna"]


def test_another_rooms_table_is_guarded_by_its_name(
    database: Database, clock: Clock
) -> None:
    with pytest.raises(UnauditedChange), database.write() as session:
        session.execute(
            update(table("incident", column("site_weight"))).values(site_weight=2)
        )


def test_an_event_taken_back_with_its_savepoint_does_not_count(
    database: Database, clock: Clock
) -> None:
    with pytest.raises(UnauditedChange), database.write() as session:
        session.add(an_operator(clock))
        session.flush()
        inner = session.begin_nested()
        audit.record(session, "console", "operator.add", "operator:1", "Added anna")
        inner.rollback()
    assert names(database) == []


def test_a_change_in_a_savepoint_is_told_by_an_event_around_it(
    database: Database, clock: Clock
) -> None:
    with database.write() as session:
        with session.begin_nested():
            session.add(an_operator(clock))
        audit.record(session, "console", "operator.add", "operator:1", "Added anna")
    assert names(database) == ["anna"]


def test_a_change_taken_back_with_its_savepoint_needs_no_event(
    database: Database, clock: Clock
) -> None:
    with database.write() as session:
        inner = session.begin_nested()
        session.add(an_operator(clock))
        inner.rollback()
    assert names(database) == []


def test_a_journal_needs_no_event(database: Database, clock: Clock) -> None:
    with database.write() as session:
        session.execute(text("SELECT 1"))
        session.execute(delete(Lease))


def test_nothing_done_while_reading_is_kept(database: Database, clock: Clock) -> None:
    with database.read() as session:
        session.add(an_operator(clock))
        session.flush()
    assert names(database) == []


@given(MOMENTS)
def test_a_moment_comes_back_as_the_same_moment(moment: datetime) -> None:
    engine = create_engine("sqlite://")
    kind = UTCTime()
    stored = kind.process_bind_param(moment, engine.dialect)
    assert stored is not None
    assert kind.process_result_value(
        stored.replace(tzinfo=None), engine.dialect
    ) == moment.astimezone(UTC)
    engine.dispose()


def test_moments_are_stored_in_utc(database: Database) -> None:
    noon_in_tokyo = datetime(2026, 5, 1, 12, 0, tzinfo=timezone(timedelta(hours=9)))
    with database.write() as session:
        session.add(Operator(name="anna", created_at=noon_in_tokyo))
        audit.record(session, "console", "operator.add", "operator:1", "Added anna")
    with database.read() as session:
        kept = session.scalars(select(Operator.created_at)).one()
    assert kept == noon_in_tokyo
    assert kept.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UTCTime().process_bind_param(
            datetime(2026, 5, 1), create_engine("sqlite://").dialect
        )


def test_a_locked_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'locked.db'}", patience_seconds=0.05)
    with closing(
        sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    ) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        message = "locked by another process; nothing was changed"
        with pytest.raises(Away, match=message) as told, database.write() as session:
            session.execute(text("SELECT 1"))
    assert told.value.exit_code == 4
    database.dispose()


def test_missing_tables_are_told_with_the_command_that_helps(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(Away, match="rung db upgrade"):
        names(database)
    database.dispose()


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    database = Database("postgresql://rung:hidden@127.0.0.1:9/rung")
    with pytest.raises(Away, match="The database cannot be reached") as told:
        names(database)
    assert "hidden" not in str(told.value)
    database.dispose()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://h/d", "sqlite://", "oracle+x://h"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="database_url"):
        Database(url)


def test_two_writers_on_the_embedded_database_wait_for_each_other(
    database: Database, clock: Clock
) -> None:
    def count_up(_: int) -> None:
        with database.write() as session:
            operator = session.scalars(select(Operator).with_for_update()).one()
            operator.permissions = [*operator.permissions, "x"]
            audit.record(
                session, "console", "operator.change", "operator:1", "One more"
            )

    test_a_change_with_its_event_is_kept(database, clock)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(20)))
    with database.read() as session:
        assert len(session.scalars(select(Operator.permissions)).one()) == 20

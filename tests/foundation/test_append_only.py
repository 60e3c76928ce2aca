"""Rows that may only be added: no statement an ordinary account can write changes or removes
one.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import UniqueConstraint, text
from sqlalchemy.exc import DBAPIError

from app.core import schema
from app.core.db import Base, Database
from tests.databases import SERVER
from tests.rows import APPEND_ONLY, fill

EVERYWHERE = (
    "UPDATE {t} SET id = id",
    "UPDATE {t} SET id = id + 100 WHERE id = 1",
    "UPDATE {t} SET {c} = {c}",
    "UPDATE {t} SET {c} = {c} WHERE id IN (SELECT id FROM {t})",
    "UPDATE {t} SET {c} = {c} RETURNING id",
    "WITH chosen AS (SELECT id FROM {t}) UPDATE {t} SET {c} = {c} WHERE id IN (SELECT id FROM "
    "chosen)",
    "DELETE FROM {t}",
    "DELETE FROM {t} WHERE id = 1",
    "DELETE FROM {t} RETURNING id",
    "WITH chosen AS (SELECT id FROM {t}) DELETE FROM {t} WHERE id IN (SELECT id FROM chosen)",
    "INSERT INTO {t} SELECT * FROM {t} WHERE true ON CONFLICT (id) DO UPDATE SET {c} = "
    "excluded.{c}",
    "INSERT INTO {t} SELECT * FROM {t} WHERE true ON CONFLICT (id) DO UPDATE SET id = "
    "excluded.id + 100",
)
ON_SQLITE = (
    "INSERT OR REPLACE INTO {t} SELECT * FROM {t}",
    "REPLACE INTO {t} SELECT * FROM {t}",
    "INSERT OR IGNORE INTO {t} SELECT * FROM {t}",
    "INSERT INTO {t} SELECT * FROM {t} WHERE true ON CONFLICT DO NOTHING",
    "UPDATE OR REPLACE {t} SET {c} = {c}",
    "UPDATE OR IGNORE {t} SET {c} = {c}",
    "UPDATE OR ABORT {t} SET {c} = {c}",
    "UPDATE OR FAIL {t} SET {c} = {c}",
    "UPDATE OR ROLLBACK {t} SET {c} = {c}",
    "UPDATE {t} AS one SET {c} = other.{c} FROM {t} AS other WHERE one.id = other.id",
    'UPDATE main."{t}" SET {c} = {c}',
    "UPDATE [{t}] SET {c} = {c}",
    "update `{T}` set {c} = {c}",
    "DELETE FROM {t} NOT INDEXED",
)
ON_SERVERS = (
    "TRUNCATE {t}",
    "TRUNCATE {t} CASCADE",
    "TRUNCATE ONLY {t} RESTART IDENTITY",
    "UPDATE ONLY {t} SET {c} = {c}",
    'UPDATE public."{t}" SET {c} = {c}',
    "UPDATE {t} AS one SET {c} = other.{c} FROM {t} AS other WHERE one.id = other.id",
    "DELETE FROM {t} USING {t} AS other WHERE {t}.id = other.id",
    "UPDATE {t} SET {c} = {c} WHERE false",
    "DELETE FROM {t} WHERE false",
    "WITH gone AS (DELETE FROM {t} RETURNING id) SELECT * FROM gone",
    "WITH changed AS (UPDATE {t} SET {c} = {c} RETURNING id) SELECT * FROM changed",
    "DO $$ BEGIN EXECUTE 'DELETE FROM {t}'; END $$",
    "MERGE INTO {t} USING (SELECT 1 AS one) AS x ON {t}.id = x.one WHEN MATCHED THEN DELETE",
    "MERGE INTO {t} USING (SELECT 1 AS one) AS x ON {t}.id = x.one WHEN MATCHED THEN UPDATE "
    "SET {c} = {t}.{c}",
    "SELECT * FROM {t} FOR UPDATE; DELETE FROM {t}",
)

# What the server says of a table that others refer to: it is refused before any trigger fires.
HANGING = "cannot truncate a table referenced in a foreign key constraint"


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_refuses_every_statement_that_changes_or_removes_a_row(
    database: Database, table: str
) -> None:
    fill(database)
    before, allowed = content(database, table), []
    for statement in (*EVERYWHERE, *(ON_SERVERS if SERVER else ON_SQLITE)):
        column = a_column(table)
        words = statement.format(t=table, T=table.upper(), c=f'"{column}"')
        if not refused(database, words):
            allowed.append(words)
        assert content(database, table) == before, words
    assert allowed == []


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_that_equals_another_in_one_key_does_not_take_its_place(
    database: Database, table: str
) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite knows INSERT OR REPLACE")
    fill(database)
    before = content(database, table)
    for key in keys_of(table):
        row = {**another(before[0]), **{name: before[0][name] for name in key}}
        names, marks = (
            ", ".join(f'"{name}"' for name in row),
            ", ".join(f":{name}" for name in row),
        )
        for verb in ("INSERT OR REPLACE", "REPLACE"):
            assert refused(
                database, f"{verb} INTO {table} ({names}) VALUES ({marks})", row
            ), (
                verb,
                key,
            )
            assert content(database, table) == before, key


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_removing_what_a_row_hangs_on_does_not_remove_the_row(
    database: Database, table: str
) -> None:
    fill(database)
    before = content(database, table)
    for parent in {
        link.column.table.name for link in Base.metadata.tables[table].foreign_keys
    }:
        with pytest.raises(DBAPIError), database.write() as session:
            session.execute(text(f"DELETE FROM {parent}"))
        assert content(database, table) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_program_s_own_objects_are_refused_as_well(
    database: Database, table: str
) -> None:
    fill(database)
    before = content(database, table)
    kind = next(
        mapper.class_
        for mapper in Base.registry.mappers
        if mapper.local_table.name == table
    )
    for act in (
        lambda session, row: session.delete(row),
        lambda session, row: setattr(row, a_column(table), "y"),
    ):
        with pytest.raises((DBAPIError, RuntimeError)), database.write() as session:
            row = session.get_one(kind, 1)
            act(session, row)
            session.flush()
        assert content(database, table) == before


def test_every_table_with_such_triggers_is_in_the_list(database: Database) -> None:
    query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"
    if SERVER:
        query = """SELECT tgrelid::regclass::text FROM pg_trigger
            JOIN pg_proc ON pg_proc.oid = tgfoid
            WHERE NOT tgisinternal AND prosrc LIKE '%append-only%'"""
    with database.read() as session:
        assert set(session.scalars(text(query))) == set(APPEND_ONLY)


def test_the_triggers_stand_after_going_down_and_up_again(database: Database) -> None:
    for target in ("0011", "0002"):
        schema.downgrade(database, target)
        schema.upgrade(database)
    fill(database)
    for table in APPEND_ONLY:
        assert refused(database, f"DELETE FROM {table}")
        assert refused(database, f"UPDATE {table} SET id = id")


def refused(
    database: Database, statement: str, values: dict[str, Any] | None = None
) -> bool:
    """Run a statement; tell whether the database refused it because rows may only be added, or
    because rows of another table hang on what is to be emptied.
    """
    try:
        with database.migrating() as connection, connection.begin():
            connection.execute(text(statement), values or {})
    except DBAPIError as error:
        said = str(error)
        emptied = statement.startswith("TRUNCATE")
        return "append-only" in said or (emptied and HANGING in said)
    return False


def content(database: Database, table: str) -> list[dict[str, Any]]:
    with database.migrating() as connection:
        return [
            dict(row)
            for row in connection.execute(
                text(f"SELECT * FROM {table} ORDER BY id")
            ).mappings()
        ]


def a_column(table: str) -> str:
    """Return a column of words that no key holds."""
    keys = {name for key in keys_of(table) for name in key}
    columns = Base.metadata.tables[table].columns
    return next(
        one.name
        for one in columns
        if one.name not in keys and one.type.python_type is str
    )


def keys_of(table: str) -> list[tuple[str, ...]]:
    """Return the columns of every key that a row of this table has to itself."""
    found = Base.metadata.tables[table]
    uniques = [one for one in found.constraints if isinstance(one, UniqueConstraint)]
    indexes = [one for one in found.indexes if one.unique]
    columns = [
        tuple(column.name for column in one.columns) for one in (*uniques, *indexes)
    ]
    return [("id",), *columns]


def another(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row that differs in every value that may differ; references stay."""
    return {
        name: value + 100
        if name == "id"
        else f"{value}x"
        if isinstance(value, str) and value == "x"
        else value
        for name, value in row.items()
    }

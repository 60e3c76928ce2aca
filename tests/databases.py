"""Fresh, migrated databases for tests: a copied SQLite file, or a database on the server
TEST_DATABASE_URL names.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from app.core import db, schema
from app.core.db import Database

SERVER = os.environ.get("TEST_DATABASE_URL", "")

# Every change of tables, columns, indexes or triggers changes this sum.
SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT concat(c.oid, a.attnum, a.atttypid, a.attnotnull, a.attisdropped) AS part
    FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid
   WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat('t', oid, tgenabled) FROM pg_trigger WHERE NOT tgisinternal) AS parts"""
OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()"""
EMPTIED = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT oid::regclass FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND pg_relation_size(oid) > 0 LOOP
    EXECUTE 'DELETE FROM ' || name; END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
     FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$"""


def share_statements() -> None:
    """Let all engines of this process share what they compiled: each test makes engines of its own,
    and each would compile its statements anew.
    """
    make = db.create_engine
    known: dict[str, Engine] = {}

    def sharing(url: URL, **options: Any) -> Engine:
        made = make(url, **options)
        if made.dialect.name == "postgresql" and not SERVER:
            return made
        name = url.drivername
        first = known.get(name) or known.setdefault(name, _understanding(name))
        made.dialect = made.pool._dialect = first.dialect
        made._compiled_cache = first._compiled_cache
        return made

    db.create_engine = sharing


def _understanding(driver: str) -> Engine:
    """Return an engine that has asked its database which version it is."""
    server = SERVER if driver.startswith("postgresql") else "sqlite://"
    engine = create_engine(make_url(server).set(drivername=driver))
    with engine.connect():
        pass
    engine.dispose()
    return engine


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Yield the address of a database without any table."""
    if not SERVER:
        yield f"sqlite:///{folder / 'empty.db'}"
        return
    url = _created()
    try:
        yield url
    finally:
        _dropped(url)


class Shelf:
    """Hands out copies of one migrated database.

    On a server, making one takes long: it is cleaned and used again.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._spare = ""
        self._shape = ""
        self._rows: list[tuple[Table, list[dict[str, Any]]]] = []

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        """Yield the address of a copy; ``folder`` is where a file may be put."""
        if not SERVER:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(make_url(self._template).database), folder / "rung.db")
            yield f"sqlite:///{folder / 'rung.db'}"
            return
        url, self._spare = self._spare or self._new(), ""
        yield url
        if self._spare or not self._cleaned(url):
            _dropped(url)
        else:
            self._spare = url

    def close(self) -> None:
        """Drop what is left."""
        if self._spare:
            _dropped(self._spare)

    def _new(self) -> str:
        url = _created(self._template)
        if not self._shape:
            with _connected(url) as connection:
                self._shape, self._rows = _shape(connection), _all_rows(connection)
        return url

    def _cleaned(self, url: str) -> bool:
        try:
            with _connected(url) as connection:
                connection.execute(text(OTHERS_OUT))
                if _shape(connection) != self._shape:
                    return False
                connection.execute(
                    text("SET session_replication_role = replica")
                )  # neither triggers nor references
                connection.execute(text(EMPTIED))
                for table, rows in self._rows:
                    connection.execute(table.insert(), rows)
        except DBAPIError:
            return False  # a test may have done anything to its database
        return True


@contextmanager
def shelf(folder: Path) -> Iterator[Shelf]:
    """Yield a shelf of migrated databases."""
    with empty_database(folder) as template:
        database = Database(template)
        schema.upgrade(database)
        database.dispose()
        shelf = Shelf(template)
        yield shelf
        shelf.close()


def _shape(connection: Connection) -> str:
    return str(connection.scalar(text(SHAPE)))


def _all_rows(connection: Connection) -> list[tuple[Table, list[dict[str, Any]]]]:
    """Return what a new database holds: few rows, such as the head of the audit chain."""
    found = MetaData()
    found.reflect(connection)
    rows = [
        (table, connection.execute(select(table)).mappings().all())
        for table in found.sorted_tables
    ]
    return [(table, [dict(row) for row in some]) for table, some in rows if some]


def _created(template: str = "") -> str:
    name = f"rung_{uuid.uuid4().hex}"
    source = f' TEMPLATE "{make_url(template).database}"' if template else ""
    with _connected(SERVER) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"{source}'))
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def _dropped(url: str) -> None:
    with _connected(SERVER) as connection:
        connection.execute(
            text(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')
        )


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()

"""Fresh, migrated databases for tests: a copied SQLite file, or a database on the server TEST_DATABASE_URL names."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from app import schema
from app.db import Database

SERVER = os.environ.get("TEST_DATABASE_URL", "")


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Yield the address of a database without any table."""
    if not SERVER:
        yield f"sqlite:///{folder / 'empty.db'}"
        return
    with _on_server(f"rung_{uuid.uuid4().hex}") as url:
        yield url


@contextmanager
def template_database(folder: Path) -> Iterator[str]:
    """Yield the address of a migrated database that ``fresh_database`` copies."""
    with empty_database(folder) as url:
        database = Database(url)
        schema.upgrade(database)
        database.dispose()
        yield url


@contextmanager
def fresh_database(template: str, folder: Path) -> Iterator[str]:
    """Yield the address of a copy of the template."""
    if SERVER:
        with _on_server(f"rung_{uuid.uuid4().hex}", template) as url:
            yield url
        return
    copy = folder / "rung.db"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(str(make_url(template).database), copy)
    yield f"sqlite:///{copy}"


@contextmanager
def _on_server(name: str, template: str = "") -> Iterator[str]:
    source = f' TEMPLATE "{make_url(template).database}"' if template else ""
    _tell_server(f'CREATE DATABASE "{name}"{source}')
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        _tell_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _tell_server(statement: str) -> None:
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()

"""Backups of the database: copies made while Rung runs, restored only after their audit chain was proved."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, text

from app import audit, schema
from app.db import Base, Database
from app.errors import Away, Refused

POSTGRESQL = Path("/usr/lib/postgresql")


def back_up(database: Database, file: Path) -> None:
    """Write the whole database to ``file``, also while Rung runs. Raises ``Refused`` when the file is there already."""
    if file.exists():
        raise Refused(f"{file} exists already; a backup never overwrites another.")
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.unfinished")
    if database.file is None:
        unfinished.touch(mode=0o600)
        _postgresql(database.url, "pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}")
    else:
        schema.copy_sqlite(database.file, unfinished)
    unfinished.replace(file)


def restore(database: Database, file: Path, backups: Path) -> Path | None:
    """Put the contents of ``file`` in place of the database, brought up to date. Nobody else may be using it.

    Returns where the present database was kept. Raises ``Refused`` when ``file`` is no backup or its audit chain is
    broken; then everything is as before.
    """
    kept = _keep(database, backups) if schema.revision_of(database) else None
    if database.file is None:
        _restore_server(database, file, kept)
    else:
        with _checked_copy(file) as copy:
            schema.copy_sqlite(copy, database.file)
    return kept


def _keep(database: Database, backups: Path) -> Path:
    suffix = "db" if database.is_sqlite else "dump"
    kept = backups / f"rung-before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.{suffix}"
    back_up(database, kept)
    return kept


@contextmanager
def _checked_copy(file: Path) -> Iterator[Path]:
    with TemporaryDirectory(prefix="rung-restore-") as folder:
        copy = Path(folder) / "rung.db"
        try:
            schema.copy_sqlite(file, copy)
            _demand_whole(copy)
        except sqlite3.DatabaseError as error:
            raise Refused(f"{file} is no backup of Rung ({error}).") from error
        database = Database(f"sqlite:///{copy}")
        _accept(database, file)
        database.dispose()
        yield copy


def _demand_whole(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)


def _accept(database: Database, file: Path) -> None:
    if not schema.revision_of(database):
        raise Refused(f"{file} is no backup of Rung: it has none of its tables.")
    if not schema.is_current(database):
        schema.upgrade(database)
    with database.read() as session:
        broken = audit.verify(session)
    if broken:
        raise Refused(f"{file} was changed outside of Rung: {broken.sentence}.")


def _restore_server(database: Database, file: Path, kept: Path | None) -> None:
    _replace(database, file)
    try:
        _accept(database, file)
    except Refused:
        if kept is None:
            _drop_tables(database)
        else:
            _replace(database, kept)
        raise


def _replace(database: Database, file: Path) -> None:
    """Drop our tables and read the dump in one transaction, so that a bad file changes nothing."""
    with TemporaryDirectory(prefix="rung-restore-") as folder:
        script = Path(folder) / "restore.sql"
        script.touch(mode=0o600)
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(file))
        drop = f"--command={_drop_statement()}"
        _postgresql(database.url, "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1",
                    drop, f"--file={script}")  # fmt: skip


def _drop_tables(database: Database) -> None:
    with database.migrating() as connection, connection.begin():
        connection.execute(text(_drop_statement()))


def _drop_statement() -> str:
    names = ", ".join(f'"{name}"' for name in [*Base.metadata.tables, "alembic_version"])
    return f"DROP TABLE IF EXISTS {names} CASCADE"


def _postgresql(url: URL, program: str, *arguments: str) -> None:
    # The password travels in the environment: arguments can be read by every user of the machine.
    options = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **url.query}
    environment = {f"PG{_libpq(key)}": str(value) for key, value in options.items() if value}
    _run(program, *arguments, environment=environment | ({"PGPASSWORD": str(url.password)} if url.password else {}))


def _libpq(option: str) -> str:
    return {"dbname": "DATABASE", "application_name": "APPNAME"}.get(option, option.upper())


def _run(program: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
    command: Sequence[str] = (_found(program), *arguments)
    done = subprocess.run(  # noqa: S603 (programs of PostgreSQL, no shell)
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = next(iter(done.stderr.strip().splitlines()), "it gave no reason")
        connecting = "connection to server" in said
        raise Away(f"The database cannot be reached: {said}.") if connecting else Refused(f"{program}: {said}.")


def _found(program: str) -> str:
    # Debian keeps the programs of each server version in a folder of its own; the newest understands all older ones.
    folders = sorted(POSTGRESQL.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = next((str(folder / program) for folder in folders if (folder / program).exists()), shutil.which(program))
    if found is None:
        raise Refused(f"{program} is missing: install PostgreSQL's client programs (postgresql-client).")
    return found

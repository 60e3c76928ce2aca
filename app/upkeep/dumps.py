"""Copies of the database: made while Rung runs, put back only after their audit chain was
proved.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, text

from app.core import audit, schema
from app.core.db import Base, Database, told_plainly
from app.core.errors import Away, Refused
from app.core.said import said as _said

POSTGRESQL = Path("/usr/lib/postgresql")


def member_name(database: Database) -> str:
    """Return the name a copy of this kind of database has in a backup."""
    return "rung.db" if database.is_sqlite else "rung.dump"


def copy_out(database: Database, file: Path) -> None:
    """Write the whole database to the new ``file``, also while Rung runs.

    Raises ``Away`` when it is damaged.
    """
    if database.file is None:
        file.touch(mode=0o600)
        _postgresql(
            database.url, "pg_dump", "--format=custom", "--no-owner", f"--file={file}"
        )
        return
    with told_plainly():
        schema.copy_sqlite(database.file, file)
        _demand_whole(file)


@dataclass(frozen=True, slots=True)
class Source:
    """A copy to put back: ``shown`` is what the person named, ``sealed`` whether its seals are
    looked at.
    """

    file: Path
    shown: Path
    sealed: bool = True


def put_back(database: Database, source: Source, kept: Path | None) -> None:
    """Put a copy in place of the database, brought up to date, or leave everything as it is.

    ``kept`` is a copy of what is there now. Raises ``Refused`` when it is no copy of this kind of
    database, or its audit chain is broken.
    """
    if database.file is None:
        _restore_server(database, source, kept)
        return
    with _checked_copy(source, database.audit_key) as copy, told_plainly():
        schema.copy_sqlite(copy, database.file)


@contextmanager
def _checked_copy(source: Source, audit_key: Path | None) -> Iterator[Path]:
    with TemporaryDirectory(prefix="rung-restore-") as folder:
        copy = Path(folder) / "rung.db"
        try:
            schema.copy_sqlite(source.file, copy)
            _demand_whole(copy)
        except sqlite3.DatabaseError as error:
            raise Refused(
                _said(
                    "%(shown)s is no backup of Rung (%(error)s).",
                    shown=source.shown,
                    error=error,
                )
            ) from error
        database = Database(f"sqlite:///{copy}", audit_key=audit_key)
        try:
            _accept(database, source)
        finally:
            database.dispose()
        yield copy


def _demand_whole(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"malformed: {found}")


def _accept(database: Database, source: Source) -> None:
    shown = source.shown
    if not schema.revision_of(database):
        raise Refused(
            _said(
                "%(shown)s is no backup of Rung: it has none of its tables.",
                shown=shown,
            )
        )
    if not schema.is_current(database):
        schema.upgrade(database)
    with database.read() as session:
        broken = audit.verify(session, sealed=source.sealed)
    if broken and broken.key:
        where = (
            "Put the audit_key of the installation it was made on in place, or add --unproved to "
            "go without."
        )
        raise Refused(
            _said(
                "%(shown)s cannot be proved: %(sentence)s. %(where)s",
                shown=shown,
                sentence=broken.sentence,
                where=where,
            )
        )
    if broken:
        raise Refused(
            _said(
                "%(shown)s was changed outside of Rung: %(sentence)s.",
                shown=shown,
                sentence=broken.sentence,
            )
        )


def _restore_server(database: Database, source: Source, kept: Path | None) -> None:
    _replace(database, source.file)
    try:
        _accept(database, source)
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
        _run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            f"--file={script}",
            str(file),
        )
        drop = f"--command={_drop_statement()}"
        _postgresql(
            database.url,
            "psql",
            "--quiet",
            "--no-psqlrc",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            drop,
            f"--file={script}",
        )


def _drop_tables(database: Database) -> None:
    with database.migrating() as connection, connection.begin():
        connection.execute(text(_drop_statement()))


def _drop_statement() -> str:
    names = ", ".join(
        f'"{name}"' for name in [*Base.metadata.tables, "alembic_version"]
    )
    return f"DROP TABLE IF EXISTS {names} CASCADE"


def _postgresql(url: URL, program: str, *arguments: str) -> None:
    # The password travels in the environment: arguments can be read by every user of the machine.
    options = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "dbname": url.database,
        **url.query,
    }
    environment = {
        f"PG{_libpq(key)}": str(value) for key, value in options.items() if value
    }
    _run(
        program,
        *arguments,
        environment=environment
        | ({"PGPASSWORD": str(url.password)} if url.password else {}),
    )


def _libpq(option: str) -> str:
    return {"dbname": "DATABASE", "application_name": "APPNAME"}.get(
        option, option.upper()
    )


def _run(
    program: str, *arguments: str, environment: dict[str, str] | None = None
) -> None:
    command: Sequence[str] = (_found(program), *arguments)
    done = subprocess.run(  # noqa: S603 (programs of PostgreSQL, no shell)
        command,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = next(iter(done.stderr.strip().splitlines()), "it gave no reason")
        connecting = "connection to server" in said
        raise (
            Away(_said("The database cannot be reached: %(said)s.", said=said))
            if connecting
            else Refused(_said("%(program)s: %(said)s.", program=program, said=said))
        )


def _found(program: str) -> str:
    # Debian keeps the programs of each server version in a folder of its own; the newest
    # understands all older ones.
    folders = sorted(
        POSTGRESQL.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    found = next(
        (str(folder / program) for folder in folders if (folder / program).exists()),
        shutil.which(program),
    )
    if found is None:
        raise Refused(
            _said(
                "%(program)s is missing: install PostgreSQL's client programs "
                "(postgresql-client).",
                program=program,
            )
        )
    return found

"""The shape of the database: which revision it has, and how it gets to the newest one."""

from __future__ import annotations

import fcntl
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from app.core.db import BEHIND, Base, Database
from app.core.errors import Away
from app.core.parts import Parts
from app.core.said import said
from app.core.settings import PROJECT
from app.core.signals import declared

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic loads the dialect of every database there is, 11 MB that no page needs: it is imported
# where the tables are changed.
MIGRATIONS = PROJECT / "migrations"
PLUGINS = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname")
FOLLOWS = re.compile(r"^down_revision = \"(\w+)\"", re.MULTILINE)
VERSIONS = "alembic_version"
SEARCH = "search_fts"
"""The full-text index, whose tables on SQLite and whose expression on PostgreSQL no model can
say.
"""
UPGRADED = declared(
    "upgraded",
    "The tables were brought up to date: the parts. A listener returns sentences.",
)
NEWER = (
    "The database was made by a newer version of Rung. Install "
    "that version, or restore a backup."
)


def head() -> str:
    """Return the newest revision this version of Rung knows: the one that no other follows,
    whatever its number.
    """
    return _newest(frozenset(_revisions()))


@cache
def _newest(files: frozenset[Path]) -> str:
    texts = (file.read_text(encoding="utf-8") for file in files)
    before = {found[1] for text in texts if (found := FOLLOWS.search(text))}
    (newest,) = _known() - before
    return newest


def revision_of(database: Database) -> str:
    """Return the revision the database has, or an empty text when it has no tables yet."""
    with database.read() as session:
        if not inspect(session.connection()).has_table(VERSIONS):
            return ""
        return str(session.scalar(text(f"SELECT version_num FROM {VERSIONS}")) or "")  # noqa: S608 (a constant)


def is_current(database: Database) -> bool:
    """Tell whether the database has the newest revision.

    Raises ``Away`` when it is newer than this program.
    """
    found = revision_of(database)
    if found and found not in _known():
        raise Away(NEWER)
    return found == head()


def demand_current(database: Database) -> None:
    """Raise ``Away`` with the command that helps when the database is behind."""
    if not is_current(database):
        raise Away(BEHIND)


def demand_begun(database: Database) -> None:
    """Raise ``Away`` when the embedded database is missing or has no tables; does not make its
    file.
    """
    file = database.file
    if file is None:
        return
    if not file.exists():
        raise Away(
            said(
                "There is no database at %(file)s; set RUNG_HOME, restore a "
                "backup, or begin with `rung init`.",
                file=file,
            )
        )
    with database.read() as session:
        tables = session.scalar(text("SELECT count(*) FROM sqlite_master"))
    if not tables:
        raise Away(
            said(
                "The database at %(file)s is empty; restore a backup, or begin "
                "with `rung init`.",
                file=file,
            )
        )


def make_ready(database: Database, backups: Path, *, may_begin: bool = True) -> bool:
    """Bring the embedded database up to date after a copy into ``backups``; raise ``Away`` when a
    server's is behind.

    A server is shared and backed up by others, so its tables change only when somebody says `rung
    db upgrade`. Unless it ``may_begin``, a database that is missing or empty is ``Away`` too. Tells
    whether anything was to do.
    """
    if not may_begin:
        demand_begun(database)
    if database.file is None:
        demand_current(database)
        return False
    if is_current(database):
        return False
    keep_copy(database, backups)
    upgrade(database)
    return True


def told_after_upgrade(parts: Parts) -> list[str]:
    """Let the rooms do what a new version asks of them, once; returns what a person has to know of
    it.
    """
    answers = UPGRADED.send(parts)
    return [line for _receiver, lines in answers for line in lines]


def keep_copy(database: Database, backups: Path) -> None:
    """Copy the embedded database into ``backups``, when there is anything in it."""
    if database.file is not None and (found := revision_of(database)):
        copy_sqlite(
            database.file,
            backups / f"rung-{found}-{datetime.now(UTC):%Y%m%dT%H%M%S}.db",
        )


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database file while others use it (SQLite's online backup); the copy is readable by
    its owner only.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(source)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def upgrade(database: Database, target: str = "head") -> None:
    """Bring the tables up to ``target``.

    Each revision is one transaction; a failing one leaves nothing behind.
    """
    from alembic import command  # noqa: PLC0415 (see above)

    with _alone(database), _configured(database) as config:
        command.upgrade(config, target)


def downgrade(database: Database, target: str) -> None:
    """Take the tables back to ``target``, for tests and for emergencies; what newer columns held is
    lost.
    """
    from alembic import command  # noqa: PLC0415 (see above)

    with _alone(database), _configured(database) as config:
        command.downgrade(config, target)


def revision(database: Database, message: str) -> None:
    """Write a new revision file from the difference between the tables and the models; review it
    before use.
    """
    from alembic import command  # noqa: PLC0415 (see above)

    with _configured(database) as config:
        new = f"{len(_known()) + 1:04}"
        command.revision(config, message, autogenerate=True, rev_id=new)


def differences(database: Database) -> list[Any]:
    """Return what the models say and the tables do not have, or the other way round.

    The models must be imported.
    """
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 (see above)
    from alembic.migration import MigrationContext  # noqa: PLC0415 (see above)

    with database.migrating() as connection:
        options = {
            "autogenerate_plugins": PLUGINS,
            "compare_type": True,
            "include_name": modelled,
        }
        return list(
            compare_metadata(
                MigrationContext.configure(connection, opts=options), Base.metadata
            )
        )


def modelled(name: str | None, _kind: str, _parents: Mapping[str, str | None]) -> bool:
    """Tell whether a table or index found in the database is one that a model stands for."""
    return name is None or not (name == SEARCH or name.startswith(f"{SEARCH}_"))


def check_links(connection: Connection) -> None:
    """Raise ``RuntimeError`` when SQLite finds a row that points nowhere; PostgreSQL watches over
    this by itself.
    """
    if connection.dialect.name == "sqlite" and (
        lost := connection.execute(text("PRAGMA foreign_key_check")).all()
    ):
        raise RuntimeError(f"this revision leaves rows that point nowhere: {lost[:3]}")


def guards(connection: Connection) -> dict[str, str]:
    """Return the triggers that keep rows from being changed, each with its table.

    Only on SQLite: PostgreSQL keeps the triggers of a table whatever a revision does to its
    columns.
    """
    if connection.dialect.name != "sqlite":
        return {}
    found = text(
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE "
        "'%append-only%'"
    )
    return {row.name: row.tbl_name for row in connection.execute(found)}


def check_guards(connection: Connection, before: Mapping[str, str]) -> None:
    """Raise ``RuntimeError`` when a revision left a table standing without the triggers it had
    ``before``.
    """
    now, tables = guards(connection), inspect(connection).get_table_names()
    lost = sorted(
        name for name, table in before.items() if name not in now and table in tables
    )
    if lost:
        raise RuntimeError(
            f"this revision loses the triggers {', '.join(lost)}; make them anew after the rebuild"
        )


def _known() -> frozenset[str]:
    """Return the revisions of this version: each file's name begins with its own."""
    return frozenset(file.name.partition("_")[0] for file in _revisions())


def _revisions() -> Iterable[Path]:
    return (MIGRATIONS / "versions").glob("[0-9]*_*.py")


@contextmanager
def _configured(database: Database) -> Iterator[Config]:
    from alembic.config import Config  # noqa: PLC0415 (see above)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        yield config


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Let one process at a time change the tables; the others wait and then find the work done."""
    if database.file is None:
        with database.migrating() as connection:
            connection.execute(text("SELECT pg_advisory_lock(7864)"))
            yield
        return
    with _lock_beside(database.file).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.upgrade")

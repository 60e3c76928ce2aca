"""The database: one engine, two kinds of session, and the rule that no state changes without its
audit event.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy import (
    URL,
    DateTime,
    Engine,
    Executable,
    MetaData,
    NullPool,
    TextClause,
    UpdateBase,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    ORMExecuteState,
    Session,
    SessionTransaction,
    sessionmaker,
)
from sqlalchemy.types import TypeDecorator

from app.core.columns import demand_kept
from app.core.errors import Away, Invalid
from app.core.kept import KeptValues
from app.core.said import said

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


MIGRATION_PATIENCE_SECONDS = 30.0
DAMAGED = ("not a database", "malformed", "file is encrypted")
UNKEPT = "A number or a text is outside of what can be kept. Nothing was changed."
WRITES = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|merge\s+into|delete\s+from"
    r"|update(?:\s+or\s+\w+)?)"
    r"\s+(?:only\s+)?(?:[\w\"]+\.)?[\"`\[]?(\w+)",
    re.IGNORECASE,
)
"""Finds the tables that plain SQL writes to."""
KEPT, MOST_KEPT = "kept values", 2
UNCHANGED, MOST_UNCHANGED = "kept until a change", 100
READING = "reads only"
"""Under what a session finds the values that its process keeps, and how many those may be."""
BEHIND = "The database is behind this version of Rung. Run `rung db upgrade`."


class UTCTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values, which would silently mean another moment elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Store the moment in UTC. Raises ``ValueError`` for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give the moment back in UTC; SQLite forgets the zone, we do not."""
        if value is None:
            return None
        return (
            value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        )


class Base(DeclarativeBase):
    """The base of all tables.

    ``audited = False`` marks tables whose writes need no audit event (journals, caches).

    ``noun`` is what one row is called in sentences and references such as ``finding:7``; unless
    set, the table's name. ``found_by`` are the columns by whose words a row is found from
    everywhere (``app.core.names``).
    """

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UTCTime}  # noqa: RUF012 (SQLAlchemy reads it as a plain class attribute)
    audited = True
    noun = ""
    found_by: ClassVar[tuple[str, ...]] = ()


class UnauditedChange(RuntimeError):
    """A state change was about to be committed without an audit event (design 5.15)."""


class RungSession(Session):
    """A session that refuses to commit a change of state that left no audit event."""


class Database:
    """The one way to the tables.

    ``read()`` for pages, ``write()`` for actions; directory work never happens inside.

    ``audit_key`` is the file with the keys that seal the audit trail.
    """

    def __init__(
        self, url: str, *, patience_seconds: float = 5.0, audit_key: Path | None = None
    ) -> None:
        self.url = _understood(url)
        if self.file is not None:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.engine = _engine(self.url, patience_seconds)
        self.audit_key = audit_key
        info = {
            "audit_key": audit_key,
            KEPT: KeptValues(MOST_KEPT),
            UNCHANGED: KeptValues(MOST_UNCHANGED),
        }
        self._sessions = sessionmaker(
            self.engine, class_=RungSession, expire_on_commit=False, info=info
        )

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Session]:
        """Open a transaction that commits at the end; raises ``Away`` when the database is busy or
        away.

        What is committed survives a killed process. ``durable``: it, and all before it, survives a
        power cut too.
        """
        session = self._sessions(
            bind=self.engine.execution_options(immediate=True, durable=durable)
        )
        with told_plainly(), session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading; nothing it did is kept."""
        only = {READING: True}
        with told_plainly(), self._sessions(autoflush=False, info=only) as session:
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open a writing connection for changes of the tables themselves, which on SQLite must not
        follow cascades.
        """
        engine = _engine(
            self.url, MIGRATION_PATIENCE_SECONDS, foreign_keys=False, poolclass=NullPool
        )
        with (
            told_plainly(),
            engine.connect().execution_options(immediate=True) as connection,
        ):
            yield connection

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """Return the file of the embedded database, or None when it is a server."""
        return Path(self.url.database or "") if self.is_sqlite else None

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _understood(url: str) -> URL:
    try:
        made = make_url(url)
    except ArgumentError as error:
        raise Invalid(
            said("database_url is not a database address."), field="database_url"
        ) from error
    if made.get_backend_name() not in {"sqlite", "postgresql"}:
        raise Invalid(
            said(
                "database_url: %(get_backend_name)s is not supported.",
                get_backend_name=made.get_backend_name(),
            ),
            field="database_url",
        )
    if made.get_backend_name() == "sqlite" and not made.database:
        raise Invalid(
            said(
                "database_url: SQLite needs a file, as in "
                "sqlite:////var/lib/rung/rung.db."
            ),
            field="database_url",
        )
    return made


def _engine(
    url: URL, patience_seconds: float, *, foreign_keys: bool = True, **options: Any
) -> Engine:
    engine = create_engine(
        url, pool_pre_ping=url.get_backend_name() != "sqlite", **options
    )
    if engine.dialect.name == "sqlite":
        event.listen(
            engine, "connect", partial(_prepare_sqlite, patience_seconds, foreign_keys)
        )
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(
    patience_seconds: float,
    foreign_keys: bool,
    connection: sqlite3.Connection,
    _record: Any,
) -> None:
    # The driver's own transaction guessing is switched off: it would leave SELECT and DDL outside
    # of transactions.
    connection.isolation_level = None
    links = "ON" if foreign_keys else "OFF"
    patience = f"busy_timeout={int(patience_seconds * 1000)}"
    for pragma in (patience, "journal_mode=WAL", f"foreign_keys={links}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that turns writer half-way fails at once with "database is locked"; IMMEDIATE
    # waits its turn.
    options = connection.get_execution_options()
    if not options.get("immediate"):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(
        f"PRAGMA synchronous={'FULL' if options.get('durable') else 'NORMAL'}"
    )
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn "locked", "away" and "not up to date" into ``Away`` with a sentence a person can act on.

    What the database cannot hold becomes ``Invalid``, however it got past the edge.
    """
    try:
        yield
    except DataError as error:
        raise Invalid(UNKEPT) from error
    except (OverflowError, UnicodeEncodeError) as error:
        # SQLite's driver raises Python's own errors, which SQLAlchemy does not wrap.
        if not any(word in str(error) for word in ("SQLite", "surrogates")):
            raise
        raise Invalid(UNKEPT) from error
    except OperationalError as error:
        raise Away(plain_reason(error)) from error
    except (
        sqlite3.Error
    ) as error:  # while a connection is made the driver's own error comes through
        raise Away(plain_words(str(error))) from error
    except ProgrammingError as error:
        if not isinstance(error.orig, (UndefinedTable, UndefinedColumn)):
            raise
        raise Away(BEHIND) from error
    except DatabaseError as error:
        if (
            type(error.orig) is not sqlite3.DatabaseError
        ):  # its subclasses speak of a statement, this of the file
            raise
        raise Away(plain_reason(error)) from error


def plain_reason(error: DatabaseError) -> str:
    """Say in one sentence why the database did not answer, and what to do."""
    return plain_words(str(error.orig))


def plain_words(text: str) -> str:
    """Return what a person can do about ``text``, which a database said."""
    if any(word in text for word in DAMAGED):
        return f"The database is damaged ({text}). Restore a backup: `rung db restore FILE`."
    if "locked" in text:
        return (
            "The database is locked by another process; nothing was "
            "changed. Try again in a moment."
        )
    if "no such table" in text or "no such column" in text:
        return BEHIND
    return f"The database cannot be reached: {text.splitlines()[0]}."


@event.listens_for(RungSession, "before_flush")
def _note_changes(session: Session, _context: Any, _instances: Any) -> None:
    changed = [
        *session.new,
        *session.deleted,
        *(row for row in session.dirty if session.is_modified(row)),
    ]
    for row in changed:
        demand_kept(row)
    if any(getattr(row, "audited", True) for row in changed):
        session.info["changed"] = True


@event.listens_for(RungSession, "do_orm_execute")
def _note_bulk_changes(state: ORMExecuteState) -> None:
    written = tables_written(state.statement)
    if written and written & _audited_tables(len(Base.metadata.tables)):
        state.session.info["changed"] = True


def tables_written(statement: Executable) -> set[str]:
    """Return the names of the tables that a statement writes to."""
    # By name: a table may be spelled anew with sqlalchemy.table(), or stand in plain SQL.
    if isinstance(statement, TextClause):
        return {found.lower() for found in WRITES.findall(statement.text)}
    return (
        {str(getattr(statement.table, "name", ""))}
        if isinstance(statement, UpdateBase)
        else set()
    )


@cache
def _audited_tables(_known: int) -> set[str]:
    """Return the tables whose changes need an event, worked out anew when more are known."""
    return {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if mapper.class_.audited
    }


@event.listens_for(RungSession, "before_commit")
def _demand_audit(session: Session) -> None:
    session.flush()
    if session.in_nested_transaction():
        return  # a savepoint only: the transaction around it answers for both
    changed, told = (
        session.info.pop("changed", False),
        session.info.pop("audit_events", 0),
    )
    if changed and not told:
        raise UnauditedChange(
            "a change of state needs an audit event in the same transaction"
        )


@event.listens_for(RungSession, "after_transaction_create")
def _mark_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info[transaction] = (
            session.info.get("changed", False),
            session.info.get("audit_events", 0),
        )


@event.listens_for(RungSession, "after_soft_rollback")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    # What a savepoint took back counts for nothing: neither the change nor the event that told of
    # it.
    session.info["changed"], session.info["audit_events"] = session.info.pop(
        transaction, (False, 0)
    )

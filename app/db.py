"""The database: one engine, two kinds of session, and the rule that no state changes without its audit event."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from app.errors import Away

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values, which would silently mean another moment elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store the moment in UTC. Raises ``ValueError`` for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC; SQLite forgets the zone, we do not."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables. ``audited = False`` marks tables whose writes need no audit event (journals, caches)."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UTCTime}  # noqa: RUF012 (SQLAlchemy reads it as a plain class attribute)
    audited = True


class UnauditedChange(RuntimeError):
    """A state change was about to be committed without an audit event (design 5.15)."""


class RungSession(Session):
    """A session that refuses to commit a change of state that left no audit event."""


class Database:
    """The one way to the tables. ``read()`` for pages, ``write()`` for actions; directory work never happens inside."""

    def __init__(self, url: str) -> None:
        if make_url(url).get_backend_name() == "sqlite":
            Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, class_=RungSession, expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits at the end. Raises ``Away`` when the database is busy or away."""
        session = self._sessions(bind=self.engine.execution_options(immediate=True))
        with _told_plainly(), session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading; nothing it did is kept."""
        with _told_plainly(), self._sessions(autoflush=False) as session:
            yield session

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transaction guessing is switched off: it would leave SELECT and DDL outside of transactions.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that turns writer half-way fails at once with "database is locked"; IMMEDIATE waits its turn.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Away(plain_reason(error)) from error


def plain_reason(error: OperationalError) -> str:
    """Say in one sentence why the database did not answer, and what to do."""
    text = str(error.orig)
    if "locked" in text:
        return "The database is locked by another process; nothing was changed. Try again in a moment."
    if "no such table" in text or "does not exist" in text or "no such column" in text:
        return "The database is not up to date with this version of Rung. Run `rung db upgrade`."
    return f"The database cannot be reached: {text.splitlines()[0]}."


@event.listens_for(RungSession, "before_flush")
def _note_changes(session: Session, _context: Any, _instances: Any) -> None:
    changed = [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
    if any(getattr(row, "audited", True) for row in changed):
        session.info["changed"] = True


@event.listens_for(RungSession, "do_orm_execute")
def _note_bulk_changes(state: ORMExecuteState) -> None:
    writes = state.is_update or state.is_delete or state.is_insert
    if writes and state.bind_mapper is not None and state.bind_mapper.class_.audited:
        state.session.info["changed"] = True


@event.listens_for(RungSession, "before_commit")
def _demand_audit(session: Session) -> None:
    session.flush()
    changed, told = session.info.pop("changed", False), session.info.pop("audit_events", 0)
    if changed and not told:
        raise UnauditedChange("a change of state needs an audit event in the same transaction")


@event.listens_for(RungSession, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("changed", None)
    session.info.pop("audit_events", None)

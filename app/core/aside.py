"""One row that cannot be worked off stops no other: it is tried a few times, then set aside and
told.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Generic, TypeVar

import structlog
from sqlalchemy import (
    Select,
    String,
    Text,
    UniqueConstraint,
    cast,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from app.core import audit
from app.core.acting import Acting
from app.core.db import Base
from app.core.errors import Away
from app.core.parts import Parts
from ldap_sync.port import DirectoryError

PAUSES = (timedelta(minutes=1), timedelta(minutes=10))
"""How long to wait after the first and the second failure of a row; after the third it is set
aside.
"""

LONGEST_REASON = 300
LONGEST_KEY = 200
WORKER = "Rung"

SQLITE_WAITS = re.compile(
    r"SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|PROTOCOL|NOMEM|PERM|AUTH|CORRUPT|NOTADB)"
)
SQLITE_BEHIND = re.compile(r"no such (table|column)")
TOO_LARGE_STATE = "54"
"""PostgreSQL's class of states for a value, not a server, that is beyond a limit."""

MACHINE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ETIMEDOUT,
    }
)
"""Faults of the whole machine: no row is to blame."""

log = structlog.get_logger("rung.worker")
Key = TypeVar("Key", bound=Hashable)


class SetAside(Base):
    """A row of a lane that failed: how often and why.

    ``next_at`` None: only when somebody says so.
    """

    __tablename__ = "set_aside"
    __table_args__ = (UniqueConstraint("lane", "key"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    lane: Mapped[str]
    key: Mapped[str]
    attempts: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    aside_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Lane(Generic[Key]):
    """A kind of row the worker takes one after the other.

    ``give_up`` ends a row in its own words when it is set aside, so that it is not due any more; it
    comes back when somebody makes it due again. Without it the row is left out until somebody says
    “try again”.
    """

    name: str
    noun: str
    pauses: Sequence[timedelta] = PAUSES
    give_up: Callable[[Session, Key, str, datetime], None] | None = None


@dataclass(slots=True)
class Round(Generic[Key]):
    """What one pass over rows did: how many went well, and which are left for another time."""

    served: int = 0
    left: list[Key] = field(default_factory=list)


def each_row(
    parts: Parts, lane: Lane[Key], rows: Sequence[Key], do: Callable[[Key], object]
) -> Round[Key]:
    """Do every row that is not resting; what one raises is its own and the next is taken.

    Raises what is no row's fault: database or directory away, disk full. Then nothing is counted.
    """
    with parts.database.read() as session:
        known = set(
            session.scalars(select(SetAside.key).where(SetAside.lane == lane.name))
        )
        resting = set(session.scalars(resting_keys(lane, parts.now())))
    made: Round[Key] = Round()
    for row in rows:
        if spelled(row) in resting:
            made.left.append(row)
        elif contained(parts, lane, row, partial(do, row)):
            made.served += 1
            if spelled(row) in known:
                forget(parts, lane, row)
        else:
            made.left.append(row)
    return made


def in_batches(
    parts: Parts,
    lane: Lane[Key],
    rows: Sequence[Key],
    do: Callable[[Sequence[Key]], object],
    most: int,
) -> Round[Key]:
    """Do rows many at once; a batch in which one raises is done row by row."""
    with parts.database.read() as session:
        touched = set(
            session.scalars(select(SetAside.key).where(SetAside.lane == lane.name))
        )
    single = [row for row in rows if spelled(row) in touched]
    fresh = [row for row in rows if spelled(row) not in touched]
    made: Round[Key] = Round()
    for start in range(0, len(fresh), most):
        batch = fresh[start : start + most]
        try:
            do(batch)
        except Exception as error:
            if no_fault_of_a_row(error):
                raise
            single += batch
        else:
            made.served += len(batch)
    alone = each_row(parts, lane, single, lambda row: do([row]))
    return Round(made.served + alone.served, alone.left)


def contained(
    parts: Parts, lane: Lane[Key], row: Key, do: Callable[[], object]
) -> bool:
    """Do one row and tell whether it went well; what it raises is noted, unless it is no row's
    fault.
    """
    try:
        do()
    except Exception as error:
        if no_fault_of_a_row(error):
            raise
        log.warning("row.failed", lane=lane.name, row=spelled(row), exc_info=True)
        note_failure(parts, lane, row, error)
        return False
    return True


def note_failure(parts: Parts, lane: Lane[Key], row: Key, error: Exception) -> None:
    """Count a failure of a row; after the last try it is set aside, with an event and in its own
    words.
    """
    now, reason = parts.now(), reason_of(error)
    with parts.database.write() as session:
        entry = _counted(session, lane, row, reason, now)
        last_try = entry.attempts > len(lane.pauses)
        entry.next_at = None if last_try else now + lane.pauses[entry.attempts - 1]
        if not last_try:
            return
        entry.aside_at = now
        what = f"{lane.noun} {spelled(row)}"
        subject = f"{lane.noun.replace(' ', '-')}:{spelled(row)}"
        sentence, kind = f"Set aside {what}", type(error).__name__
        told = {"attempts": entry.attempts}
        audit.record(
            session,
            WORKER,
            "worker.set-aside",
            subject,
            sentence,
            after=told,
            reason=kind,
            at=now,
        )
    if lane.give_up is not None:
        _end(parts, lane, row, reason, now)


def forget(parts: Parts, lane: Lane[Key], row: Key) -> None:
    """Take a row off the list: it went well after all."""
    with parts.database.write() as session:
        cleared(session, lane, row)


def cleared(session: Session, lane: Lane[Key], row: Key) -> None:
    """Take a row off the list, if it stands there, in the transaction in which it went well."""
    session.execute(delete(SetAside).where(*_this(lane, row)))


def resting_keys(lane: Lane[Key], now: datetime) -> Select[str]:
    """Return the query for the keys of a lane's rows that are not to be tried now."""
    later = or_(SetAside.next_at.is_(None), SetAside.next_at > now)
    return select(SetAside.key).where(SetAside.lane == lane.name, later)


def not_resting(
    column: InstrumentedAttribute[int], lane: Lane[int], now: datetime
) -> ColumnElement[bool]:
    """Return the condition that leaves out rows not to be tried now; ``column`` is their number."""
    return cast(column, String).not_in(resting_keys(lane, now))


def entries(session: Session) -> list[SetAside]:
    """Return all rows that failed and were not done since, those set aside first, the latest
    first.
    """
    order = (SetAside.aside_at.is_(None), SetAside.last_at.desc(), SetAside.id)
    return list(session.scalars(select(SetAside).order_by(*order)))


def count_aside(session: Session) -> int:
    """Return how many rows are set aside."""
    return session.scalar(_number_aside()) or 0


@cache
def _number_aside() -> Select[int]:
    return select(func.count()).where(SetAside.aside_at.is_not(None))


def try_again(act: Acting, entry_ids: Sequence[int]) -> int:
    """Take rows off the list, so that they have all their tries again; returns how many there
    were.
    """
    chosen = (
        select(SetAside)
        .where(SetAside.id.in_(entry_ids))
        .order_by(SetAside.id)
        .with_for_update()
    )
    found = act.session.scalars(chosen).all()
    for entry in found:
        what = f"{entry.lane}:{entry.key}"
        sentence = f"Tries again what was set aside in {entry.lane}: {entry.key}"
        audit.record(
            act.session,
            act.by,
            "worker.retry",
            what,
            sentence,
            before={"attempts": entry.attempts},
            at=act.now,
        )
        act.session.delete(entry)
    return len(found)


def spelled(row: Hashable) -> str:
    """Return a row's key as it is kept."""
    return str(row)[:LONGEST_KEY]


def reason_of(error: BaseException) -> str:
    """Say in one short line what was raised, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    text = re.sub(
        r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ", str(cause).split("\n", 1)[0]
    )
    return f"{type(cause).__name__}: {text}".removesuffix(": ")[:LONGEST_REASON]


def no_fault_of_a_row(error: BaseException) -> bool:
    """Tell whether an error is of the machine, the database or a directory: any other row would
    meet it too.
    """
    if isinstance(error, Away):
        cause = error.__cause__
        return not (isinstance(cause, OperationalError) and _of_a_value(cause.orig))
    if isinstance(error, DirectoryError | TimeoutError | sqlite3.Error):
        return True
    if isinstance(error, OperationalError):
        return not _of_a_value(error.orig)
    if isinstance(error, DBAPIError):
        damaged = type(error.orig) is sqlite3.DatabaseError
        return damaged or error.connection_invalidated
    return isinstance(error, OSError) and error.errno in MACHINE


def _of_a_value(cause: BaseException | None) -> bool:
    """Tell whether a refusal of the database is about what it was given, not about how it is."""
    name = getattr(cause, "sqlite_errorname", "")
    if name:
        return not (SQLITE_WAITS.match(name) or SQLITE_BEHIND.search(str(cause)))
    return (getattr(cause, "sqlstate", None) or "").startswith(TOO_LARGE_STATE)


def _counted(
    session: Session, lane: Lane[Key], row: Key, reason: str, now: datetime
) -> SetAside:
    entry = session.scalars(
        select(SetAside).where(*_this(lane, row)).with_for_update()
    ).one_or_none()
    if entry is None:
        entry = SetAside(
            lane=lane.name,
            key=spelled(row),
            attempts=0,
            reason="",
            first_at=now,
            last_at=now,
        )
        entry = _first(session, lane, entry)
    if (
        entry.aside_at is not None
    ):  # somebody made it due again: it has all its tries again
        entry.attempts, entry.aside_at, entry.first_at = 0, None, now
    entry.attempts, entry.reason, entry.last_at = entry.attempts + 1, reason, now
    return entry


def _first(session: Session, lane: Lane[Key], entry: SetAside) -> SetAside:
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError:  # another worker met the same row at the same moment
        return session.scalars(select(SetAside).where(*_this(lane, entry.key))).one()
    return entry


def _end(parts: Parts, lane: Lane[Key], row: Key, reason: str, now: datetime) -> None:
    """End a row in its own words; where that fails too it stays set aside."""
    try:
        with parts.database.write() as session:
            if lane.give_up is not None:
                lane.give_up(session, row, reason, now)
            ended = session.scalars(select(SetAside).where(*_this(lane, row))).one()
            ended.next_at = now
    except Exception as error:
        if no_fault_of_a_row(error):
            raise
        log.warning("row.not_ended", lane=lane.name, row=spelled(row), exc_info=True)


def _this(
    lane: Lane[Key], row: Hashable
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SetAside.lane == lane.name, SetAside.key == spelled(row)

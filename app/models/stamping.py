"""Lets a stamp be new after every change of some tables, in the transaction of the change."""

from __future__ import annotations

import secrets
from typing import Any, cast

from sqlalchemy import Table, event, insert, update
from sqlalchemy.orm import ORMExecuteState, Session

from app.core.db import Base, RungSession, tables_written

OWN_CHANGES = "changed here"
"""Marks a session that itself changed one of the tables."""
_STAMPED = "stamped"


def stamped(mark: type[Base], *of: type[Base]) -> None:
    """Give the one row of ``mark`` a new stamp whenever rows of these tables change."""
    names = {each.__tablename__ for each in of}

    def see_rows(session: Session, _context: Any, _instances: Any) -> None:
        rows = (*session.new, *session.deleted, *session.dirty)
        if any(isinstance(row, of) for row in rows):
            _stamp(session, mark)

    def see_statement(state: ORMExecuteState) -> None:
        if tables_written(state.statement) & names:
            _stamp(state.session, mark)

    event.listen(RungSession, "before_flush", see_rows)
    event.listen(RungSession, "do_orm_execute", see_statement)


@event.listens_for(RungSession, "after_soft_rollback")
def _taken_back(session: Session, _transaction: Any) -> None:
    # A savepoint that is taken back takes the stamp with it.
    session.info.pop(_STAMPED, None)


@event.listens_for(RungSession, "after_commit")
def _kept_for_good(session: Session) -> None:
    session.info.pop(_STAMPED, None)


def _stamp(session: Session, mark: type[Base]) -> None:
    """Draw a new stamp, once in a transaction."""
    session.info[OWN_CHANGES] = True
    if session.info.get(_STAMPED):
        return
    session.info[_STAMPED] = True
    table, here = cast(Table, mark.__table__), session.connection()
    stamp = secrets.token_hex(8)
    if not here.execute(update(table).values(stamp=stamp)).rowcount:
        here.execute(insert(table).values(id=1, stamp=stamp))

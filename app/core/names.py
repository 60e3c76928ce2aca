"""Names by which rows are found from everywhere: the words of what a row is called, small and
without accents, each at its place in one index, so that the beginning of a word is enough.

A table says by ``found_by`` which of its columns are its names. What a session writes is followed
by itself; whoever writes past it says so with ``renew``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    Select,
    String,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base, RungSession
from app.core.parts import Parts
from app.core.search import folded

MOST_KEPT, MOST_ASKED, AT_ONCE = 60, 6, 500
LAST = "\U0010ffff"
"""Stands behind every letter."""
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
)
"""Letters that are no other letter with an accent, and are typed as one all the same."""
SPELLED = String().with_variant(String(collation="C"), "postgresql")
"""Compared sign by sign, so that an index finds what begins with something."""


class NameWord(Base):
    """One word of the name of a row of the table ``kind``."""

    __tablename__ = "name_word"
    __table_args__ = (Index("ix_name_word_row", "kind", "row_id"),)
    audited = False

    kind: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(SPELLED, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


def plain_words(text: str) -> list[str]:
    """Return the words of a name as they are compared."""
    return folded(text.casefold().translate(PLAIN))


def named(
    kind: str, words: Sequence[str], most: int | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the numbers of the rows in whose names each word begins one, and as ``near`` how long
    the shortest of those is: the less of it was left out, the better it fits.

    ``most`` bounds how many words of the index are looked at, those first in the alphabet.
    """
    first, *others = sorted(words, key=len, reverse=True)
    found = select(NameWord.row_id, NameWord.word).where(*_begun(kind, first))
    for word in others:
        also = select(NameWord.row_id).where(*_begun(kind, word))
        found = found.where(NameWord.row_id.in_(also))
    if most is not None:
        found = found.order_by(NameWord.word).limit(most)
    there = found.subquery()
    near = func.min(func.length(there.c.word)).label("near")
    return select(there.c.row_id, near).group_by(there.c.row_id)


def called(model: type[Base], text: str) -> ColumnElement[bool]:
    """Tell of a row whether it is called so: each word of ``text`` begins one of its name."""
    words = plain_words(text)[:MOST_ASKED]
    rows = named(model.__tablename__, words).subquery() if words else None
    key: ColumnElement[int] = inspect(model).primary_key[0]
    return key.in_(select(rows.c.row_id) if rows is not None else [])


def renew(session: Session, model: type[Base], row_ids: Sequence[int]) -> None:
    """Keep the names of rows that were written past the session."""
    for start in range(0, len(row_ids), AT_ONCE):
        batch = row_ids[start : start + AT_ONCE]
        columns = [getattr(model, name) for name in ("id", *model.found_by)]
        rows = session.execute(select(*columns).where(columns[0].in_(batch)))
        _keep(
            session.connection(),
            model.__tablename__,
            {row[0]: row[1:] for row in rows},
        )


def renew_all(parts: Parts) -> list[str]:
    """Keep the names of everything anew, as after a new version; there is nothing to tell of it."""
    with parts.database.write() as session:
        session.execute(delete(NameWord))
        for mapper in Base.registry.mappers:
            if mapper.class_.found_by:
                renew(session, mapper.class_, list(_numbers(session, mapper.class_)))
    return []


def _numbers(session: Session, model: Any) -> Iterable[int]:
    return session.scalars(select(model.id))


def _begun(kind: str, word: str) -> tuple[ColumnElement[bool], ...]:
    return (
        NameWord.kind == kind,
        NameWord.word >= word,
        NameWord.word < word + LAST,
    )


def _keep(
    connection: Connection, kind: str, names: Mapping[int, Iterable[Any]]
) -> None:
    connection.execute(
        delete(NameWord).where(NameWord.kind == kind, NameWord.row_id.in_(names))
    )
    rows = [
        {"kind": kind, "word": word, "row_id": row_id}
        for row_id, texts in names.items()
        for word in dict.fromkeys(_words(texts))
    ]
    if rows:
        connection.execute(insert(NameWord), rows)


def _words(texts: Iterable[Any]) -> list[str]:
    whole = " ".join(
        " ".join(text) if isinstance(text, list) else text or "" for text in texts
    )
    return plain_words(whole)[:MOST_KEPT]


@event.listens_for(RungSession, "after_flush")
def _follow(session: Session, _context: Any) -> None:
    fresh: dict[str, dict[int, list[Any]]] = {}
    for row in (*session.new, *session.dirty):
        names = getattr(row, "found_by", ())
        if names and (row in session.new or _is_renamed(row, names)):
            texts = [getattr(row, name) for name in names]
            fresh.setdefault(row.__tablename__, {})[row.id] = texts
    for kind, found in fresh.items():
        _keep(session.connection(), kind, found)


def _is_renamed(row: Any, names: Iterable[str]) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in names)

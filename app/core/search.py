"""Full text of everything that can be searched: one table, FTS5 on SQLite, a tsvector index on
PostgreSQL; articles have an index of their own.

Both databases get the same words: small letters without accents, cut by us. So both find the same,
and nothing that somebody types can be read as a query language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    UniqueConstraint,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD, MOST_WORDS, LONGEST_BODY = 64, 12, 100_000
VECTOR = (
    "(setweight(to_tsvector('simple', title), 'A') || "
    "setweight(to_tsvector('simple', body), 'D'))"
)
"""What the PostgreSQL index of revision 0003 is made over; the query has to say the same."""
APART = ("article",)
"""Kinds of records with an index of their own: few, and looked for beside very many others."""


class SearchText(Base):
    """The words of one record: ``kind`` and ``row_id`` say which, ``title`` weighs more than
    ``body``.
    """

    __tablename__ = "search_text"
    __table_args__ = (UniqueConstraint("kind", "row_id"),)
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    row_id: Mapped[int]
    title: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")


def folded(content: str) -> list[str]:
    """Return the words of a text as they are compared: small letters, no accents, no signs."""
    bare = content if content.isascii() else _without_accents(content)
    return [word[:LONGEST_WORD] for word in WORD.findall(bare.casefold())]


def _without_accents(content: str) -> str:
    return "".join(
        each
        for each in unicodedata.normalize("NFKD", content)
        if not unicodedata.combining(each)
    )


def index(session: Session, kind: str, row_id: int, title: str, body: str = "") -> None:
    """Keep the words of a record for searching; those kept before are replaced."""
    row = session.scalar(select(SearchText).where(*_is(kind, row_id)))
    if row is None:
        row = SearchText(kind=kind, row_id=row_id)
        session.add(row)
    row.title, row.body = " ".join(folded(title)), " ".join(folded(body[:LONGEST_BODY]))
    session.flush()


def forget(session: Session, kind: str, row_id: int) -> None:
    """Let a record not be found any more."""
    session.execute(delete(SearchText).where(*_is(kind, row_id)))


def search(
    session: Session,
    kind: str,
    words: str,
    limit: int = 20,
    offset: int = 0,
    *,
    every: bool = True,
) -> list[int]:
    """Return the numbers of the records in which all ``words`` stand, best first; the last may be
    just begun.

    ``every`` False: one of the words is enough, the more of them the better. Nothing typed finds
    nothing.
    """
    if not (wanted := _asked(words)):
        return []
    matches, worth = _terms(session, kind, wanted, every=every)
    found = select(SearchText.row_id).where(_of(kind), *matches)
    return list(
        session.scalars(
            found.order_by(worth, SearchText.row_id.desc()).limit(limit).offset(offset)
        )
    )


def latest(session: Session, kind: str, words: str, most: int) -> Select[int] | None:
    """Return the query for the numbers of the records in which all ``words`` begin one, those kept
    last first and no more than ``most``; None when nothing is asked.
    """
    wanted = _asked(words)
    if not wanted:
        return None
    if session.get_bind().dialect.name == "sqlite":
        terms = " AND ".join(f'"{word}"*' for word in wanted)
        whole, number = _fts(kind)
        found = select(SearchText.row_id).where(
            whole.op("MATCH", is_comparison=True)(terms), SearchText.id == number
        )
        return found.where(_of(kind)).order_by(number.desc()).limit(most)
    terms = " & ".join(f"'{word}':*" for word in wanted)
    query = func.to_tsquery(literal_column("'simple'"), terms)
    vector: ColumnElement[str] = literal_column(VECTOR)
    fits = vector.op("@@", is_comparison=True)(query)
    # By a sum, so that PostgreSQL asks the full text and does not read the rows from their end.
    found = select(SearchText.row_id).where(_of(kind), fits)
    return found.order_by((SearchText.id + 0).desc()).limit(most)


def count(session: Session, kind: str, words: str, *, every: bool = True) -> int:
    """Return in how many records the words stand."""
    if not (wanted := _asked(words)):
        return 0
    matches, _ = _terms(session, kind, wanted, every=every)
    return (
        session.scalar(
            select(func.count()).select_from(SearchText).where(_of(kind), *matches)
        )
        or 0
    )


def marked(content: str, words: str, longest: int = 200) -> list[tuple[str, bool]]:
    """Return the part of a text in which the words stand, in pieces: text, and whether it is one of
    them.
    """
    wanted = _asked(words)
    hits = [hit.span() for hit in WORD.finditer(content) if _hits(hit.group(), wanted)]
    start = _first_of_words(content, max(0, hits[0][0] - longest // 4)) if hits else 0
    end = min(len(content), start + longest)
    pieces = list(
        _pieces(content, [span for span in hits if span[1] <= end], start, end)
    )
    return [("…", False)] * (start > 0) + pieces + [("…", False)] * (end < len(content))


@cache
def _fts(kind: str) -> tuple[ColumnElement[str], ColumnElement[int]]:
    """Return SQLite's index of a kind and the number in it: the hidden column of the name of the
    table stands for the whole of it.
    """
    name = f"search_fts_{kind}" if kind in APART else "search_fts"
    index_of = table(name, column("rowid", Integer), column(name, Text))
    return index_of.c[name], index_of.c.rowid


def _of(kind: str) -> ColumnElement[bool]:
    if kind in APART:  # as the index of PostgreSQL says it
        return SearchText.kind == literal_column(f"'{kind}'")
    # Of no use to an index, so that SQLite asks the full text once and not again for each row of
    # the kind.
    return func.coalesce(SearchText.kind, "") == kind


def _is(kind: str, row_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SearchText.kind == kind, SearchText.row_id == row_id


def _asked(words: str) -> list[str]:
    return list(islice(folded(words[:1000]), MOST_WORDS))


def _terms(
    session: Session, kind: str, wanted: list[str], *, every: bool
) -> tuple[list[ColumnElement[bool]], ColumnElement[float]]:
    """Return the condition and the order (small is best), in the words of this database."""
    if session.get_bind().dialect.name == "sqlite":
        terms = (" AND " if every else " OR ").join(
            f'"{word}"' for word in wanted
        ) + "*"
        whole, number = _fts(kind)
        return [
            whole.op("MATCH", is_comparison=True)(terms),
            SearchText.id == number,
        ], func.bm25(whole, 10.0, 1.0)
    terms = (" & " if every else " | ").join(f"'{word}'" for word in wanted) + ":*"
    query = func.to_tsquery(literal_column("'simple'"), terms)
    vector: ColumnElement[str] = literal_column(VECTOR)
    return [vector.op("@@", is_comparison=True)(query)], -func.ts_rank(vector, query)


def _hits(word: str, wanted: list[str]) -> bool:
    bare = "".join(folded(word))
    return any(bare == each for each in wanted) or bool(
        wanted and bare.startswith(wanted[-1])
    )


def _first_of_words(content: str, at: int) -> int:
    return content.find(" ", at) + 1 if at else 0


def _pieces(
    content: str, hits: list[tuple[int, int]], start: int, end: int
) -> Iterator[tuple[str, bool]]:
    for first, last in hits:
        if first > start:
            yield content[start:first], False
        yield content[first:last], True
        start = last
    if start < end:
        yield content[start:end], False

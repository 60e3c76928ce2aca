"""Find anything: what a room gives so that its things, pages and deeds are found from everywhere.

A room has a module ``finding`` with ``FINDERS``, ``PICKERS``, ``DEEDS`` and ``PLACES``, as far as
it has any; ``create_app`` collects them. What leads to a page is shown only to who may open it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.core.names import MOST_ASKED, named, plain_words
from app.core.search import WORD
from app.core.texts import LARGEST_NUMBER

SHOWN, LONGEST = 5, 200
MOST_COUNTED = 1000
"""Nobody needs to know how many more than this there are."""
MOST_READ = 3 * MOST_COUNTED
"""So many words of names are read: several may be of one row."""
KEY = "rung.finding"


@dataclass(frozen=True)
class Question:
    """What somebody typed into the search; ``row`` instead: the one of that number is meant."""

    text: str
    row: int | None = None

    @classmethod
    def of(cls, typed: str) -> Question:
        """Return the question in what was typed, however long that is."""
        return cls(typed.strip()[:LONGEST])

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Return its words as names are compared."""
        return tuple(dict.fromkeys(plain_words(self.text)))[:MOST_ASKED]

    @cached_property
    def number(self) -> int | None:
        """Return the number it is, as of an incident: ``8`` or ``#8``."""
        bare = self.text.removeprefix("#")
        if not (bare.isascii() and bare.isdecimal()) or len(bare) > 10:
            return None
        return int(bare) if 0 < int(bare) <= LARGEST_NUMBER else None

    def is_name(self, *names: str) -> bool:
        """Tell whether one of ``names`` is just what was asked for."""
        asked = plain_words(self.text)
        return bool(asked) and any(plain_words(name) == asked for name in names)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its number, its name, a second line that tells it from its namesakes, and
    whether it is exactly what was asked for.

    ``key`` is what a form keeps of it and ``fill`` what stands in a field where it was chosen;
    unless given, the number and the name.
    """

    number: int
    name: str
    second: str = ""
    exact: bool = False
    key: str = ""
    fill: str = ""

    @property
    def filled(self) -> str:
        """Return what stands in a field where it was chosen."""
        return self.fill or self.name


@dataclass(frozen=True, slots=True)
class Hits:
    """The best of what was found, and how much there is, as far as that was counted."""

    shown: tuple[Hit, ...] = ()
    total: int = 0

    @property
    def full(self) -> bool:
        """Tell whether there are more than were counted."""
        return self.total >= MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Finder:
    """How things of one kind are found.

    ``page`` is the endpoint of one of them, whose address takes its number as ``part``; ``rows``
    that of their list, which takes the words as ``asks``. ``find`` asks the database once at most.
    ``key_in`` returns what to ask for when a field holds what was chosen before. ``picks`` are
    endpoints that make one choose among them, so who may open those may.
    """

    key: str
    label: Any
    icon: str
    page: str
    part: str
    rows: str
    find: Callable[[Session, Question], Hits]
    asks: str = "q"
    key_in: Callable[[str], str] = str
    picks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A page that is found by its name; ``words`` are others by which people look for it."""

    endpoint: str
    label: Any
    words: Any = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to begin: ``endpoint`` is the page where that is done.

    ``needs`` is the endpoint one has to be allowed, where that is another. ``new`` is its place in
    the menu of what can be made, 0 for none; ``danger`` ones are red.
    """

    endpoint: str
    label: Any
    icon: str
    words: Any = ""
    needs: str = ""
    new: int = 0
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Findable:
    """All that the rooms gave, in the order in which it is shown; ``pickers`` find only for fields
    in which something is chosen.
    """

    finders: tuple[Finder, ...] = ()
    pickers: tuple[Finder, ...] = ()
    deeds: tuple[Deed, ...] = ()
    places: tuple[Place, ...] = ()

    @classmethod
    def of(cls, rooms: Iterable[Any]) -> Findable:
        """Collect what modules of rooms give."""
        given = list(rooms)

        def all_of(name: str) -> Iterator[Any]:
            for room in given:
                yield from getattr(room, name, ())

        kinds = ("FINDERS", "PICKERS", "DEEDS", "PLACES")
        return cls(*(tuple(all_of(kind)) for kind in kinds))


def named_hits(
    session: Session,
    asked: Question,
    columns: Sequence[Any],
    hit: Callable[[Any], Hit],
    *,
    where: Sequence[ColumnElement[bool]] = (),
    also: Select[*tuple[Any, ...]] | None = None,
    names: int = 1,
) -> Hits:
    """Find rows by their names, in one query.

    ``columns`` begin with the number and so many ``names`` of a mapped class; ``also`` are numbers
    of rows that fit for another reason, with ``near``. What has exactly the name comes first, then
    what leaves out least of a word.
    """
    number, name = columns[:2]
    rows = _fitting(number.class_.__tablename__, asked, also)
    if rows is None:
        return Hits()
    near = rows.subquery()
    same = (func.lower(each) == asked.text.lower() for each in columns[1 : 1 + names])
    whole = case((or_(*same), 0), else_=1)
    query = (
        select(*columns, near.c.near, func.count().over().label("total"))
        .join(near, near.c.row_id == number)
        .where(*where)
        .order_by(whole, near.c.near, func.lower(name), number)
    )
    return _hits(session.execute(query.limit(SHOWN)).all(), hit)


def among(asked: Question, rows: Iterable[Hit]) -> Hits:
    """Find by name among things that are few enough to be read whole, as operators are."""
    if asked.row:
        return Hits(tuple(hit for hit in rows if hit.number == asked.row), 1)
    found = [hit for hit in rows if asked.words and fits(asked, hit.name)]
    found.sort(key=lambda hit: not hit.exact)
    return Hits(tuple(found[:SHOWN]), len(found))


def meant(asked: str, names: Iterable[str]) -> frozenset[str]:
    """Return which of ``names`` somebody means: the one that is called so, or all that fit."""
    question, there = Question.of(asked), set(names)
    same = {name for name in there if question.is_name(name)}
    return frozenset(same or {name for name in there if fits(question, name)})


def named_like(column: InstrumentedAttribute[Any], asked: str) -> ColumnElement[bool]:
    """Tell of a row that ``column`` says just what was asked; where none does, that it holds it."""
    every = getattr(aliased(column.class_), column.key)
    same = select(every).where(func.lower(every) == asked.lower()).exists()
    return or_(
        func.lower(column) == asked.lower(),
        ~same & column.icontains(asked, autoescape=True),
    )


def _fitting(
    kind: str, asked: Question, also: Select[*tuple[Any, ...]] | None
) -> Select[*tuple[Any, ...]] | None:
    if asked.row:
        columns = (literal(asked.row).label("row_id"), literal(0).label("near"))
        return select(*columns)
    by_name = named(kind, asked.words, MOST_READ) if asked.words else None
    if also is None or by_name is None:
        return by_name if also is None else also
    both = by_name.union_all(also).subquery()
    near = func.min(both.c.near).label("near")
    return select(both.c.row_id, near).group_by(both.c.row_id)


def _hits(rows: Sequence[Row[*tuple[Any, ...]]], hit: Callable[[Any], Hit]) -> Hits:
    total = rows[0].total if rows else 0
    return Hits(tuple(hit(row) for row in rows), min(total, MOST_COUNTED))


def fits(asked: Question, *texts: Any) -> bool:
    """Tell whether each word asked for begins a word of the texts."""
    there = plain_words(" ".join(str(text) for text in texts))
    return all(any(each.startswith(word) for each in there) for word in asked.words)


def pieces(name: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Return a name in pieces: text, and whether it is what was asked for."""
    found: list[tuple[str, bool]] = []
    end = 0
    for hit in WORD.finditer(name):
        if length := _matching(hit.group(), words):
            found += [(name[end : hit.start()], False)]
            end = hit.start() + length
            found += [(name[hit.start() : end], True)]
    return [piece for piece in (*found, (name[end:], False)) if piece[0]]


def _matching(word: str, wanted: Sequence[str]) -> int:
    """Return how many letters of a word as written stand for the longest word that begins it."""
    bare = "".join(plain_words(word))
    longest = max(
        (each for each in wanted if bare.startswith(each)), key=len, default=""
    )
    if not longest:
        return 0
    lengths = range(1, len(word) + 1)
    enough = (
        size
        for size in lengths
        if len("".join(plain_words(word[:size]))) >= len(longest)
    )
    return next(enough, len(word))

"""Articles as pages show them: found by words, with how often they were used and what is said
against them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.errors import NotFound
from app.core.finding import MOST_READ, Question, named_like
from app.core.names import named
from app.core.plain import ref
from app.core.said import said
from app.core.search import marked, search
from app.core.texts import LARGEST_NUMBER
from app.core.trail import ToldEvent, about, history
from app.knowledge.rules import USED_UNSEEN, due_for_review, few_that_solve
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceState
from app.models.knowledge import (
    Article,
    ArticleFlag,
    ArticleState,
    ArticleUse,
    Audience,
    UseKind,
)

MOST_FOUND = 500
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows the list: words, state, service, audience, and only what is due for review."""

    words: str = ""
    state: str = ""
    service_id: str = ""
    audience: str = ""
    review: bool = False

    @property
    def any(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(
            self.words.strip()
            or self.state
            or self.service_id
            or self.audience
            or self.review
        )


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One article of the list.

    ``used`` counts incidents it helped in, ``flags`` what nobody put right yet.
    """

    id: int
    title: str
    excerpt: Pieces
    state: ArticleState
    audience: Audience
    service: str
    used: int
    flags: int
    changed_at: datetime

    @property
    def review(self) -> bool:
        """Tell whether somebody has to look at it."""
        return due_for_review(
            self.state is ArticleState.VALIDATED, self.used, self.flags
        )


@dataclass(frozen=True, slots=True)
class Use:
    """An incident that an article belongs to."""

    incident_id: int
    kind: UseKind
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One article with everything around it."""

    one: Article
    service: str
    uses: tuple[Use, ...]
    flags: tuple[ArticleFlag, ...]
    history: tuple[ToldEvent, ...]

    @property
    def used(self) -> int:
        """Return in how many incidents it helped."""
        return sum(use.kind is UseKind.USED for use in self.uses)


@dataclass(frozen=True, slots=True)
class ArticleStanding:
    """How the knowledge stands: ``few`` of ``used_articles`` carry 80 % of ``uses``."""

    articles: int
    validated: int
    review: int
    uses: int
    used_articles: int
    few: int


def article_lines(
    session: Session, asked: Asked, limit: int, offset: int = 0
) -> tuple[list[ArticleLine], int]:
    """Return a page of the articles that fit, best first, and how many fit. Three queries."""
    query = select(Article, Service.name, _used(), _flags()).outerjoin(
        Service, Service.id == Article.service_id
    )
    query = query.where(*_narrowed(asked))
    order: list[ColumnElement[int]] = []
    if asked.words.strip():
        ids = found_articles(session, asked.words)
        query, order = query.where(Article.id.in_(ids)), _in_order(ids)
    total = (
        session.scalar(
            select(func.count()).select_from(query.order_by(None).subquery())
        )
        or 0
    )
    rows = session.execute(
        query.order_by(*order, *_usual_order()).limit(limit).offset(offset)
    ).all()
    return [_line(*row, asked.words) for row in rows], total


def found_articles(session: Session, words: str) -> list[int]:
    """Return the articles words lead to: by all that stands in them, best first, then by name."""
    asked = Question.of(words).words
    by_text = search(session, "article", words, MOST_FOUND)
    by_name = session.scalars(named("article", asked, MOST_READ)) if asked else ()
    return list(dict.fromkeys([*by_text, *by_name]))


def search_articles(
    session: Session,
    words: str,
    service_id: int | None = None,
    limit: int = 5,
    *,
    audience: Sequence[Audience] = (),
) -> list[ArticleLine]:
    """Return articles that may help while somebody still types; those of the service first.

    No archived ones.
    """
    ids = search(session, "article", words, 50, every=False)
    query = select(Article, Service.name, _used(), _flags()).outerjoin(
        Service, Service.id == Article.service_id
    )
    query = query.where(Article.id.in_(ids), Article.state != ArticleState.ARCHIVED)
    if audience:
        query = query.where(Article.audience.in_(audience))
    ours = [case((Article.service_id == service_id, 0), else_=1)] if service_id else []
    rows = session.execute(query.order_by(*ours, *_in_order(ids)).limit(limit)).all()
    return [_line(*row, words) for row in rows]


def article_page(
    session: Session, article_id: int, permissions: Collection[str]
) -> ArticlePage:
    """Return one article with what a page shows around it. Raises ``NotFound``."""
    article = one(session, Article, article_id)
    service = session.get(Service, article.service_id) if article.service_id else None
    uses = session.scalars(
        select(ArticleUse)
        .where(ArticleUse.article_id == article_id)
        .order_by(ArticleUse.id.desc())
    )
    flags = select(ArticleFlag).where(
        ArticleFlag.article_id == article_id, ArticleFlag.settled_at.is_(None)
    )
    events = history(session, about(ref(article)), permissions, limit=50)
    return ArticlePage(
        article,
        service.name if service else "",
        tuple(Use(use.incident_id, use.kind, use.at, use.by) for use in uses),
        tuple(session.scalars(flags.order_by(ArticleFlag.id))),
        tuple(events),
    )


def open_article(session: Session, article_id: int) -> Article:
    """Return an article everybody may read.

    Raises ``NotFound`` for all others, as if they were not there.
    """
    query = select(Article).where(Article.id == article_id, *_open())
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(said("There is no such article, or it is not public."))
    return found


def open_articles(
    session: Session, words: str, limit: int, offset: int = 0
) -> tuple[list[Article], int]:
    """Return the validated public articles, those with the words first, and how many there are."""
    query, order = select(Article).where(*_open()), [Article.title]
    if words.strip():
        ids = search(session, "article", words, MOST_FOUND)
        query, order = query.where(Article.id.in_(ids)), _in_order(ids)  # type: ignore[assignment]
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(
        session.scalars(query.order_by(*order, Article.id).limit(limit).offset(offset))
    ), total


def standing(session: Session) -> ArticleStanding:
    """Return how the knowledge stands. One query."""
    rows = session.execute(
        select(Article.state, _used(), _flags()).where(
            Article.state != ArticleState.ARCHIVED
        )
    ).all()
    uses = [used for _, used, _ in rows]
    valid = [state is ArticleState.VALIDATED for state, _, _ in rows]
    due = sum(
        due_for_review(fine, used, flags)
        for fine, (_, used, flags) in zip(valid, rows, strict=True)
    )
    return ArticleStanding(
        len(rows),
        sum(valid),
        due,
        sum(uses),
        sum(used > 0 for used in uses),
        few_that_solve(uses),
    )


def service_choices(session: Session) -> list[tuple[str, str]]:
    """Return the services an article can be about."""
    query = (
        select(Service.id, Service.name)
        .where(Service.state != ServiceState.RETIRED)
        .order_by(Service.name)
    )
    return [(str(number), name) for number, name in session.execute(query)]


def _used() -> ColumnElement[int]:
    query = select(func.count()).where(
        ArticleUse.article_id == Article.id, ArticleUse.kind == UseKind.USED
    )
    return query.correlate(Article).scalar_subquery()


def _flags() -> ColumnElement[int]:
    query = select(func.count()).where(
        ArticleFlag.article_id == Article.id, ArticleFlag.settled_at.is_(None)
    )
    return query.correlate(Article).scalar_subquery()


def _narrowed(asked: Asked) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.state in list(ArticleState):
        wanted.append(Article.state == ArticleState(asked.state))
    else:
        wanted.append(Article.state != ArticleState.ARCHIVED)
    if asked.audience in list(Audience):
        wanted.append(Article.audience == Audience(asked.audience))
    if asked.service_id:
        wanted.append(_of_service(asked.service_id))
    if asked.review:
        unseen = (Article.state != ArticleState.VALIDATED) & (_used() >= USED_UNSEEN)
        wanted.append(or_(_flags() > 0, unseen))
    return wanted


def _of_service(asked: str) -> ColumnElement[bool]:
    """Tell of an article of the service of this number, or of those called so."""
    if asked.isdecimal() and int(asked) <= LARGEST_NUMBER:
        return Article.service_id == int(asked)
    so_called = select(Service.id).where(named_like(Service.name, asked))
    return Article.service_id.in_(so_called)


def _in_order(ids: Sequence[int]) -> list[ColumnElement[int]]:
    return (
        [
            case(
                {number: place for place, number in enumerate(ids)},
                value=Article.id,
                else_=len(ids),
            )
        ]
        if ids
        else []
    )


def _usual_order() -> tuple[
    ColumnElement[int], ColumnElement[datetime], ColumnElement[int]
]:
    return _used().desc(), Article.changed_at.desc(), Article.id.desc()


def _open() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Article.audience == Audience.PUBLIC, Article.state == ArticleState.VALIDATED


def _line(
    article: Article, service: str | None, used: int, flags: int, words: str
) -> ArticleLine:
    excerpt = marked(article.issue or article.resolution, words, 160)
    return ArticleLine(
        article.id,
        article.title,
        excerpt,
        article.state,
        article.audience,
        service or "",
        used,
        flags,
        article.changed_at,
    )

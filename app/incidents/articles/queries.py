"""Articles beside an incident, and the figures of KCS: how often incidents end with an article
linked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.together import Question
from app.knowledge.queries import (
    ArticleLine,
    ArticleStanding,
    search_articles,
    standing,
)
from app.models.incidents.incident import Incident
from app.models.knowledge import Article, ArticleState, ArticleUse, Audience, UseKind

LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """An article of an incident; ``id`` is the link's."""

    id: int
    article_id: int
    title: str
    kind: UseKind
    state: ArticleState
    audience: Audience

    @property
    def tellable(self) -> bool:
        """Tell whether a requester may read it."""
        return (
            self.audience is not Audience.INTERNAL
            and self.state is not ArticleState.ARCHIVED
        )


@dataclass(frozen=True, slots=True)
class ArticlePanel:
    """The articles of an incident, those that may help, and whether one was made from it."""

    linked: tuple[LinkedArticle, ...]
    hits: tuple[ArticleLine, ...]

    @property
    def made(self) -> bool:
        """Tell whether an article was made from the incident."""
        return any(each.kind is UseKind.MADE_FROM for each in self.linked)


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    """``linked`` of ``restored`` incidents of the last 90 days have an article; in ``reused`` one
    helped.
    """

    stands: ArticleStanding
    restored: int
    linked: int
    reused: int
    made: int


def article_panel(session: Session, incident: Incident) -> ArticlePanel:
    """Return the articles of an incident and up to three that may help."""
    return articles_in(session, incident, session.execute(linked_asked(incident.id)))


def linked_asked(incident_id: int) -> Question:
    """Return the question for the articles that belong to an incident."""
    chosen = select(
        ArticleUse.id,
        Article.id.label("article_id"),
        Article.title,
        ArticleUse.kind,
        Article.state,
        Article.audience,
    )
    return chosen.join(Article, Article.id == ArticleUse.article_id).where(
        ArticleUse.incident_id == incident_id
    )


def articles_in(
    session: Session, incident: Incident, rows: Iterable[Any]
) -> ArticlePanel:
    """Return the articles that belong to an incident, and others that may help."""
    linked = sorted(
        (
            LinkedArticle(
                row.id,
                row.article_id,
                row.title,
                row.kind,
                row.state,
                row.audience,
            )
            for row in rows
        ),
        key=lambda each: each.id,
    )
    known = {each.article_id for each in linked}
    hits = search_articles(
        session, incident.title, incident.service_id, limit=3 + len(known)
    )
    return ArticlePanel(
        tuple(linked), tuple(hit for hit in hits if hit.id not in known)[:3]
    )


def article_figures(session: Session, now: datetime) -> ArticleFigures:
    """Return the figures of the last 90 days. Two queries."""
    of_it = select(ArticleUse.id).where(ArticleUse.incident_id == Incident.id)
    used, made = (
        of_it.where(ArticleUse.kind == kind).exists()
        for kind in (UseKind.USED, UseKind.MADE_FROM)
    )
    count = func.count()
    counts = select(
        count, count.filter(of_it.exists()), count.filter(used), count.filter(made)
    ).select_from(Incident)
    row = session.execute(counts.where(Incident.restored_at > now - LOOKED_BACK)).one()
    return ArticleFigures(standing(session), *row)

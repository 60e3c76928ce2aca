"""How articles are found from everywhere, and the pages and deeds of knowledge."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.core.finding import (
    MOST_COUNTED,
    Deed,
    Finder,
    Hit,
    Hits,
    Place,
    Question,
    named_hits,
)
from app.knowledge.queries import Asked, article_lines
from app.models.knowledge import Article, ArticleState


def find_articles(session: Session, asked: Question) -> Hits:
    """Find articles in use by their title and the issue they tell of; as many are said to be there
    as the list of articles shows for the same words.
    """
    found = named_hits(
        session,
        asked,
        (Article.id, Article.title, Article.issue),
        lambda row: Hit(row.id, row.title, row.issue, asked.is_name(row.title)),
        where=(Article.state != ArticleState.ARCHIVED,),
    )
    if found.total <= len(found.shown):
        return found
    listed = article_lines(session, Asked(asked.text), limit=0)[1]
    return replace(found, total=min(listed, MOST_COUNTED))


FINDERS = (
    Finder(
        "articles",
        _("Articles"),
        "book-open",
        "knowledge.article",
        "article_id",
        "knowledge.index",
        find_articles,
        asks="words",
    ),
)
PLACES = (
    Place("knowledge.index", _("Knowledge"), _("articles solutions")),
    Place("knowledge.open_articles", _("Public articles"), _("knowledge help")),
)
DEEDS = (
    Deed("knowledge.article_new", _("New article"), "book-open", _("write"), new=4),
)

"""What can be done with articles: add, fix, say how far they are trusted, flag, settle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.core.changes import Change, cleaned, demand_revision, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.search import index
from app.models.catalog.service import Service
from app.models.knowledge import Article, ArticleFlag, ArticleState, ArticleUse, UseKind

KIND = "article"
EDITABLE = ("title", "issue", "environment", "resolution", "cause", "audience", "service_id")


def add(session: Session, values: Mapping[str, Any], *, by: str, now: datetime) -> Article:
    """Write an article. Raises ``Invalid`` naming the field."""
    article = Article(
        state=ArticleState.IN_PROGRESS,
        revision=1,
        created_at=now,
        created_by=by,
        changed_at=now,
        changed_by=by,
        validated_at=None,
        **_checked(session, values),
    )
    change = Change(about=Article)
    change.add(session, article)
    return _kept(session, article, change, "add", f"Article: {article.title}", by=by, now=now)


def fix(
    session: Session,
    article_id: int,
    values: Mapping[str, Any],
    *,
    began_at: int | None = None,
    by: str,
    now: datetime,
) -> Article:
    """Change an article.

    One that was validated and says something else now has to be validated again.
    """
    article = one_locked(session, Article, article_id)
    demand_revision(article.revision, began_at)
    change = Change(about=Article)
    if not change.put(article, _checked(session, values)):
        return article
    if article.state is ArticleState.VALIDATED and {
        "issue",
        "environment",
        "resolution",
        "cause",
    } & set(change.after):
        change.put(
            article, {"state": ArticleState.NOT_VALIDATED, "validated_at": None, "validated_by": ""}
        )
    change.put(article, {"changed_at": now, "changed_by": by, "revision": article.revision + 1})
    return _kept(
        session, article, change, "fix", f"Changed the article {article.title}", by=by, now=now
    )


def trust(
    session: Session, article_id: int, state: ArticleState, *, by: str, now: datetime
) -> Article:
    """Say how far an article is trusted; any state may follow any other."""
    article = one_locked(session, Article, article_id)
    if state is ArticleState.VALIDATED and not (article.issue and article.resolution):
        raise Refused("Only an article that says what is wrong and what helps can be validated.")
    change = Change(about=Article)
    if not change.put(article, {"state": state}):
        return article
    validated = state is ArticleState.VALIDATED
    change.put(
        article,
        {"validated_at": now if validated else None, "validated_by": by if validated else ""},
    )
    change.put(article, {"revision": article.revision + 1})
    return _kept(session, article, change, "state", f"{article.title}: {state}", by=by, now=now)


def flag(session: Session, article_id: int, text: str, *, by: str, now: datetime) -> ArticleFlag:
    """Say what is wrong with an article."""
    article = one_locked(session, Article, article_id)
    if not text.strip():
        raise Invalid("Say what is wrong with it.", field="text")
    change = Change(about=Article)
    made = change.add(
        session,
        ArticleFlag(article_id=article_id, text=text.strip(), at=now, by=by, settled_at=None),
    )
    change.record(
        session, article, "article.flag", f"Flagged {article.title}", by=by, now=now, reason=text
    )
    return made


def settle(session: Session, flag_id: int, *, by: str, now: datetime) -> Article:
    """Say that what was wrong with an article is put right."""
    found = one_locked(session, ArticleFlag, flag_id)
    article = one(session, Article, found.article_id)
    change = Change(about=Article)
    if found.settled_at is None and change.put(found, {"settled_at": now, "settled_by": by}):
        change.record(
            session, article, "article.settle", f"Settled a flag of {article.title}", by=by, now=now
        )
    return article


def note_use(
    session: Session, article_id: int, incident_id: int, kind: UseKind, *, by: str, now: datetime
) -> ArticleUse:
    """Note that an article helped in an incident or was made from it; the incident's own event
    tells of it.
    """
    use = ArticleUse(article_id=article_id, incident_id=incident_id, kind=kind, at=now, by=by)
    session.add(use)
    session.flush()
    return use


def forget_use(session: Session, use: ArticleUse) -> None:
    """Take such a note back; the incident's own event tells of it."""
    session.delete(use)


def _checked(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    found = cleaned(Article, values, EDITABLE)
    if not found.get("title", "kept"):
        raise Invalid(
            "Give the article a title: what somebody would type to find it.", field="title"
        )
    if found.get("service_id") and session.get(Service, found["service_id"]) is None:
        raise Invalid("Choose a service.", field="service_id")
    return found


def _kept(
    session: Session,
    article: Article,
    change: Change,
    action: str,
    sentence: str,
    *,
    by: str,
    now: datetime,
) -> Article:
    body = "\n".join((article.issue, article.environment, article.resolution, article.cause))
    index(session, KIND, article.id, article.title, body)
    change.record(session, article, f"article.{action}", sentence, by=by, now=now)
    return article

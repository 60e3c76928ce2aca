"""What can be done with articles: add, fix, say how far they are trusted, flag, settle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, cleaned, demand_revision, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.core.search import index
from app.models.catalog.service import Service
from app.models.knowledge import Article, ArticleFlag, ArticleState, ArticleUse, UseKind

KIND = "article"
EDITABLE = (
    "title",
    "issue",
    "environment",
    "resolution",
    "cause",
    "audience",
    "service_id",
)


def add(act: Acting, values: Mapping[str, Any]) -> Article:
    """Write an article. Raises ``Invalid`` naming the field."""
    article = Article(
        state=ArticleState.IN_PROGRESS,
        revision=1,
        created_at=act.now,
        created_by=act.by,
        changed_at=act.now,
        changed_by=act.by,
        validated_at=None,
        **_checked(act.session, values),
    )
    change = Change(about=Article)
    change.add(act.session, article)
    return _kept(act, article, change, "add", f"Article: {article.title}")


def fix(
    act: Acting,
    article_id: int,
    values: Mapping[str, Any],
    *,
    began_at: int | None = None,
) -> Article:
    """Change an article.

    One that was validated and says something else now has to be validated again.
    """
    article = one_locked(act.session, Article, article_id)
    demand_revision(article.revision, began_at)
    change = Change(about=Article)
    if not change.put(article, _checked(act.session, values)):
        return article
    if article.state is ArticleState.VALIDATED and {
        "issue",
        "environment",
        "resolution",
        "cause",
    } & set(change.after):
        change.put(
            article,
            {
                "state": ArticleState.NOT_VALIDATED,
                "validated_at": None,
                "validated_by": "",
            },
        )
    change.put(
        article,
        {"changed_at": act.now, "changed_by": act.by, "revision": article.revision + 1},
    )
    return _kept(act, article, change, "fix", f"Changed the article {article.title}")


def trust(act: Acting, article_id: int, state: ArticleState) -> Article:
    """Say how far an article is trusted; any state may follow any other."""
    article = one_locked(act.session, Article, article_id)
    if state is ArticleState.VALIDATED and not (article.issue and article.resolution):
        raise Refused(
            said(
                "Only an article that says what is wrong and what helps can be "
                "validated."
            )
        )
    change = Change(about=Article)
    if not change.put(article, {"state": state}):
        return article
    validated = state is ArticleState.VALIDATED
    change.put(
        article,
        {
            "validated_at": act.now if validated else None,
            "validated_by": act.by if validated else "",
        },
    )
    change.put(article, {"revision": article.revision + 1})
    return _kept(act, article, change, "state", f"{article.title}: {state}")


def flag(act: Acting, article_id: int, text: str) -> ArticleFlag:
    """Say what is wrong with an article."""
    article = one_locked(act.session, Article, article_id)
    if not text.strip():
        raise Invalid(said("Say what is wrong with it."), field="text")
    change = Change(about=Article)
    made = change.add(
        act.session,
        ArticleFlag(
            article_id=article_id,
            text=text.strip(),
            at=act.now,
            by=act.by,
            settled_at=None,
        ),
    )
    change.record(act, article, "article.flag", f"Flagged {article.title}", reason=text)
    return made


def settle(act: Acting, flag_id: int) -> Article:
    """Say that what was wrong with an article is put right."""
    found = one_locked(act.session, ArticleFlag, flag_id)
    article = one(act.session, Article, found.article_id)
    change = Change(about=Article)
    if found.settled_at is None and change.put(
        found, {"settled_at": act.now, "settled_by": act.by}
    ):
        change.record(
            act, article, "article.settle", f"Settled a flag of {article.title}"
        )
    return article


def note_use(
    act: Acting, article_id: int, incident_id: int, kind: UseKind
) -> ArticleUse:
    """Note that an article helped in an incident or was made from it; the incident's own event
    tells of it.
    """
    use = ArticleUse(
        article_id=article_id, incident_id=incident_id, kind=kind, at=act.now, by=act.by
    )
    act.session.add(use)
    act.session.flush()
    return use


def forget_use(session: Session, use: ArticleUse) -> None:
    """Take such a note back; the incident's own event tells of it."""
    session.delete(use)


def _checked(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    found = cleaned(Article, values, EDITABLE)
    if not found.get("title", "kept"):
        raise Invalid(
            said("Give the article a title: what somebody would type to find it."),
            field="title",
        )
    if found.get("service_id") and session.get(Service, found["service_id"]) is None:
        raise Invalid(said("Choose a service."), field="service_id")
    return found


def _kept(
    act: Acting,
    article: Article,
    change: Change,
    action: str,
    sentence: str,
) -> Article:
    body = "\n".join(
        (article.issue, article.environment, article.resolution, article.cause)
    )
    index(act.session, KIND, article.id, article.title, body)
    change.record(act, article, f"article.{action}", sentence)
    return article

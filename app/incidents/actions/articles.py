"""Articles and incidents belong together: one helped, or was made from it.

Every figure of KCS counts these links.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.changes import one, one_locked
from app.incidents.actions.happening import happened, locked
from app.knowledge import actions as knowledge
from app.models.catalog.service import Fact
from app.models.incidents.incident import Incident, IncidentFact
from app.models.incidents.words import EventKind
from app.models.knowledge import Article, ArticleUse, UseKind


def article_from(session: Session, incident_id: int, *, by: str, now: datetime) -> Article:
    """Make an article of an incident: issue in the requester's words, environment from the facts,
    what helped.

    A second call returns the article that was made.
    """
    incident = locked(session, incident_id)
    made = session.scalar(_links(incident_id).where(ArticleUse.kind == UseKind.MADE_FROM))
    if made is not None:
        return one(session, Article, made.article_id)
    values = {
        "title": incident.title,
        "issue": _issue(incident),
        "environment": _environment(session, incident_id),
        "resolution": incident.resolution,
        "cause": incident.cause,
        "service_id": incident.service_id,
    }
    article = knowledge.add(session, values, by=by, now=now)
    _use(session, incident, article, UseKind.MADE_FROM, by, now)
    return article


def use_article(
    session: Session, incident_id: int, article_id: int, *, by: str, now: datetime
) -> Article:
    """Say that an article helped in an incident; saying it twice counts once."""
    incident, article = locked(session, incident_id), one(session, Article, article_id)
    known = session.scalar(_links(incident_id).where(ArticleUse.article_id == article_id))
    if known is None:
        _use(session, incident, article, UseKind.USED, by, now)
    return article


def unlink_article(session: Session, use_id: int, *, by: str, now: datetime) -> int:
    """Take the link of an article away again; returns the number of the incident."""
    found = one_locked(session, ArticleUse, use_id)
    incident, article = locked(session, found.incident_id), one(session, Article, found.article_id)
    knowledge.forget_use(session, found)
    sentence = f"{article.title} does not belong to {incident.title}"
    happened(
        session,
        incident,
        EventKind.LINKED,
        sentence,
        by=by,
        now=now,
        data={"article": article.id, "off": True},
    )
    return incident.id


def _use(
    session: Session, incident: Incident, article: Article, kind: UseKind, by: str, now: datetime
) -> None:
    knowledge.note_use(session, article.id, incident.id, kind, by=by, now=now)
    sentence = (
        f"{article.title}: {'helped in' if kind is UseKind.USED else 'made from'} {incident.title}"
    )
    data = {"article": article.id, "title": article.title}
    happened(session, incident, EventKind.LINKED, sentence, by=by, now=now, data=data)


def _links(incident_id: int) -> Select[ArticleUse]:
    return select(ArticleUse).where(ArticleUse.incident_id == incident_id)


def _issue(incident: Incident) -> str:
    return (
        "\n\n".join(text for text in (incident.description, incident.effect) if text)
        or incident.title
    )


def _environment(session: Session, incident_id: int) -> str:
    query = select(Fact.name, IncidentFact.value).join(
        IncidentFact, IncidentFact.fact_id == Fact.id
    )
    found = session.execute(
        query.where(IncidentFact.incident_id == incident_id).order_by(Fact.position, Fact.id)
    )
    return "\n".join(f"- {name}: {value}" for name, value in found)

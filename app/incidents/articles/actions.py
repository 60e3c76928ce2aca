"""Articles and incidents belong together: one helped, or was made from it.

Every figure of KCS counts these links.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one, one_locked
from app.incidents.events import happened, locked
from app.knowledge import actions as knowledge
from app.models.catalog.service import Fact
from app.models.incidents.incident import Incident, IncidentFact
from app.models.incidents.words import EventKind
from app.models.knowledge import Article, ArticleUse, UseKind


def article_from(act: Acting, incident_id: int) -> Article:
    """Make an article of an incident: issue in the requester's words, environment from the facts,
    what helped.

    A second call returns the article that was made.
    """
    incident = locked(act.session, incident_id)
    made = act.session.scalar(
        _links(incident_id).where(ArticleUse.kind == UseKind.MADE_FROM)
    )
    if made is not None:
        return one(act.session, Article, made.article_id)
    values = {
        "title": incident.title,
        "issue": _issue(incident),
        "environment": _environment(act.session, incident_id),
        "resolution": incident.resolution,
        "cause": incident.cause,
        "service_id": incident.service_id,
    }
    article = knowledge.add(act, values)
    _use(act, incident, article, UseKind.MADE_FROM)
    return article


@dataclass(frozen=True, slots=True)
class Helped:
    """An article that helped; ``use_id`` is the new link, none where that was known."""

    title: str
    use_id: int | None


def use_article(act: Acting, incident_id: int, article_id: int) -> Helped:
    """Say that an article helped in an incident; saying it twice counts once."""
    incident, article = (
        locked(act.session, incident_id),
        one(act.session, Article, article_id),
    )
    known = act.session.scalar(
        _links(incident_id).where(ArticleUse.article_id == article_id)
    )
    if known is not None:
        return Helped(article.title, None)
    return Helped(article.title, _use(act, incident, article, UseKind.USED).id)


@dataclass(frozen=True, slots=True)
class UseGone:
    """A link of an article that was taken away; ``used``: it had been said to help."""

    incident_id: int
    article_id: int
    used: bool


def unlink_article(act: Acting, use_id: int) -> UseGone:
    """Take the link of an article away again."""
    found = one_locked(act.session, ArticleUse, use_id)
    incident, article = (
        locked(act.session, found.incident_id),
        one(act.session, Article, found.article_id),
    )
    knowledge.forget_use(act.session, found)
    sentence = f"{article.title} does not belong to {incident.title}"
    happened(
        act,
        incident,
        EventKind.LINKED,
        sentence,
        data={"article": article.id, "off": True},
    )
    return UseGone(incident.id, article.id, found.kind is UseKind.USED)


def _use(
    act: Acting, incident: Incident, article: Article, kind: UseKind
) -> ArticleUse:
    use = knowledge.note_use(act, article.id, incident.id, kind)
    sentence = (
        f"{article.title}: "
        f"{'helped in' if kind is UseKind.USED else 'made from'} {incident.title}"
    )
    data = {"article": article.id, "title": article.title}
    happened(act, incident, EventKind.LINKED, sentence, data=data)
    return use


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
        query.where(IncidentFact.incident_id == incident_id).order_by(
            Fact.position, Fact.id
        )
    )
    return "\n".join(f"- {name}: {value}" for name, value in found)

"""The articles of the demo company: made by the same actions as everybody's, only earlier."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.knowledge import actions
from app.models.catalog.service import Service
from app.models.knowledge import Article, ArticleState, Audience

WRITTEN = (
    (
        "Orders cannot be saved",
        "ERP",
        "“Saving failed” after I press the button.",
        "1. Close the order\n2. Sign out\n"
        "3. Sign in and open it from Drafts\n\nNothing typed is lost.",
        ArticleState.VALIDATED,
        Audience.USERS,
        40,
    ),
    (
        "Second screen stays dark",
        "Workplace",
        "Only the laptop's own screen shows something.",
        "- Pull the cable of the dock for ten seconds\n- Press Windows and P, choose Extend",
        ArticleState.VALIDATED,
        Audience.PUBLIC,
        30,
    ),
    (
        "Invitations arrive twice",
        "Mail",
        "Every meeting shows up two times.",
        "Remove the old phone in the account's list of devices.",
        ArticleState.NOT_VALIDATED,
        Audience.INTERNAL,
        9,
    ),
    (
        "Search finds no customers",
        "Customer relations",
        "The list is empty whatever I type.",
        "",
        ArticleState.IN_PROGRESS,
        Audience.INTERNAL,
        1,
    ),
)
"""Title, service, issue, resolution, state, audience, days ago."""


def seed_articles(session: Session, *, by: str, now: datetime) -> bool:
    """Write the articles of the demo, unless there is any article; tell whether."""
    if session.scalar(select(Article.id).limit(1)) is not None:
        return False
    services = dict(session.execute(select(Service.name, Service.id)).all())
    for title, service, issue, resolution, state, audience, days in WRITTEN:
        values = {"title": title, "issue": issue, "resolution": resolution, "audience": audience}
        at = now - timedelta(days=days)
        made = actions.add(session, {**values, "service_id": services.get(service)}, by=by, now=at)
        actions.trust(session, made.id, state, by=by, now=at)
    return True

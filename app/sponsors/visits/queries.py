"""Visits, shaped for their list and their page; sites nobody went to for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.people import Site
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.visit import Visit, VisitHeard
from app.models.sponsors.words import VisitState

USUAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class NotVisited:
    """A site nobody went to for so many days; ``last`` is None where nobody ever did."""

    id: int
    name: str
    last: date | None


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One visit and what came of it."""

    one: Visit
    heard: Sequence[VisitHeard]


def visits_known(session: Session) -> list[Visit]:
    """Return visits: those planned first, the next one on top, then the latest that were."""
    over = Visit.state != VisitState.PLANNED
    planned = select(Visit).where(~over).order_by(Visit.day, Visit.id)
    ended = select(Visit).where(over).order_by(Visit.day.desc(), Visit.id.desc())
    return [*session.scalars(planned), *session.scalars(ended)]


def visit_page(session: Session, visit_id: int) -> VisitPage:
    """Return one visit. Raises ``NotFound``."""
    row = one(session, Visit, visit_id)
    mine = select(VisitHeard).where(VisitHeard.visit_id == visit_id)
    return VisitPage(row, session.scalars(mine.order_by(VisitHeard.id)).all())


def not_visited(session: Session, today: date, days: int) -> list[NotVisited]:
    """Return the sites where nobody was for so many days, the longest first."""
    held = and_(Visit.site_id == Site.id, Visit.state == VisitState.HELD)
    last = func.max(Visit.day)
    before = today - timedelta(days=days)
    asked = (
        select(Site.id, Site.name, last)
        .outerjoin(Visit, held)
        .where(Site.retired_at.is_(None))
        .group_by(Site.id, Site.name)
        .having(or_(last.is_(None), last < before))
        .order_by(last.is_not(None), last, Site.id)
    )
    return [NotVisited(*row) for row in session.execute(asked)]


def may_be_visited(session: Session) -> list[tuple[str, str]]:
    """Return the stakeholders of all improvements, to be chosen from; first that it is none."""
    asked = select(Stakeholder.id, Stakeholder.name)
    rows = session.execute(asked.order_by(func.lower(Stakeholder.name), Stakeholder.id))
    return [("", "–"), *((str(number), name) for number, name in rows)]

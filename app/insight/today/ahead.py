"""What Today says of what is under way: one's own incidents, improvements, and when it will end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from flask_babel import get_locale
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.unchanged import unchanged
from app.core.waiting import ME
from app.improvements.statistics.forecast import forecast
from app.improvements.statistics.weeks import throughput
from app.models.access.wave import Switch
from app.models.access.words import SETTLED_SWITCHES
from app.models.improvements.improvement import Improvement, Vote
from app.models.improvements.words import ImprovementState
from app.models.incidents.incident import Incident

MOST = 5
TO_COME = (ImprovementState.RAISED, ImprovementState.ACCEPTED)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Underway:
    """One thing that is under way, with the number that leads to its page."""

    id: int
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How many people moved for good within a week, and when all will have, as a sentence."""

    lately: int
    sentence: str


def mine_of(session: Session, name: str) -> tuple[Underway, ...]:
    """Return the open incidents an operator works on, in the order of the queue."""
    rows = session.execute(_mine_asked(), {"me": name})
    return tuple(Underway(*row) for row in rows)


@cache
def _mine_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Incident.id, Incident.title, Incident.state)
        .where(Incident.is_open.is_(True), Incident.agent == ME)
        .order_by(Incident.rank, Incident.id)
        .limit(MOST)
    )


def running_of(session: Session) -> tuple[Underway, ...]:
    """Return the improvements in progress that stand for themselves."""
    return tuple(Underway(*row) for row in session.execute(_running_asked()))


@cache
def _running_asked() -> Select[*tuple[Any, ...]]:
    return (
        select(Improvement.id, Improvement.title, Improvement.state)
        .where(
            Improvement.parent_id.is_(None),
            Improvement.state == ImprovementState.IN_PROGRESS,
        )
        .order_by(Improvement.next_due, Improvement.id)
        .limit(MOST)
    )


def wished_of(session: Session, name: str) -> Underway | None:
    """Return what most people wish to come next, among what this operator did not vote for."""
    row: Any = session.execute(_wished_asked(), {"me": name}).first()
    return Underway(*row) if row else None


@cache
def _wished_asked() -> Select[*tuple[Any, ...]]:
    votes = func.count(Vote.id)
    voted = select(Vote.improvement_id).where(Vote.voter == ME)
    return (
        select(Improvement.id, Improvement.title, Improvement.state)
        .outerjoin(Vote, Vote.improvement_id == Improvement.id)
        .where(Improvement.state.in_(TO_COME), Improvement.id.not_in(voted))
        .group_by(Improvement.id, Improvement.title, Improvement.state)
        .order_by(votes.desc(), Improvement.id)
        .limit(1)
    )


def pace_of(session: Session, people: int, now: datetime) -> Pace | None:
    """Return how fast people move to roles for good; none before the first did."""
    days = unchanged(session, "days of moves", lambda: _moved_days(session))
    if not days:
        return None
    today = now.date()
    lately = sum(today - day < WEEK for day in days)
    weeks = tuple(throughput(days, min(days), today))
    left, language = max(0, people - len(days)), str(get_locale())
    return Pace(lately, _told(weeks, left, today, language))


def _moved_days(session: Session) -> Sequence[date]:
    """Return for everybody who moved for good the day on which that was first seen."""
    first = (
        select(func.min(Switch.confirmed_at).label("at"))
        .where(Switch.state.in_(SETTLED_SWITCHES), Switch.confirmed_at.is_not(None))
        .group_by(Switch.person_id)
        .subquery()
    )
    return [at.date() for at in session.scalars(select(first.c.at))]


# Exact for up to 2,000 people, which takes a second: it changes once a day, or when somebody moves.
@lru_cache(maxsize=8)
def _told(weeks: tuple[int, ...], remaining: int, today: date, _language: str) -> str:
    return forecast(weeks, remaining, today).sentence

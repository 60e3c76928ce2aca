"""How many people stand in a role for good, how fast they move, and when all will have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from flask_babel import get_locale
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.access.queries import of_a_role
from app.core.unchanged import unchanged
from app.improvements.statistics.forecast import forecast
from app.improvements.statistics.weeks import throughput
from app.models.access.wave import Switch
from app.models.access.words import SETTLED_SWITCHES, SwitchState
from app.models.people import Person

WEEK = timedelta(days=7)
MOVING = (
    SwitchState.ROLE_ON,
    SwitchState.OVERLAP,
    SwitchState.DIRECT_OFF,
    SwitchState.SOAKING,
)


@dataclass(frozen=True, slots=True)
class MovesPace:
    """How many people moved for good within a week, and when all will have, as a sentence."""

    lately: int
    sentence: str


def moves_asked() -> tuple[Select[int], Select[int], Select[int]]:
    """Ask how many people moved for good, are on the way, and could be moved."""
    people = select(func.count(Switch.person_id.distinct()))
    everybody = (
        select(func.count())
        .select_from(Person)
        .where(
            Person.gone_at.is_(None),
            Person.service.is_(False),
            Person.disabled.is_(False),
        )
    )
    return (
        people.where(Switch.state.in_(SETTLED_SWITCHES), of_a_role()),
        people.where(Switch.state.in_(MOVING)),
        everybody,
    )


def pace_of(session: Session, people: int, now: datetime) -> MovesPace | None:
    """Return how fast people move to roles for good; none before the first did."""
    days = unchanged(session, "days of moves", lambda: _moved_days(session))
    if not days:
        return None
    today = now.date()
    lately = sum(today - day < WEEK for day in days)
    weeks = tuple(throughput(days, min(days), today))
    left, language = max(0, people - len(days)), str(get_locale())
    return MovesPace(lately, _told(weeks, left, today, language))


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

"""On which days moved people were seen, and until when somebody has to have decided."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.access.works import SeenDay
from app.models.incidents.incident import Incident

BY_SOMEBODY = ("confirm", "desk", "answer")
"""How somebody was seen when a person said so, and no sign-in alone."""


@dataclass(
    frozen=True,
    slots=True,
)
class SoakLine:
    """How far a moved person is: ``seen`` of ``needed`` days, and what the plan says is done when
    nobody decided by ``deadline``.
    """

    person_id: int
    seen: int
    needed: int
    deadline: date
    then: str
    over: bool

    @property
    def is_enough(self) -> bool:
        """Tell whether the person was seen on all the days that the plan wants."""
        return self.seen >= self.needed


@dataclass(frozen=True, slots=True)
class SoakTerms:
    """What a plan says of the time after the move: on how many days each has to be seen, after how
    many somebody has to have decided, and what is done then.
    """

    days: int
    deadline_days: int
    then: str


def soak_terms(session: Session, wave_id: int) -> SoakTerms | None:
    """Return what the plan of a wave says of the time after the move; old plans say nothing."""
    columns = Wave.soak_days, Wave.soak_deadline_days, Wave.soak_then
    row = session.execute(select(*columns).where(Wave.id == wave_id)).one_or_none()
    if row is None or row[0] is None or row[1] is None:
        return None
    return SoakTerms(row[0], row[1], row[2])


@dataclass(frozen=True, slots=True)
class OverdueWave:
    """A wave of which people wait past the deadline of its plan; ``since`` is when the first of
    them was due.
    """

    wave_id: int
    number: int
    role: str
    then: str
    since: datetime


def overdue_waves(session: Session, now: datetime) -> list[OverdueWave]:
    """Return the waves whose people should have been decided about by now, the oldest first."""
    rows = session.execute(_soaking_since())
    found = [
        OverdueWave(wave, number, role, then, at + timedelta(days=days))
        for wave, number, role, then, days, at in rows
    ]
    due = [one for one in found if one.since < now]
    return sorted(due, key=lambda one: (one.since, one.wave_id))


@cache
def _soaking_since() -> Select[*tuple[Any, ...]]:
    what = Wave.id, Wave.number, Role.name, Wave.soak_then, Wave.soak_deadline_days
    return (
        select(*what, func.min(Switch.switched_at))
        .join(Role, Role.id == Wave.role_id)
        .join(Switch, Switch.wave_id == Wave.id)
        .where(
            Switch.state == SwitchState.SOAKING,
            Switch.switched_at.is_not(None),
            Wave.soak_deadline_days.is_not(None),
        )
        .group_by(*what)
    )


def soak_of(session: Session, wave_id: int, now: datetime) -> dict[int, SoakLine]:
    """Return, by person, how far those of a wave are who wait to be seen working; nothing for a
    plan that says nothing of it.
    """
    terms = soak_terms(session, wave_id)
    if terms is None:
        return {}
    rows = session.execute(
        select(
            Switch.id,
            Switch.person_id,
            Switch.switched_at,
        ).where(Switch.wave_id == wave_id, Switch.state == SwitchState.SOAKING)
    ).all()
    days = _seen_days(
        session,
        [number for number, _, _ in rows],
    )
    since = {person: at for _, person, at in rows if at}
    reported = _reported(
        session,
        since,
    )
    wait = timedelta(days=terms.deadline_days)
    return {
        person: SoakLine(
            person,
            len(days[number] | reported[person]),
            terms.days,
            (at + wait).date(),
            terms.then,
            now > at + wait,
        )
        for number, person, at in rows
        if at
    }


def _seen_days(session: Session, switches: list[int]) -> dict[int, set[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    rows = select(
        SeenDay.switch_id,
        SeenDay.day,
    ).where(SeenDay.switch_id.in_(switches))
    for number, day in session.execute(rows):
        found[number].add(day)
    return found


def _reported(session: Session, since: dict[int, datetime]) -> dict[int, set[date]]:
    """Return the days on which people reported an incident after their move: they were there."""
    found: dict[int, set[date]] = defaultdict(set)
    rows = select(
        Incident.person_id,
        Incident.reported_at,
    ).where(Incident.person_id.in_(since))
    for person, at in session.execute(rows):
        if person and at >= since[person]:
            found[person].add(at.date())
    return found
